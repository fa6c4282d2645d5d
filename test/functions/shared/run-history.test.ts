import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../functions/shared/report/report-data.ts';
import { noteRun, readEarlierRuns } from '../../../functions/shared/run-history.ts';
import { START } from '../../helpers/attempt.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';

const DAY = 86_400_000;

let tables: Awaited<ReturnType<typeof startTables>>;
beforeEach(async () => {
  tables = await startTables();
});
afterEach(() => tables.stop());

function record(night: number, over: Partial<RunRecord> = {}): RunRecord {
  return {
    ...{ runId: `night-${night}`, key: `exports/night-${night}.csv`, startedAt: START + night * DAY, seconds: 60 },
    ...{ rows: 100, synced: 10, unchanged: 85, stale: 1, rejected: 4, lateErrors: 0, duplicates: 1, notCleared: 0 },
    ...{ calls: 12, throttled: 2, retries: 1 },
    ...over,
  };
}

const table = (night: number) => ({ client: tables.client, runTable: TABLES.run, now: START + night * DAY });
const note = (one: RunRecord) => noteRun(table(0), one);
const names = async (run: RunRecord, now = 0) => (await readEarlierRuns(table(now), run)).map(({ runId }) => runId);

describe('the history of runs', () => {
  it('has of earlier runs all that a report compares, the newest first', async () => {
    for (const night of [2, 1, 4, 3]) await note(record(night));
    expect(await readEarlierRuns(table(0), record(3))).toEqual([record(2), record(1)]);
  });

  it('has the ten that came just before', async () => {
    for (let night = 0; night < 15; night += 1) await note(record(night));
    expect(await names(record(14))).toEqual(Array.from({ length: 10 }, (_, n) => `night-${13 - n}`));
  });

  it('does not compare a run with itself, and keeps what was noted of it last', async () => {
    await note(record(1, { retries: 1 }));
    await note(record(1, { retries: 7 }));
    expect(await names(record(1))).toEqual([]);
    expect(await readEarlierRuns(table(0), record(2))).toEqual([record(1, { retries: 7 })]);
  });

  it('tells runs apart that started in the same millisecond', async () => {
    const startedAt = START;
    for (const runId of ['a', 'b', 'c']) await note(record(0, { runId, startedAt }));
    expect(await names(record(0, { runId: 'd', startedAt }))).toEqual(['c', 'b', 'a']);
  });

  it.each(['exports/resubmit/night-1/corrected.csv', 'exports/test-row/one.csv', 'resync/test-row/one.csv'])(
    'neither notes nor compares a run of %s',
    async (key) => {
      await note(record(1));
      await note(record(2, { key }));
      expect(await names(record(3))).toEqual(['night-1']);
      expect(await names(record(2, { key }))).toEqual([]);
    },
  );

  it('is forgotten after 90 days, also where DynamoDB still has it', async () => {
    await note(record(1));
    expect(await names(record(89), 89)).toEqual(['night-1']);
    expect(await names(record(91), 91)).toEqual([]);
  });

  it('lies apart from the items of every run', async () => {
    await note(record(1));
    await tables.client.send(
      new PutCommand({ TableName: TABLES.run, Item: { run: 'night-1', item: 'split', rows: 100 } }),
    );
    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: TABLES.run,
        KeyConditionExpression: '#run = :run',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':run': 'night-1' },
      }),
    );
    expect(Items.map(({ item }) => item)).toEqual(['split']);
  });
});
