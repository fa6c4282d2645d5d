import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chunk, SplitExportInput } from '../../../functions/shared/contracts.ts';
import { createFullExports } from '../../../functions/shared/ledger/full-exports.ts';
import type { Mapping } from '../../../functions/shared/mapping/types.ts';
import { ratePlan } from '../../../functions/shared/rate-plan.ts';
import { splitExport } from '../../../functions/split-export/split-export.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { type Buckets, EXPORTS, RUNS, startBuckets } from './buckets.ts';

const header = 'id,name,email\r\n';
const row = (number: number) => `C-${number},Taro,taro@example.com\r\n`;
const plan = ratePlan(80);

let buckets: Buckets;
let tables: Awaited<ReturnType<typeof startTables>>;
let runs = 0;

beforeAll(async () => {
  buckets = await startBuckets();
  tables = await startTables();
  mkdirSync(join(buckets.directory, 'tmp'));
});
afterAll(async () => {
  await buckets.stop();
  await tables.stop();
});

const fullExports = (domainName: string) =>
  createFullExports({ client: tables.client, runTable: TABLES.run, domainName, objectTypeName: 'Customer' });

interface Start {
  readonly key: string;
  readonly versionId?: string;
  readonly mapping?: Mapping;
  readonly domainName?: string;
  readonly approveDeletes?: SplitExportInput['approveDeletes'];
}

function split({ key, versionId, mapping = smallMapping(), domainName = 'domain', approveDeletes }: Start) {
  const runId = `run-${++runs}`;
  const result = splitExport(
    {
      runId,
      resync: false,
      bucket: EXPORTS,
      key,
      ...(versionId && { versionId }),
      ...(approveDeletes && { approveDeletes }),
    },
    {
      s3: buckets.s3,
      dynamo: tables.client,
      fullExports: fullExports(domainName),
      mapping,
      ratePlan: plan,
      runBucket: RUNS,
      runTable: TABLES.run,
      tempDirectory: join(buckets.directory, 'tmp'),
      now: Date.now,
    },
  );
  return { runId, result };
}

async function chunksOf(runId: string): Promise<Chunk[]> {
  const text = await buckets.text(RUNS, `runs/${runId}/chunks.jsonl`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Chunk);
}

describe('SplitExport', () => {
  it('cuts an export into chunks of whole rows and says what the run needs to read them', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => row(index % 60));
    const content = `\ufeff${header}${rows.join('')}`;
    const versionId = await buckets.put(EXPORTS, 'exports/a.csv', content);
    const { runId, result } = split({ key: 'exports/a.csv' });
    const output = await result;

    expect(output).toMatchObject({ rows: 100, duplicates: 40, resync: false });
    expect(output.chunksFile).toEqual({ bucket: RUNS, key: `runs/${runId}/chunks.jsonl` });
    expect(output.export).toMatchObject({
      bucket: EXPORTS,
      key: 'exports/a.csv',
      versionId,
      bytes: Buffer.byteLength(content),
    });
    expect(output.export.source).toEqual({
      bucket: EXPORTS,
      key: 'exports/a.csv',
      versionId,
      etag: output.export.etag,
    });
    expect(output.export.format).toMatchObject({ delimiter: ',', width: 3, header: { start: 3, end: 16 } });

    const chunks = await chunksOf(runId);
    expect(chunks).toHaveLength(output.chunks);
    expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_, index) => index));
    const bytes = Buffer.from(content);
    expect(chunks.map(({ start, end }) => bytes.subarray(start, end).toString()).join('')).toBe(rows.join(''));
    expect(chunks.map(({ firstRow }) => firstRow)).toEqual([2, 27, 52, 77]);
    expect(chunks.flatMap(({ superseded }) => superseded)).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
  });

  it('says whether what is marked as deleted may be deleted, and takes an approval of it', async () => {
    const deletes = { column: 'name', values: ['Taro'], action: 'object', maxCount: 9, maxShare: 0.5 } as const;
    const mapping = smallMapping({ deletes });
    const key = 'exports/marked.csv';
    await buckets.put(EXPORTS, key, `${header}${row(1)}${row(2)}C-3,Jiro,\r\n`);
    const held = (await split({ key, mapping }).result).export;
    expect(held.deletes).toEqual({ marked: 2, allowed: false });
    const approveDeletes = { marked: 2, mappingHash: held.mappingHash };
    expect((await split({ key, mapping, approveDeletes }).result).export.deletes).toEqual({ marked: 2, allowed: true });
    expect((await split({ key }).result).export).not.toHaveProperty('deletes');
  });

  it('notes rows, chunks and export time where progress bars look, with an expiry', async () => {
    await buckets.put(EXPORTS, 'exports/b.csv', header + row(1));
    const { runId, result } = split({ key: 'exports/b.csv' });
    const { exportTime } = (await result).export;
    const { Item } = await tables.client.send(
      new GetCommand({ TableName: TABLES.run, Key: { run: runId, item: 'split' } }),
    );
    expect(Item).toMatchObject({ rows: 1, chunks: 1, exportTime: Date.parse(exportTime) });
    expect(Item?.ttl).toBeGreaterThan(Date.now() / 1000 + 89 * 86_400);
  });

  it('takes an export with a header line only: no rows, no chunks', async () => {
    await buckets.put(EXPORTS, 'exports/none.csv', 'id,name,email');
    const { runId, result } = split({ key: 'exports/none.csv' });
    expect(await result).toMatchObject({ rows: 0, chunks: 0, duplicates: 0 });
    expect(await chunksOf(runId)).toEqual([]);
  });

  it.each([
    { stored: 'exports/two words.csv', named: 'exports/two words.csv' },
    { stored: 'exports/two words.csv', named: 'exports/two+words.csv' },
    { stored: 'exports/two words.csv', named: 'exports/two%20words.csv' },
    { stored: 'exports/顧客+1.csv', named: 'exports/%E9%A1%A7%E5%AE%A2%2B1.csv' },
    { stored: 'exports/顧客+1.csv', named: 'exports/顧客+1.csv' },
    { stored: 'exports/100%.csv', named: 'exports/100%.csv' },
  ])('finds $stored under the key $named of an event', async ({ stored, named }) => {
    await buckets.put(EXPORTS, stored, header + row(1));
    expect((await split({ key: named }).result).export.key).toBe(stored);
  });

  it('reads the version that the event names, and pins the latest for a start without one', async () => {
    const old = await buckets.put(EXPORTS, 'exports/v.csv', header + row(1));
    const latest = await buckets.put(EXPORTS, 'exports/v.csv', header + row(1) + row(2));
    expect(await split({ key: 'exports/v.csv', versionId: `${old}` }).result).toMatchObject({
      rows: 1,
      export: { versionId: old },
    });
    expect(await split({ key: 'exports/v.csv' }).result).toMatchObject({ rows: 2, export: { versionId: latest } });
  });

  it('gives two versions of one second two upload times, in their order', async () => {
    const versions: (string | undefined)[] = [];
    for (let version = 0; version < 5; version++)
      versions.push(await buckets.put(EXPORTS, 'exports/order.csv', header));
    await buckets.put(EXPORTS, 'exports/order.csv.longer.csv', header);
    const times: string[] = [];
    for (const versionId of versions) {
      times.push((await split({ key: 'exports/order.csv', versionId: `${versionId}` }).result).export.uploadTime);
    }
    expect(new Set(times).size).toBe(times.length);
    expect(times).toEqual(times.toSorted());
  });

  it.each([
    {
      from: 'metadata',
      key: 'exports/c-2026-01-02.csv',
      asOf: '2026-03-01T09:00:00+09:00',
      time: '2026-03-01T00:00:00.000Z',
    },
    { from: 'the key', key: 'exports/c-2026-01-02.csv', asOf: undefined, time: '2026-01-01T15:00:00.000Z' },
  ])('takes the export time from $from', async ({ key, asOf, time }) => {
    const timeInKey = { pattern: 'c-{yyyy}-{MM}-{dd}', timeZone: 'Asia/Tokyo' };
    const mapping = smallMapping({ exports: { contains: 'changes', timeInKey } });
    await buckets.put(EXPORTS, key, header, asOf === undefined ? undefined : { 'as-of': asOf });
    expect((await split({ key, mapping }).result).export.exportTime).toBe(time);
  });

  it('takes LastModified for the export time if nothing else says it', async () => {
    await buckets.put(EXPORTS, 'exports/plain.csv', header);
    const { exportTime, uploadTime } = (await split({ key: 'exports/plain.csv' }).result).export;
    expect(exportTime).toBe(uploadTime);
  });

  it.each(['2026-03-01', 'yesterday', '2026-03-01T09:00:00', '2999-01-01T00:00:00Z'])(
    'refuses the export time %s, and writes nothing',
    async (asOf) => {
      await buckets.put(EXPORTS, 'exports/time.csv', header + row(1), { 'as-of': asOf });
      const { runId, result } = split({ key: 'exports/time.csv' });
      await expect(result).rejects.toMatchObject({
        name: 'InvalidExport',
        message: expect.stringMatching(/as-of.*upload/),
      });
      const { KeyCount } = await buckets.s3.send(new ListObjectsV2Command({ Bucket: RUNS, Prefix: `runs/${runId}/` }));
      expect(KeyCount).toBe(0);
    },
  );

  it('writes nothing for an export that does not fit the mapping', async () => {
    await buckets.put(EXPORTS, 'exports/bad.csv', 'id,name\r\n1,Taro\r\n');
    const { runId, result } = split({ key: 'exports/bad.csv' });
    await expect(result).rejects.toMatchObject({
      name: 'InvalidExport',
      message: expect.stringMatching(/lacks email/),
    });
    const { KeyCount } = await buckets.s3.send(new ListObjectsV2Command({ Bucket: RUNS, Prefix: `runs/${runId}/` }));
    expect(KeyCount).toBe(0);
  });

  it('says so if the object is not there, or its version is gone', async () => {
    await expect(split({ key: 'exports/absent.csv' }).result).rejects.toMatchObject({ name: 'InvalidExport' });
    const versionId = await buckets.put(EXPORTS, 'exports/gone.csv', header);
    await buckets.s3.send(new DeleteObjectCommand({ Bucket: EXPORTS, Key: 'exports/gone.csv', VersionId: versionId }));
    await expect(split({ key: 'exports/gone.csv', versionId: `${versionId}` }).result).rejects.toMatchObject({
      name: 'ExportChanged',
    });
  });

  describe('a full export that says to be a part', () => {
    const full = (timeInKey = false) =>
      smallMapping({
        exports: {
          contains: 'full',
          ...(timeInKey && { timeInKey: { pattern: '{yyyy}{MM}{dd}', timeZone: 'UTC' } }),
        },
      });

    it.each(['crm-part-2.csv', 'part0001.csv.gz', 'crm_2of5.csv', 'crm.Part3.jsonl'])(
      'in its name, %s, is refused before it holds back another one',
      async (name) => {
        const key = `exports/${name}`;
        await buckets.put(EXPORTS, key, header + row(1));
        const domainName = `parts-${name}`;
        await expect(split({ key, mapping: full(), domainName }).result).rejects.toThrow(
          /says that it is a part .*"changes".*exports\.timeInKey.*"as-of"/,
        );
        expect(await fullExports(domainName).newest()).toBeUndefined();
      },
    );

    it.each([
      { why: 'all parts have the date in their names', name: 'crm-20261101-part-2.csv', mapping: full(true) },
      {
        why: 'it has a time of its own',
        name: 'as-of-part-2.csv',
        mapping: full(),
        metadata: { 'as-of': '2026-11-01T00:00:00Z' },
      },
      { why: 'it is no full export', name: 'changes-part-2.csv', mapping: smallMapping() },
      {
        why: 'records have a time',
        name: 'x-part-2.csv',
        mapping: smallMapping({ exports: { contains: 'full' }, updatedAt: { column: 'email' } }),
      },
      { why: 'its name says so only to a machine', name: 'department-7.csv', mapping: full() },
      { why: 'a number in its name is a date', name: 'crm-2026-11-02.csv', mapping: full() },
    ])('is taken if $why', async ({ name, mapping, metadata }) => {
      const key = `exports/${name}`;
      await buckets.put(EXPORTS, key, header + row(1), metadata);
      expect(await split({ key, mapping, domainName: `taken-${name}` }).result).toMatchObject({ rows: 1 });
    });
  });

  describe('registers the export time', () => {
    const full = smallMapping({ exports: { contains: 'full' } });
    const updatedAt = { column: 'changed' };
    const correctedHeader = '_row,_code,_reason,_version,id,name,email\r\n';
    it.each([
      {
        of: 'a full export',
        domainName: 'd1',
        mapping: full,
        key: 'exports/f.csv',
        content: header,
        isRegistered: true,
      },
      {
        of: 'no corrected rejected file',
        domainName: 'd2',
        mapping: full,
        key: 'exports/r.csv',
        content: correctedHeader,
        isRegistered: false,
      },
      {
        of: 'no corrected JSON Lines file',
        domainName: 'd3',
        mapping: full,
        key: 'exports/r.jsonl',
        content:
          '{"_row":2,"_code":"C","_reason":"w","_version":"2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.000Z/2","id":"1"}',
        isRegistered: false,
      },
      {
        of: 'no export of changes',
        domainName: 'd4',
        mapping: smallMapping(),
        key: 'exports/f.csv',
        content: header,
        isRegistered: false,
      },
      {
        of: 'no full export with updatedAt',
        domainName: 'd5',
        mapping: smallMapping({ exports: { contains: 'full' }, updatedAt }),
        key: 'exports/u.csv',
        content: 'id,name,email,changed',
        isRegistered: false,
      },
    ])('of $of', async ({ domainName, mapping, key, content, isRegistered }) => {
      await buckets.put(EXPORTS, key, content);
      const { exportTime } = (await split({ key, mapping, domainName }).result).export;
      expect(await fullExports(domainName).newest()).toBe(isRegistered ? Date.parse(exportTime) : undefined);
    });
  });

  it('leaves nothing in the temporary directory', async () => {
    await split({ key: 'exports/a.csv' }).result;
    await expect(split({ key: 'exports/bad.csv' }).result).rejects.toThrow();
    expect(readdirSync(join(buckets.directory, 'tmp'))).toEqual([]);
  });
});
