import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { RESYNC_PREFIX } from './export/export-prefixes.ts';
import { isOfNight } from './export/upload-folders.ts';
import type { RunRecord } from './report/report-data.ts';
import { runItemExpiry } from './run-items.ts';

/** Partition of RunTable, in place of a run: no execution may have a `#` in its name. */
const HISTORY = '#history';
/** As many as a report compares a run with. */
const RUNS_COMPARED = 10;

interface HistoryTable {
  readonly client: DynamoDBDocumentClient;
  readonly runTable: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The runs of nights that started before this one and were done, newest first, ten at most. None for a run whose export is of
 * no night: a corrected rejected file and a resync compare with nothing.
 */
export async function readEarlierRuns(
  table: HistoryTable,
  run: Pick<RunRecord, 'runId' | 'startedAt' | 'key'>,
): Promise<readonly RunRecord[]> {
  if (!isCompared(run)) return [];
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.runTable,
      KeyConditionExpression: '#run = :history AND #item < :self',
      ExpressionAttributeNames: { '#run': 'run', '#item': 'item' },
      ExpressionAttributeValues: { ':history': HISTORY, ':self': itemOf(run) },
      ScanIndexForward: false,
      Limit: RUNS_COMPARED,
      ConsistentRead: true,
    }),
  );
  // DynamoDB deletes an item some time after its TTL.
  return Items.flatMap(({ record, ttl }) => (ttl * 1_000 > table.now ? (record as RunRecord) : []));
}

/** Notes a run that was done, for the reports of later ones; once more overwrites what is noted of it. */
export async function noteRun({ client, runTable, now }: HistoryTable, record: RunRecord): Promise<void> {
  if (!isCompared(record)) return;
  const Item = { run: HISTORY, item: itemOf(record), record, ttl: runItemExpiry(now) };
  await client.send(new PutCommand({ TableName: runTable, Item }));
}

/** A resync sends every row, and tells nothing about a night. */
function isCompared({ key }: Pick<RunRecord, 'key'>): boolean {
  return isOfNight(key) && !key.startsWith(RESYNC_PREFIX);
}

/** In the order of their starts; a run that is redriven keeps the time of its start. */
function itemOf({ startedAt, runId }: Pick<RunRecord, 'runId' | 'startedAt'>): string {
  return `${new Date(startedAt).toISOString()}#${runId}`;
}
