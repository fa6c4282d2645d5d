/**
 * A worker alone in its process: syncs exports with SyncChunk's own code, reads the same bytes with csv-parse alone, and
 * prints the CPU time of each. The services that it calls run in the parent (chunk.ts), which SDK clients find by environment.
 */
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Parser } from 'csv-parse';
import { systemClock } from '../../functions/shared/clock.ts';
import type { Chunk } from '../../functions/shared/contracts.ts';
import { createDynamoClient } from '../../functions/shared/dynamo-client.ts';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import { createFullExports } from '../../functions/shared/ledger/full-exports.ts';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { createProfilesClient } from '../../functions/shared/profiles/client.ts';
import { createProfileWriter } from '../../functions/shared/profiles/profile-writer.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { createUsageMeter } from '../../functions/shared/usage/usage-meter.ts';
import { splitExport } from '../../functions/split-export/split-export.ts';
import { syncChunk } from '../../functions/sync-chunk/sync-chunk.ts';
import { CapturedMetrics } from '../../test/helpers/captured-metrics.ts';
import { peakMemory } from '../peak-memory.ts';
import type { Spent, WorkerInput } from './spent.ts';

const { firstHundred, nights, unchangedRounds, bucket, runBucket, tables, domainName } = JSON.parse(
  process.argv[2] ?? '',
) as WorkerInput;

const PIECE_BYTES = 65_536;
/** A rate that keeps no call waiting, and one chunk after the other in large chunks. */
const plan = {
  ...ratePlan(DEFAULT_QUOTA_PER_SECOND),
  quota: 100_000,
  reserve: 0,
  maxConcurrency: 1,
  rowsPerChunk: 5_000,
};
const mapping = loadMapping('mappings/customer.json');
const objectTypeName = mapping.definition.objectType.name;
const s3 = new S3Client({});
const dynamo = createDynamoClient();
const writer = createProfileWriter({ client: createProfilesClient(plan.maxCallsInFlight), domainName, objectTypeName });
const shared = { s3, dynamo, mapping, runBucket };
// As the deployed worker: its requests then ask DynamoDB for what they used.
const meter = createUsageMeter({ dynamo, s3, mib: 1, now: Date.now });

let runs = 0;

/** CPU milliseconds, user and system, of all that is awaited. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function split(key: string) {
  runs += 1;
  const runId = `bench-${runs}`;
  const fullExports = createFullExports({ client: dynamo, runTable: tables.run, domainName, objectTypeName });
  const output = await splitExport(
    { runId, resync: false, bucket, key },
    { ...shared, ratePlan: plan, runTable: tables.run, fullExports, tempDirectory: tmpdir(), now: Date.now },
  );
  const file = { Bucket: output.chunksFile.bucket, Key: output.chunksFile.key };
  const { Body } = await s3.send(new GetObjectCommand(file));
  const lines = ((await Body?.transformToString()) ?? '').trimEnd().split('\n');
  return { runId, rows: output.rows, export: output.export, chunks: lines.map((line) => JSON.parse(line) as Chunk) };
}

/** CPU milliseconds of all chunks of a run; the split is not in it. */
async function sync(key: string): Promise<number> {
  const { runId, chunks, export: of } = await split(key);
  const environment = {
    ...shared,
    meter,
    writer,
    clock: systemClock,
    metrics: new CapturedMetrics(),
    plan,
    domainName,
    tables,
  };
  return cpuOf(async () => {
    for (const chunk of chunks) {
      const input = { runId, attempt: { redrive: 0, retry: 0 }, resync: false, export: of, chunk };
      await syncChunk(input, environment, Date.now() + 360_000);
    }
  });
}

async function parse(bytes: Buffer): Promise<number> {
  return cpuOf(async () => {
    const parser = Readable.from(pieces(bytes)).pipe(new Parser(csvDialect(',')));
    let fields = 0;
    for await (const record of parser) fields += record.length;
    if (fields === 0) throw new Error('The export has no fields.');
  });
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

const [first = '', ...later] = nights;
const { rows } = await split(first);
const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: first }));
const bytes = await buffer(Body as Readable);
const parsed: number[] = [];
const changed: number[] = [];
const unchanged: number[] = [];

const hundred = await sync(firstHundred);
// The first night warms up.
await sync(first);
await parse(bytes);
for (const night of later) {
  changed.push(await sync(night));
  parsed.push(await parse(bytes));
}
const latest = later.at(-1) ?? first;
for (let round = 0; round < unchangedRounds; round += 1) {
  unchanged.push(await sync(latest));
  parsed.push(await parse(bytes));
}
const peakMib = peakMemory() / 2 ** 20;
const spent: Spent = { rows, parse: parsed, changed, unchanged, firstHundred: hundred, peakMib };
console.log(JSON.stringify(spent));
