import { GetObjectCommand } from '@aws-sdk/client-s3';
import { compileMapping } from '../../functions/shared/mapping/compile.ts';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import type { MappedEncoding } from '../../functions/shared/mapping/types.ts';
import { splitExport } from '../../functions/split-export/split-export.ts';
import { splitDependencies } from '../../test/helpers/split-dependencies.ts';
import { alternate } from './passes.ts';

/**
 * Splits an export in S3 again and again, and downloads it without a look at its bytes in between; prints the `Passes`.
 * With one pass and no download, the peak of memory is that of a cold function.
 */
const [
  s3 = '',
  dynamo = '',
  bucket = '',
  key = '',
  runBucket = '',
  runTable = '',
  warmUps = '',
  passes = '',
  encoding,
] = process.argv.slice(2);
const { definition } = loadMapping('mappings/customer.json');
const exports = { ...definition.exports, ...(encoding && { encoding: encoding as MappedEncoding }) };
const mapping = compileMapping({ ...definition, exports });
const deps = splitDependencies({ s3, dynamo }, { runBucket, runTable }, mapping);

async function split(): Promise<number> {
  return (await splitExport({ runId: 'bench', resync: false, bucket, key }, deps)).rows;
}

async function read(): Promise<void> {
  const { Body } = await deps.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  for await (const _block of Body as unknown as AsyncIterable<Buffer>);
}

const isOnce = Number(passes) === 1;
const tasks = isOnce ? { split } : { read, split };
console.log(JSON.stringify(await alternate(tasks, Number(warmUps), Number(passes))));
