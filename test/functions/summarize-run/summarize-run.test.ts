import { createHash } from 'node:crypto';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ChunkProgress,
  ChunkResult,
  ExportFormat,
  SplitExportOutput,
} from '../../../functions/shared/contracts.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { MAX_FIELD_NAME, MAX_FIELDS } from '../../../functions/shared/mapping/limits.ts';
import { REJECT_CODES } from '../../../functions/shared/rejection.ts';
import { noteRun } from '../../../functions/shared/run-history.ts';
import { addRunMetrics } from '../../../functions/summarize-run/run-metrics.ts';
import { summarizeRun } from '../../../functions/summarize-run/summarize-run.ts';
import { CapturedMetrics, valuesOf } from '../../helpers/captured-metrics.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { type Buckets, EXPORTS, RUNS, startBuckets } from '../split-export/buckets.ts';

const STARTED = '2026-11-03T00:00:00.000Z';
const jsonl: ExportFormat = { type: 'jsonl', encoding: 'utf-8' };

/** Of what a state passes on. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11. */
const MAX_STATE_BYTES = 262_144;

let buckets: Buckets;
let tables: Awaited<ReturnType<typeof startTables>>;
let runs = 0;

beforeAll(async () => {
  buckets = await startBuckets();
  tables = await startTables();
});
afterAll(async () => {
  await buckets.stop();
  await tables.stop();
});

function result(chunk: number, over: Partial<ChunkResult> = {}): ChunkResult {
  return {
    chunk,
    rows: 10,
    synced: 7,
    unchanged: 2,
    stale: 1,
    rejected: 0,
    notCleared: 1,
    notNormalized: 2,
    rejectedByCode: {},
    ...over,
  };
}

function splitOf(rows: number, chunks: number, format = jsonl, etag = 'none', versionId?: string): SplitExportOutput {
  const object = { bucket: EXPORTS, key: 'exports/a', etag, ...(versionId && { versionId }) };
  return {
    rows,
    chunks,
    duplicates: 1,
    resync: false,
    export: {
      ...object,
      bytes: 1,
      exportTime: STARTED,
      uploadTime: STARTED,
      format,
      mappingHash: 'hash',
      source: object,
    },
    chunksFile: { bucket: RUNS, key: 'unused' },
  };
}

/** Summarises a run with these results, 90 s after its start. */
async function summarize(results: readonly ChunkResult[], split: SplitExportOutput, runId = `run-${++runs}`) {
  for (const one of results) await buckets.put(RUNS, runFiles.result(runId, one.chunk), JSON.stringify(one));
  return summarizeRun(
    { runId, startedAt: STARTED, split },
    {
      s3: buckets.s3,
      dynamo: tables.client,
      runBucket: RUNS,
      runTable: TABLES.run,
      quota: 80,
      recordsPerPermit: 1,
      now: () => Date.parse(STARTED) + 90_000,
    },
  );
}

/** What the history of runs has of this one. */
async function notedOf(runId: string) {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: TABLES.run }));
  return Items.map(({ record }) => record).filter((record) => record?.runId === runId);
}

describe('SummarizeRun', () => {
  it('adds up the results of all chunks', async () => {
    const results = [
      result(0),
      result(1, {
        ...{ synced: 3, rejected: 4, rejectedByCode: { TOO_LONG: 3, REFUSED: 1 } },
        ...{ rejectedRows: { TOO_LONG: [12, 13, 15], REFUSED: [14] }, notClearedByField: { email: 1, constructor: 1 } },
      }),
      result(2, {
        ...{ synced: 6, rejected: 1, rejectedByCode: { REFUSED: 1 } },
        ...{ rejectedRows: { REFUSED: [22] }, notClearedByField: { constructor: 1 } },
      }),
    ];
    expect(await summarize(results, splitOf(30, 3))).toMatchObject({
      accounted: true,
      rows: 30,
      synced: 16,
      unchanged: 6,
      stale: 3,
      rejected: 5,
      rejectedByCode: { TOO_LONG: 3, REFUSED: 2 },
      rejectedRows: { TOO_LONG: [12, 13, 15], REFUSED: [14, 22] },
      notClearedByField: { email: 1, constructor: 2 },
      rejectedShare: 5 / 30,
      duplicates: 1,
      notCleared: 3,
      notNormalized: 6,
      chunks: 3,
      seconds: 90,
    });
  });

  it('tells what was cleared, with a metric, only if anything was', async () => {
    const results = [
      result(0, { cleared: 2, clearedByField: { email: 2, phone: 1 } }),
      result(1),
      result(2, { cleared: 1, clearedByField: { phone: 1 } }),
    ];
    const metrics = new CapturedMetrics();
    const summary = await summarize(results, splitOf(30, 3));
    expect(summary).toMatchObject({ cleared: 3, clearedByField: { email: 2, phone: 2 } });
    addRunMetrics(metrics, summary);
    const nothing = await summarize([result(0)], splitOf(10, 1));
    expect(nothing).not.toHaveProperty('cleared');
    addRunMetrics(metrics, nothing);
    expect(valuesOf(metrics.take(), 'Cleared')).toEqual([3]);
  });

  it('counts deletions among the outcomes, with a metric, if the mapping deletes', async () => {
    const metrics = new CapturedMetrics();
    const deleting = (marked: number, allowed: boolean) => {
      const split = splitOf(20, 2);
      return { ...split, export: { ...split.export, deletes: { marked, allowed } } };
    };
    const summary = await summarize([result(0, { synced: 4, deleted: 3 }), result(1)], deleting(3, true));
    expect(summary).toMatchObject({ accounted: true, synced: 11, deleted: 3, deletes: { marked: 3, allowed: true } });
    addRunMetrics(metrics, summary);
    const held = await summarize([result(0), result(1)], deleting(9, false));
    expect(held.deletes).toEqual({ marked: 9, allowed: false, mappingHash: splitOf(20, 2).export.mappingHash });
    addRunMetrics(metrics, held);
    expect(valuesOf(metrics.take(), 'RowsDeleted')).toEqual([3, 0]);

    const lost = await summarize([result(0, { deleted: 3 }), result(1)], deleting(3, true));
    expect(lost.accounted).toBe(false);
    const off = await summarize([result(0)], splitOf(10, 1));
    expect(off).not.toHaveProperty('deleted');
    expect(off).not.toHaveProperty('deletes');
    addRunMetrics(metrics, off);
    expect(valuesOf(metrics.take(), 'RowsDeleted')).toEqual([]);
  });

  it('names the first rows of each code, however many chunks rejected some', async () => {
    const rows = Array.from({ length: 15 }, (_, row) => row + 2);
    const results = Array.from({ length: 100 }, (_, chunk) =>
      result(chunk, {
        ...{ rows: 30, synced: 15, unchanged: 0, stale: 0, rejected: 15 },
        rejectedRows: { TOO_LONG: rows.map((row) => row + 30 * chunk) },
        rejectedByCode: { TOO_LONG: 15 },
      }),
    );
    const { rejectedRows } = await summarize(results, splitOf(3_000, 100));
    expect(rejectedRows).toEqual({ TOO_LONG: [...rows, 32, 33, 34, 35, 36] });
  });

  it('stays small enough for the state machine, with every code and field that there can be', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => 100_000_000 + n);
    const fields = Array.from({ length: MAX_FIELDS }, (_, n) => `${n}`.padEnd(MAX_FIELD_NAME, 'x'));
    const worst = result(0, {
      rejectedRows: Object.fromEntries(Object.keys(REJECT_CODES).map((code) => [code, rows])),
      notClearedByField: Object.fromEntries(fields.map((field) => [field, 1_000_000])),
    });
    const summary = await summarize([worst], splitOf(10, 1));
    expect(JSON.stringify(summary).length).toBeLessThan(MAX_STATE_BYTES / 8);
  });

  it('counts the late errors of what this run sent, and of no other run or event', async () => {
    const runId = `run-${++runs}`;
    for (const key of [
      runFiles.lateError(runId, 'a'),
      runFiles.lateError(runId, 'b'),
      runFiles.lateError(`${runId}0`, 'c'),
      runFiles.lateError(`event/${runId}`, 'd'),
      runFiles.lateError(undefined, 'e'),
    ]) {
      await buckets.put(RUNS, key, '{}');
    }
    expect(await summarize([result(0)], splitOf(10, 1), runId)).toMatchObject({ accounted: true, lateErrors: 2 });
    expect(await summarize([result(0)], splitOf(10, 1))).toMatchObject({ lateErrors: 0 });
  });

  it('reads every page of a long list', async () => {
    const results = Array.from({ length: 1_050 }, (_, chunk) => result(chunk));
    expect(await summarize(results, splitOf(10_500, 1_050))).toMatchObject({ accounted: true, synced: 7_350 });
  });

  it.each([
    { fault: 'a chunk has no result', results: [result(0), result(2)], rows: 30, chunks: 3 },
    { fault: 'the last chunk has no result', results: [result(0)], rows: 20, chunks: 2 },
    { fault: 'there is a result too many', results: [result(0), result(1)], rows: 20, chunks: 1 },
    { fault: 'rows are missing', results: [result(0), result(1)], rows: 21, chunks: 2 },
    {
      fault: 'a row has no outcome',
      results: [result(0, { synced: 6 }), result(1, { synced: 8 })],
      rows: 20,
      chunks: 2,
    },
  ])('does not account for the rows if $fault', async ({ results, rows, chunks }) => {
    expect(await summarize(results, splitOf(rows, chunks))).toMatchObject({ accounted: false, rows });
  });

  it.each([
    ['ends the alarm of failed runs if it adds up', 10, [0]],
    ['leaves it alone if it does not: the run fails yet', 11, []],
  ])('publishes the metrics of the run, and %s', async (_, rows, runFailed) => {
    const metrics = new CapturedMetrics();
    addRunMetrics(metrics, await summarize([result(0)], splitOf(rows, 1)));
    const published = metrics.take();
    expect(valuesOf(published, 'RowsSynced')).toEqual([7]);
    expect(valuesOf(published, 'RunFailed')).toEqual(runFailed);
  });

  it('accounts for an export without rows', async () => {
    expect(await summarize([], splitOf(0, 0))).toMatchObject({ accounted: true, rows: 0, rejectedShare: 0 });
  });

  it('adds up calls over all attempts, and counts those beyond the first of a chunk as retries', async () => {
    const runId = 'run-with-progress';
    const attempts = [
      [0, 0, 0],
      [0, 0, 1],
      [1, 0, 0],
      [1, 0, 1],
      [1, 1, 0],
    ] as const;
    for (const [chunk, redrive, retry] of attempts) {
      const progress: ChunkProgress = {
        chunk,
        redrive,
        retry,
        rows: 1,
        synced: 1,
        unchanged: 0,
        stale: 0,
        rejected: 0,
        calls: 10,
        throttled: 3,
        startedAt: 0,
        updatedAt: 0,
      };
      const item = `progress#${[chunk, redrive, retry].map((part) => String(part).padStart(6, '0')).join('#')}`;
      await tables.client.send(new PutCommand({ TableName: TABLES.run, Item: { run: runId, item, ...progress } }));
    }
    await tables.client.send(
      new PutCommand({ TableName: TABLES.run, Item: { run: runId, item: 'split', rows: 20, chunks: 2 } }),
    );
    const summary = await summarize([result(0), result(1)], splitOf(20, 2), runId);
    expect(summary).toMatchObject({ calls: 50, throttled: 15, retries: 3 });
  });

  it('writes what it returns to summary.json, and a report', async () => {
    const summary = await summarize([result(0)], splitOf(10, 1));
    expect(JSON.parse(await buckets.text(RUNS, `runs/${summary.runId}/summary.json`))).toEqual(summary);
    expect(summary.files).toEqual({
      summary: `s3://${RUNS}/runs/${summary.runId}/summary.json`,
      report: `s3://${RUNS}/runs/${summary.runId}/report.html`,
    });
    expect(await buckets.text(RUNS, `runs/${summary.runId}/report.html`)).toContain('<!doctype html>');
  });

  it('notes the run for the reports of later ones, once, however often it is called', async () => {
    const runId = `run-${++runs}`;
    for (const chunk of [result(0), result(0, { synced: 6, stale: 2 })])
      await summarize([chunk], splitOf(10, 1), runId);
    expect(await notedOf(runId)).toEqual([
      {
        ...{ runId, key: 'exports/a', startedAt: Date.parse(STARTED), seconds: 90 },
        ...{ rows: 10, synced: 6, unchanged: 2, stale: 2, rejected: 0, lateErrors: 0, duplicates: 1, notCleared: 1 },
        ...{ calls: 0, throttled: 0, retries: 0 },
      },
    ]);
  });

  it('compares the run with those of the nights before, in its report', async () => {
    const night = { key: 'exports/a', rows: 77_123, seconds: 60, startedAt: Date.parse(STARTED) - 86_400_000 };
    const counts = { synced: 0, unchanged: 0, stale: 0, rejected: 0, lateErrors: 0, duplicates: 0, notCleared: 0 };
    const record = { runId: 'last-night', ...night, ...counts, calls: 0, throttled: 0, retries: 0 };
    await noteRun({ client: tables.client, runTable: TABLES.run, now: Date.parse(STARTED) }, record);
    // By its name it comes before the runs of the other tests.
    const { runId } = await summarize([result(0)], splitOf(10, 1), ' first');
    expect(await buckets.text(RUNS, runFiles.report(runId))).toContain('77,123');
  });

  it('does not note a run whose rows do not add up', async () => {
    const { runId } = await summarize([result(0)], splitOf(11, 1));
    expect(await notedOf(runId)).toEqual([]);
  });

  it('puts the rejected files of the chunks together, in the order of rows, behind the header of the export', async () => {
    const content = '\ufeff"id";"name, first";email\r\n1;a;b\r\n';
    const versionId = await buckets.put(EXPORTS, 'exports/a', content);
    // The run reads its own version, whatever came since.
    await buckets.put(EXPORTS, 'exports/a', 'x;y;z\r\n');
    const format: ExportFormat = {
      type: 'csv',
      encoding: 'utf-8',
      delimiter: ';',
      width: 3,
      header: { start: 3, end: 27 },
    };
    const etag = createHash('md5').update(content).digest('hex');
    const runId = 'run-with-rejected';
    const rejectedFile = (chunk: number, retry: number) =>
      runFiles.chunkRejected(runId, chunk, { redrive: 0, retry }, 'csv');
    await buckets.put(RUNS, rejectedFile(0, 0), 'of an attempt that did not finish\r\n');
    await buckets.put(RUNS, rejectedFile(0, 1), '2,CODE,why,v,1,a,b\r\n');
    await buckets.put(RUNS, rejectedFile(2, 0), '9,CODE,why,v,"2\n",c,d\r\n');
    const results = [
      result(0, { synced: 6, rejected: 1, rejectedFile: rejectedFile(0, 1) }),
      result(1),
      result(2, { synced: 6, rejected: 1, rejectedFile: rejectedFile(2, 0) }),
    ];
    const summary = await summarize(results, splitOf(30, 3, format, etag, versionId), runId);
    expect(summary.files.rejected).toBe(`s3://${RUNS}/runs/${runId}/rejected.csv`);
    expect(await buckets.text(RUNS, `runs/${runId}/rejected.csv`)).toBe(
      '_row,_code,_reason,_version,id,"name, first",email\r\n2,CODE,why,v,1,a,b\r\n9,CODE,why,v,"2\n",c,d\r\n',
    );
  });

  it('puts rejected JSON Lines together without a header', async () => {
    const runId = 'run-with-rejected-json';
    const rejectedFile = runFiles.chunkRejected(runId, 0, { redrive: 1, retry: 0 }, 'jsonl');
    await buckets.put(RUNS, rejectedFile, '{"_row":2}\n');
    await summarize([result(0, { synced: 6, rejected: 1, rejectedFile })], splitOf(10, 1), runId);
    expect(await buckets.text(RUNS, `runs/${runId}/rejected.jsonl`)).toBe('{"_row":2}\n');
  });
});
