import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../functions/shared/clock.ts';
import {
  type AttemptRate,
  type ChunkResult,
  RATE_SLOT_MS,
  type SyncChunkInput,
} from '../../../functions/shared/contracts.ts';
import { objectTypeProperties } from '../../../functions/shared/mapping/object-type.ts';
import type { CustomerDeleter, DeleteResult } from '../../../functions/shared/profiles/customer-deleter.ts';
import type { ClearResult } from '../../../functions/shared/profiles/profile-clearer.ts';
import { createProfileWriter, type ProfileWriter } from '../../../functions/shared/profiles/profile-writer.ts';
import { ratePlan } from '../../../functions/shared/rate-plan.ts';
import { type SyncChunkEnvironment, syncChunk } from '../../../functions/sync-chunk/sync-chunk.ts';
import { createCustomerProfiles } from '../../../local/customer-profiles/customer-profiles.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { CapturedMetrics, valuesOf } from '../../helpers/captured-metrics.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { serve } from '../../helpers/serve.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';

const HEADER = 'id,name,email\n';
const EXPORT_TIME = '2026-01-01T00:00:00.000Z';
const mapping = smallMapping();
const metrics = new CapturedMetrics();

let folder: string;
let tables: Awaited<ReturnType<typeof startTables>>;
let served: Awaited<ReturnType<typeof serve>>[];
let service: ReturnType<typeof createCustomerProfiles>;
let environment: SyncChunkEnvironment;
let s3: S3Client;
let runs = 0;
let runId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-chunk-'));
  tables = await startTables();
  const store = createS3({ directory: join(folder, 's3'), onEvent: () => {} });
  store.createBucket('exports', { versioned: true, eventBridge: false });
  store.createBucket('runs', { versioned: false, eventBridge: false });
  const settings = { latencyMs: { median: 5, spread: 0 }, putRatePerSecond: 1_000 };
  service = createCustomerProfiles({ directory: join(folder, 'profiles'), settings });
  service.createDomain('demo');
  service.putObjectType('demo', { ...objectTypeProperties(mapping.definition, 'demo') });
  served = [await serve(store), await serve(service)];
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  s3 = new S3Client({ ...common, endpoint: served[0]?.endpoint ?? '' });
  const client = new CustomerProfilesClient({ ...common, endpoint: served[1]?.endpoint ?? '', maxAttempts: 1 });
  environment = {
    s3,
    dynamo: tables.client,
    writer: createProfileWriter({ client, domainName: 'demo', objectTypeName: 'Customer' }),
    clock: systemClock,
    mapping,
    plan: ratePlan(1_000),
    domainName: 'demo',
    runBucket: 'runs',
    metrics,
    tables: TABLES,
  };
});
afterAll(async () => {
  for (const each of served) await each.close();
  await tables.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  runs += 1;
  runId = `run-${runs}`;
  metrics.take();
});

/** Uploads rows after a header, and the input of the one chunk that they are. */
async function chunkOf(body: string, over: Partial<SyncChunkInput['chunk']> = {}): Promise<SyncChunkInput> {
  const put = await s3.send(new PutObjectCommand({ Bucket: 'exports', Key: 'exports/a.csv', Body: HEADER + body }));
  const object = {
    bucket: 'exports',
    key: 'exports/a.csv',
    versionId: put.VersionId ?? '',
    etag: (put.ETag ?? '').replaceAll('"', ''),
  };
  const chunk = { chunk: 3, start: HEADER.length, end: Buffer.byteLength(HEADER + body), firstRow: 2, superseded: [] };
  return {
    runId,
    attempt: { redrive: 0, retry: 0 },
    resync: false,
    export: {
      ...object,
      bytes: chunk.end,
      exportTime: EXPORT_TIME,
      uploadTime: EXPORT_TIME,
      format: {
        type: 'csv',
        encoding: 'utf-8',
        delimiter: ',',
        width: 3,
        columns: { id: 0, name: 1, email: 2 },
        header: { start: 0, end: HEADER.length - 1 },
      },
      mappingHash: mapping.hash,
      source: object,
    },
    chunk: { ...chunk, rows: body.trimEnd().split('\n').length, ...over },
  };
}

const IN_SIX_MINUTES = () => Date.now() + 360_000;

async function read(Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'runs', Key }));
  return Body?.transformToString() ?? '';
}

async function result(): Promise<ChunkResult> {
  return JSON.parse(await read(`runs/${runId}/results/000003.json`)) as ChunkResult;
}

async function progress(): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await tables.client.send(
    new QueryCommand({
      TableName: TABLES.run,
      KeyConditionExpression: '#run = :run AND begins_with(#item, :progress)',
      ExpressionAttributeNames: { '#run': 'run', '#item': 'item' },
      ExpressionAttributeValues: { ':run': runId, ':progress': 'progress#' },
    }),
  );
  return Items;
}

describe('a chunk', () => {
  it('ends with one outcome for each of its rows, superseded and ragged ones included', async () => {
    const body = `A${runs},Ann,a@x\nB${runs},Old,b@x\nB${runs},Bob,b@x\n,Nobody,n@x\nC${runs},short\nD${runs},a,b,long\n`;
    await syncChunk(await chunkOf(body, { superseded: [3] }), environment, IN_SIX_MINUTES());
    expect(await result()).toEqual({
      chunk: 3,
      rows: 6,
      synced: 2,
      unchanged: 0,
      stale: 1,
      rejected: 3,
      notCleared: 0,
      notNormalized: 0,
      rejectedByCode: { MISSING_KEY: 1, RAGGED_ROW: 2 },
      rejectedRows: { MISSING_KEY: [5], RAGGED_ROW: [6, 7] },
      notClearedByField: {},
      rejectedFile: `runs/${runId}/rejected/000003-0-0.csv`,
    });
    const version = `${EXPORT_TIME}/${EXPORT_TIME}`;
    const lines = (await read(`runs/${runId}/rejected/000003-0-0.csv`)).trimEnd().split('\r\n');
    expect(lines.map((line) => line.split(',').slice(0, 2).join())).toEqual([
      '5,MISSING_KEY',
      '6,RAGGED_ROW',
      '7,RAGGED_ROW',
    ]);
    expect(lines[1]).toMatch(new RegExp(`${version}/6,C${runs},short$`));
    expect(lines[2]).toMatch(new RegExp(`${version}/7,D${runs},a,b,long$`));
  });

  it('names the fields that records emptied and that keep their old value', async () => {
    await syncChunk(await chunkOf(`E${runs},Ann,a@x\nF${runs},Bob,b@x\n`), environment, IN_SIX_MINUTES());
    runId = `${runId}-emptied`;
    const later = '2026-01-02T00:00:00.000Z';
    const input = await chunkOf(`E${runs},,\nF${runs},Bob,\n`);
    await syncChunk({ ...input, export: { ...input.export, exportTime: later } }, environment, IN_SIX_MINUTES());
    expect(await result()).toMatchObject({ notCleared: 2, notClearedByField: { name: 1, email: 2 } });
  });

  it('names the first rows that it rejected of each code', async () => {
    const rows = Array.from({ length: 30 }, (_, row) => (row % 2 === 0 ? `,Nobody,${row}@x\n` : 'short\n'));
    await syncChunk(await chunkOf(rows.join('')), environment, IN_SIX_MINUTES());
    const even = Array.from({ length: 15 }, (_, n) => 2 + 2 * n);
    expect(await result()).toMatchObject({
      rejectedRows: { MISSING_KEY: even, RAGGED_ROW: even.map((row) => row + 1) },
    });
  });

  it('leaves its progress, in numbers only', async () => {
    // Else a slot of the clock may end before the attempt's first look at the budget.
    const behind = Date.now() % RATE_SLOT_MS;
    const clock = { ...systemClock, now: () => systemClock.now() - behind };
    await syncChunk(await chunkOf(`P${runs},Ann,a@x\n`), { ...environment, clock }, IN_SIX_MINUTES() - behind);
    const [item, ...others] = await progress();
    expect(others).toEqual([]);
    expect(item).toMatchObject({ item: 'progress#000003#000000#000000', rows: 1, synced: 1, calls: 1, ended: 'done' });
    expect(item?.rate).toMatchObject({ limits: [[0, 1_000]] });
    expect(JSON.stringify(item)).not.toContain('Ann');
  });

  it('run again gives the same result, without a call', async () => {
    const input = await chunkOf(`R${runs},Ann,a@x\nS${runs},Bob,b@x\n`);
    await syncChunk(input, environment, IN_SIX_MINUTES());
    const before = [await result(), service.stats().calls];
    await syncChunk({ ...input, attempt: { redrive: 1, retry: 0 } }, environment, IN_SIX_MINUTES());
    expect([await result(), service.stats().calls]).toEqual(before);
  });
});

describe('the live metrics of a chunk', () => {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  it('are its calls, its throttled calls and the limit in force, whether it ends well or not', async () => {
    const input = await chunkOf(Array.from({ length: 60 }, (_, n) => `L${runs}-${n},Ann,a@x\n`).join(''));
    service.configure({ putRatePerSecond: 20 });
    await expect(syncChunk(input, environment, IN_SIX_MINUTES())).rejects.toMatchObject({ name: 'ItemsThrottled' });
    service.configure({ putRatePerSecond: 1_000 });
    const published = metrics.take();
    const [item] = await progress();
    expect(item?.throttled).toBeGreaterThan(0);
    expect(sum(valuesOf(published, 'BatchCalls'))).toBe(item?.calls);
    expect(sum(valuesOf(published, 'BatchThrottledCalls'))).toBe(item?.throttled);
    const { calls = [], throttled = [] } = (item?.rate ?? {}) as Partial<AttemptRate>;
    expect([sum(calls), sum(throttled)]).toEqual([item?.calls, item?.throttled]);
    // The storm brought it down by a quarter at least once.
    expect(valuesOf(published, 'RateLimit').at(-1)).toBeLessThan(1_000);
  });

  it('hold nobody up: a chunk whose metrics can not be published ends as any other', async () => {
    const broken = {
      addMetric() {
        throw new RangeError('as asked');
      },
      publishStoredMetrics: () => metrics,
    };
    await syncChunk(await chunkOf(`M${runs},Ann,a@x\n`), { ...environment, metrics: broken }, IN_SIX_MINUTES());
    expect(await result()).toMatchObject({ synced: 1 });
  });
});

describe('a chunk that can not be finished', () => {
  it('throws ItemsThrottled with counts when rows are left over, and the next attempt sends only these', async () => {
    const input = await chunkOf(Array.from({ length: 200 }, (_, n) => `T${runs}-${n},Ann,a@x\n`).join(''));
    service.configure({ putRatePerSecond: 20 });
    const error = await syncChunk(input, environment, IN_SIX_MINUTES()).catch((caught: Error) => caught);
    service.configure({ putRatePerSecond: 1_000 });
    expect(error).toMatchObject({ name: 'ItemsThrottled' });
    expect((error as Error).message).toMatch(/^Chunk 3: \d+ of 200 rows are left over \(\d+ throttled, 0 after/);
    const left = Number(/: (\d+) of/.exec((error as Error).message)?.[1]);
    const acceptedBefore = service.stats().accepted;
    for (let retry = 1; ; retry += 1) {
      const ended = await syncChunk({ ...input, attempt: { redrive: 0, retry } }, environment, IN_SIX_MINUTES()).then(
        () => true,
        () => false,
      );
      if (ended) break;
    }
    expect(service.stats().accepted - acceptedBefore).toBe(left);
    expect(await result()).toMatchObject({ rows: 200, synced: 200 });
  });

  it('throws ItemsThrottled and calls nothing when its time is over before it began', async () => {
    const before = service.stats().calls;
    const error = await syncChunk(await chunkOf(`U${runs},Ann,a@x\n`), environment, Date.now() + 1_000).catch((e) => e);
    expect([error.name, service.stats().calls]).toEqual(['ItemsThrottled', before]);
    expect(await progress()).toMatchObject([{ ended: 'ItemsThrottled', rows: 0 }]);
  });

  it.each([
    ['had no call accepted', 'failed', 'ItemsThrottled'],
    ['had some call accepted', 'accepted', 'ChunkUnfinished'],
  ] as const)('whose time ran out and that %s: the next attempt waits accordingly', async (_, kind, name) => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    const writer: ProfileWriter = {
      async put() {
        ahead = 360_000;
        return kind === 'failed' ? { kind, open: false } : { kind };
      },
    };
    const input = await chunkOf(Array.from({ length: 300 }, (__, n) => `X${runs}-${n},Ann,a@x\n`).join(''));
    const error = await syncChunk(input, { ...environment, clock, writer }, IN_SIX_MINUTES()).catch((e) => e);
    expect(error.name).toBe(name);
  });

  it.each([
    ['the export can not be read to its end', 'GetObjectCommand'],
    ['DynamoDB is away', 'GetCommand'],
    ['its result can not be written', 'PutObjectCommand'],
  ])('throws ItemsThrottled, with nothing of what it was told, when %s', async (_, command) => {
    const input = await chunkOf(`Y${runs},Ann,a@x\n`);
    const away = Object.assign(new Error('about Ann'), { name: 'InternalServerError' });
    const broken = <Client extends { send: (command: never) => unknown }>(client: Client): Client =>
      Object.assign(Object.create(client), {
        async send(request: { constructor: { name: string } }) {
          if (request.constructor.name !== command) return client.send(request as never);
          if (command !== 'GetObjectCommand') throw away;
          return { Body: Readable.from(cutOff()) };
        },
      });
    const cutOff = async function* () {
      yield Buffer.from(`Y${runs},An`);
      throw away;
    };
    const faulty = { ...environment, s3: broken(s3), dynamo: broken(environment.dynamo) };
    const error = await syncChunk(input, faulty, IN_SIX_MINUTES()).catch((e) => e);
    expect(error.name).toBe('ItemsThrottled');
    expect(error.message).toMatch(/InternalServerError/);
    expect(error.message).not.toMatch(/Ann/);
  });

  it('has no call under way when it throws', async () => {
    const input = await chunkOf(Array.from({ length: 150 }, (_, n) => `Z${runs}-${n},Ann,a@x\n`).join(''));
    let [made, underWay] = [0, 0];
    const writer: ProfileWriter = {
      async put() {
        made += 1;
        underWay += 1;
        await systemClock.sleep(50);
        underWay -= 1;
        return { kind: 'accepted' };
      },
    };
    const faulty: typeof mapping = {
      ...mapping,
      toObject(values) {
        if (values[0]?.endsWith('-120')) throw new TypeError('a bug');
        return mapping.toObject(values);
      },
    };
    const ended = syncChunk(input, { ...environment, writer, mapping: faulty }, IN_SIX_MINUTES());
    await expect(ended).rejects.toThrow('a bug');
    expect(made).toBeGreaterThan(0);
    expect(underWay).toBe(0);
  });

  it('throws MappingChanged when it was split with another mapping', async () => {
    const input = await chunkOf(`V${runs},Ann,a@x\n`);
    const other = { ...input, export: { ...input.export, mappingHash: 'other' } };
    await expect(syncChunk(other, environment, IN_SIX_MINUTES())).rejects.toMatchObject({ name: 'MappingChanged' });
  });

  it('throws ExportChanged when its version of the export was deleted or replaced', async () => {
    const input = await chunkOf(`W${runs},Ann,a@x\n`);
    const { bucket: Bucket, key: Key, versionId: VersionId } = input.export;
    const replaced = { ...input.export.source, etag: '0'.repeat(32) };
    await expect(
      syncChunk({ ...input, export: { ...input.export, source: replaced } }, environment, IN_SIX_MINUTES()),
    ).rejects.toMatchObject({ name: 'ExportChanged' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    await expect(syncChunk(input, environment, IN_SIX_MINUTES())).rejects.toMatchObject({ name: 'ExportChanged' });
  });
});

it('asks the ledger for four blocks of rows at once, and for no more', async () => {
  const rows = Array.from({ length: 700 }, (_, row) => `M${row},`);
  const input = await chunkOf(rows.map((row) => `${row},\n`).join(''));
  const four = Promise.withResolvers<void>();
  let asking = 0;
  let most = 0;
  const { middlewareStack } = tables.client;
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (!commandName?.startsWith('BatchGet')) return next(args);
        asking += 1;
        most = Math.max(most, asking);
        if (asking === 4) four.resolve();
        await four.promise;
        return next(args).finally(() => {
          asking -= 1;
        });
      },
    { step: 'initialize', name: 'asked-at-once' },
  );
  try {
    await syncChunk(input, environment, IN_SIX_MINUTES());
  } finally {
    middlewareStack.remove('asked-at-once');
  }
  expect(most).toBe(4);
});

describe('a chunk of a mapping that clears fields', () => {
  const { fields } = mapping.definition;
  const clearing = smallMapping({
    fields: fields.map((field) => ({ ...field, ...(field.name === 'email' && { clearWhenEmpty: true }) })),
  });

  /** Of the result and of the last note of progress. */
  async function clearedIn(body: string, result_: ClearResult): Promise<unknown> {
    const input = await chunkOf(body);
    const export_ = { ...input.export, mappingHash: clearing.hash };
    const plan = ratePlan(1_000, 0, { UpdateProfile: { quota: 1_000, reserve: 0 } });
    const clearer = { clear: async () => result_ };
    await syncChunk(
      { ...input, export: export_ },
      { ...environment, mapping: clearing, plan, clearer },
      IN_SIX_MINUTES(),
    );
    const { synced, unchanged, cleared, clearedByField, notCleared } = await result();
    return { synced, unchanged, cleared, clearedByField, notCleared, noted: (await progress()).at(-1)?.cleared };
  }

  it('counts rows and fields that were cleared, and those that could not be; without any as ever', async () => {
    const id = `Z${runs}`;
    const nothing = { cleared: undefined, clearedByField: undefined, noted: undefined };
    expect(await clearedIn(`${id},Ann,a@x\n`, { kind: 'cleared' })).toEqual({
      ...{ synced: 1, unchanged: 0, notCleared: 0 },
      ...nothing,
    });
    runId = `${runId}-second`;
    expect(await clearedIn(`${id},Ann,\n`, { kind: 'notPossible' })).toMatchObject({ notCleared: 1, ...nothing });
    runId = `${runId}-third`;
    expect(await clearedIn(`${id},Ann,\n`, { kind: 'notPossible' })).toEqual({
      ...{ synced: 0, unchanged: 1, notCleared: 1 },
      ...nothing,
    });
    metrics.take();
    runId = `${runId}-fourth`;
    expect(await clearedIn(`${id},Ann,\n`, { kind: 'cleared' })).toEqual({
      ...{ synced: 1, unchanged: 0, notCleared: 0 },
      ...{ cleared: 1, clearedByField: { email: 1 }, noted: 1 },
    });
    expect(valuesOf(metrics.take(), 'Clears')).toEqual([1]);
  });
});

describe('a chunk of a mapping that deletes', () => {
  const deletes = { column: 'email', values: ['gone'], action: 'object', maxCount: 5, maxShare: 0.5 } as const;
  const deleting = smallMapping({ deletes });
  const plan = ratePlan(1_000, 0, { DeleteProfile: { quota: 1_000, reserve: 0 } });

  function sync(
    input: SyncChunkInput,
    allowed: boolean,
    delete_: CustomerDeleter['delete'],
    over: Partial<SyncChunkEnvironment> = {},
  ): Promise<void> {
    const export_ = { ...input.export, mappingHash: deleting.hash, deletes: { marked: 1, allowed } };
    return syncChunk(
      { ...input, export: export_ },
      { ...environment, mapping: deleting, plan, deleter: { delete: delete_ }, ...over },
      IN_SIX_MINUTES(),
    );
  }

  it('counts customers who were deleted, in the result, the notes of progress and a metric', async () => {
    metrics.take();
    const keys: string[] = [];
    await sync(await chunkOf(`D${runs},,gone\nE${runs},Ann,a@x\n`), true, async (key) => {
      keys.push(key);
      return { kind: 'deleted' };
    });
    expect(keys).toEqual([`D${runs}`]);
    expect(await result()).toMatchObject({ rows: 2, synced: 1, deleted: 1, rejected: 0 });
    expect((await progress()).at(-1)).toMatchObject({ rows: 2, deleted: 1, calls: 1 });
    expect(valuesOf(metrics.take(), 'Deletes')).toEqual([1]);
  });

  it.each<[DeleteResult, string]>([
    [{ kind: 'ambiguous' }, 'DELETE_AMBIGUOUS'],
    [{ kind: 'refused', reason: 'No.' }, 'REFUSED'],
  ])('rejects a row whose deletion is %o', async (answer, code) => {
    await sync(await chunkOf(`D${runs},,gone\n`), true, async () => answer);
    expect(await result()).toMatchObject({ rows: 1, rejected: 1, rejectedByCode: { [code]: 1 } });
    expect(await result()).not.toHaveProperty('deleted');
  });

  it.each<DeleteResult>([
    { kind: 'throttled' },
    { kind: 'failed', open: false, changed: false },
    { kind: 'failed', open: true, changed: true },
  ])('leaves a row over whose deletion is %o, and the next attempt tries it again', async (answer) => {
    const input = await chunkOf(`D${runs},,gone\n`);
    await expect(sync(input, true, async () => answer)).rejects.toMatchObject({ name: 'ItemsThrottled' });
    if (answer.kind === 'failed' && answer.open) return;
    await sync({ ...input, attempt: { redrive: 0, retry: 1 } }, true, async () => ({ kind: 'deleted' }));
    expect(await result()).toMatchObject({ rows: 1, deleted: 1 });
  });

  it.each<[DeleteResult, string]>([
    [{ kind: 'deleted' }, 'ChunkUnfinished'],
    [{ kind: 'ambiguous' }, 'ChunkUnfinished'],
    [{ kind: 'refused', reason: 'No.' }, 'ChunkUnfinished'],
    [{ kind: 'failed', open: false, changed: false }, 'ItemsThrottled'],
  ])('whose time ran out after a deletion that was %o throws what the next attempt waits for', async (answer, name) => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    const input = await chunkOf(Array.from({ length: 300 }, (_, n) => `Z${runs}-${n},,gone\n`).join(''));
    const deletion = sync(
      input,
      true,
      async () => {
        ahead = 360_000;
        return answer;
      },
      { clock },
    );
    await expect(deletion).rejects.toMatchObject({ name });
  });

  it('rejects what is marked if the deletions are not approved, and sends the rest', async () => {
    await sync(await chunkOf(`D${runs},,gone\nE${runs},Ann,a@x\n`), false, () => {
      throw new Error('It deleted.');
    });
    expect(await result()).toMatchObject({ synced: 1, rejected: 1, rejectedByCode: { DELETE_NOT_APPROVED: 1 } });
  });
});
