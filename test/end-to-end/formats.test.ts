import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { CustomerProfilesClient, ListProfileObjectsCommand } from '@aws-sdk/client-customer-profiles';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { inLettersOf } from '../../samples/encode.ts';
import { exportCsv } from '../../samples/export-csv.ts';
import { encoded } from '../functions/split-export/encoded.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { DOMAIN, startTestStack, type TestStack } from '../helpers/stack.ts';

const ROWS = 120;
const CSV = [...exportCsv({ rows: ROWS, seed: 7, night: 1, churn: 1 })]
  .map((block) => inLettersOf('shift_jis', block))
  .join('');
const KEYS = [...CSV.matchAll(/^(C-\d+),/gm)].map(([, key = '']) => key);

let base: object;
const stacks = new Map<string, TestStack>();

async function stackFor(encoding: string): Promise<TestStack> {
  const file = join(tmpdir(), `formats-${process.pid}-${encoding}.json`);
  await writeFile(file, JSON.stringify({ ...base, exports: { contains: 'changes', encoding } }));
  const started = await startTestStack({
    quota: 150,
    mapping: file,
    settings: { latencyMs: { median: 5, spread: 0.3 } },
  });
  stacks.set(encoding, started);
  return started;
}

let expected: readonly (readonly string[])[];
beforeAll(async () => {
  base = JSON.parse(await readFile('mappings/customer.json', 'utf8'));
  for (const encoding of ['utf-8', 'shift_jis', 'euc-jp']) await stackFor(encoding);
  const test = stackOf('utf-8');
  await test.succeed('plain.csv', CSV);
  expected = await objectsOf(test);
});
afterAll(() => Promise.all([...stacks.values()].map((test) => test.stop())));

function stackOf(encoding: string): TestStack {
  const test = stacks.get(encoding);
  if (!test) throw new Error(`There is no stack for ${encoding}.`);
  return test;
}

/** The profile objects of every customer, as the service has them. */
async function objectsOf({ stack }: TestStack): Promise<string[][]> {
  const { url: endpoint, region, credentials, outputs } = stack;
  const client = new CustomerProfilesClient({ endpoint, region, credentials });
  const objects: string[][] = [];
  for (const key of new Set(KEYS)) {
    const [profile] = await findProfiles(stack, 'crmCustomerId', key);
    if (!profile) {
      objects.push([key]);
      continue;
    }
    const { Items = [] } = await client.send(
      new ListProfileObjectsCommand({
        DomainName: DOMAIN,
        ObjectTypeName: outputs.ObjectTypeName,
        ProfileId: profile.ProfileId,
      }),
    );
    objects.push([key, ...Items.map(({ Object: object = '' }) => object)]);
  }
  client.destroy();
  return objects;
}

describe('the same customers become the same profile objects, byte for byte,', () => {
  it.each([
    { what: 'UTF-8 with a byte order mark', mapped: 'utf-8', name: 'mark.csv', content: Buffer.from(`\ufeff${CSV}`) },
    { what: 'gzip', mapped: 'utf-8', name: 'night.csv.gz', content: gzipSync(CSV) },
    { what: 'zstd', mapped: 'utf-8', name: 'night.csv.zst', content: zstdCompressSync(CSV) },
    { what: 'gzip that is not named so', mapped: 'utf-8', name: 'packed.csv', content: gzipSync(CSV) },
    { what: 'UTF-16', mapped: 'utf-8', name: 'utf16.csv', content: encoded(CSV, 'utf-16le') },
    {
      what: 'UTF-16 in zstd',
      mapped: 'utf-8',
      name: 'utf16.csv.zst',
      content: zstdCompressSync(encoded(CSV, 'utf-16be')),
    },
    { what: 'Shift_JIS', mapped: 'shift_jis', name: 'sjis.csv', content: encoded(CSV, 'shift_jis') },
    {
      what: 'Shift_JIS in gzip',
      mapped: 'shift_jis',
      name: 'sjis.csv.gz',
      content: gzipSync(encoded(CSV, 'shift_jis')),
    },
    { what: 'EUC-JP', mapped: 'euc-jp', name: 'euc.csv', content: encoded(CSV, 'euc-jp') },
  ] as const)('from $what', async ({ mapped, name, content }) => {
    const test = stackOf(mapped);
    const result = await test.sync(name, content, { resync: true });
    if (!('summary' in result)) throw new Error(JSON.stringify(result));
    expect(result.summary).toMatchObject({ rows: ROWS, accounted: true });
    expect(result.summary.synced).toBeGreaterThan(100);
    expect(await objectsOf(test)).toEqual(expected);
  });
});

it('the summary says what the export was, and its rejected rows are told as they stand in it', async () => {
  const test = stackOf('shift_jis');
  const { summary, rejected } = await test.succeed(
    'rejected.csv.gz',
    gzipSync(encoded(CSV.replaceAll('C-', 'D-'), 'shift_jis')),
  );
  expect(summary).toMatchObject({ encoding: 'shift_jis', compression: 'gzip', rejected: 1 });
  const [header, row = ''] = (await readFile(rejected ?? '', 'utf8')).trim().split('\r\n');
  expect(header).toMatch(/^_row,_code,_reason,_version,customer_id,first_name,/);
  expect(CSV.replaceAll('C-', 'D-')).toContain(row.split(',').slice(4, 7).join(','));
});

it('a run whose text was deleted before it was redriven says so, and the way out', async () => {
  const test = stackOf('utf-8');
  const { customerProfiles, outputs } = test.stack;
  customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
  const { runId, status } = await test.sync('lost.csv.gz', gzipSync(CSV.replaceAll('C-', 'E-')));
  expect(status).toBe('FAILED');
  customerProfiles.configure({ fault: undefined });
  const Key = runFiles.exportText(runId);
  await test.clients.s3.send(new DeleteObjectCommand({ Bucket: outputs.RunBucketName, Key }));
  const redriven = await test.redrive(runId);
  expect(redriven).toMatchObject({ status: 'FAILED', errors: [{ name: 'ExportChanged' }] });
  expect(JSON.stringify(redriven)).toContain('Upload the export again');
});
