import { type DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ChunkProgress, FunctionUse } from './contracts.ts';

/** What SplitExport and the workers noted of a run, summed from RunTable. */
export interface RunProgress {
  /** Undefined until the export is cut into chunks. */
  readonly totalRows: number | undefined;
  readonly totalChunks: number | undefined;
  /** When the data was taken, epoch milliseconds. */
  readonly exportTime?: number | undefined;
  /** What SplitExport used; undefined too if an older deployment made it. */
  readonly splitUse?: FunctionUse | undefined;
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  /** Absent if none was. */
  readonly deleted?: number;
  /** As in the notes of attempts; absent if there were none. */
  readonly cleared?: number;
  readonly calls: number;
  readonly throttled: number;
  /** Attempts of chunks beyond their first: Step Functions' retries and redrives. */
  readonly retries: number;
  readonly attempts: readonly ChunkProgress[];
}

/** All that is noted but the rate of each attempt over time, which is the most of it in a long run. */
const COUNTED = [
  ...['item', 'chunk', 'redrive', 'retry', 'rows', 'synced', 'unchanged', 'stale', 'rejected', 'calls', 'throttled'],
  ...['deleted', 'cleared', 'startedAt', 'updatedAt', 'ended', 'use', 'chunks', 'exportTime'],
];

/** Reads consistently. The last seconds of an attempt that crashed may be missing. */
export function readRunProgress(client: DynamoDBDocumentClient, runTable: string, runId: string): Promise<RunProgress> {
  return read(client, runTable, runId, {});
}

/** As `readRunProgress`, without the `rate` of the attempts: for who looks often, or at runs of tens of thousands of chunks. */
export function readRunCounts(client: DynamoDBDocumentClient, runTable: string, runId: string): Promise<RunProgress> {
  return read(client, runTable, runId, {
    ProjectionExpression: COUNTED.map((name) => `#${name}`).join(),
    ExpressionAttributeNames: Object.fromEntries(COUNTED.map((name) => [`#${name}`, name])),
  });
}

async function read(
  client: DynamoDBDocumentClient,
  runTable: string,
  runId: string,
  wanted: Pick<QueryCommandInput, 'ProjectionExpression' | 'ExpressionAttributeNames'>,
): Promise<RunProgress> {
  const pages = paginateQuery(
    { client },
    {
      TableName: runTable,
      // From the first progress item to `split`, which is the last of a run: without its large memories of failures.
      KeyConditionExpression: '#run = :run AND #item BETWEEN :progress AND :split',
      ...wanted,
      ExpressionAttributeNames: { '#run': 'run', '#item': 'item', ...wanted.ExpressionAttributeNames },
      ExpressionAttributeValues: { ':run': runId, ':progress': 'progress#', ':split': 'split' },
      ConsistentRead: true,
    },
  );
  let split: Partial<Record<'rows' | 'chunks' | 'exportTime', number>> & { readonly use?: FunctionUse } = {};
  const attempts: ChunkProgress[] = [];
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (item.item === 'split') split = item;
      else attempts.push(item as unknown as ChunkProgress);
    }
  }
  const { rows: totalRows, chunks: totalChunks, exportTime, use: splitUse } = split;
  return { totalRows, totalChunks, exportTime, splitUse, ...sumProgress(attempts), attempts };
}

/**
 * Calls are spent in every attempt. Rows and outcomes are those of a chunk's furthest attempt: the next one begins again
 * with all rows of the chunk, but what was done is done.
 */
export function sumProgress(
  attempts: readonly ChunkProgress[],
): Omit<RunProgress, 'totalRows' | 'totalChunks' | 'exportTime' | 'splitUse' | 'attempts'> {
  const furthest = new Map<number, ChunkProgress>();
  const sum = { rows: 0, synced: 0, unchanged: 0, stale: 0, rejected: 0, calls: 0, throttled: 0 };
  for (const attempt of attempts) {
    sum.calls += attempt.calls;
    sum.throttled += attempt.throttled;
    if (attempt.rows >= (furthest.get(attempt.chunk)?.rows ?? 0)) furthest.set(attempt.chunk, attempt);
  }
  let deleted = 0;
  let cleared = 0;
  for (const one of furthest.values()) {
    const { rows, synced, unchanged, stale, rejected } = one;
    sum.rows += rows;
    sum.synced += synced;
    sum.unchanged += unchanged;
    sum.stale += stale;
    sum.rejected += rejected;
    deleted += one.deleted ?? 0;
    cleared += one.cleared ?? 0;
  }
  return {
    ...sum,
    ...(deleted > 0 && { deleted }),
    ...(cleared > 0 && { cleared }),
    retries: attempts.length - furthest.size,
  };
}
