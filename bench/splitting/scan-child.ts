import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { scanExport } from '../../functions/split-export/scan-export.ts';
import { alternate } from './passes.ts';

/** Scans a local file again and again, and reads it without a look at its bytes in between; prints the `Passes`. */
const [file = '', warmUps = '', passes = ''] = process.argv.slice(2);
const mapping = loadMapping('mappings/customer.json');
const { rowsPerChunk } = ratePlan(80);

async function scan(): Promise<number> {
  const now = Date.now();
  const times = { exportTime: now, uploadTime: now, now };
  const options = { key: file, mapping, ...times, rowsPerChunk, tempDirectory: tmpdir() };
  const { plan } = await scanExport(createReadStream(file), options, async (text) => {
    for await (const _block of text);
  });
  return plan.records;
}

async function read(): Promise<void> {
  for await (const _block of createReadStream(file));
}

console.log(JSON.stringify(await alternate({ read, split: scan }, Number(warmUps), Number(passes))));
