import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { ChunkProgress } from '../functions/shared/contracts.ts';

/** How far a run is, summed from RunTable. */
export interface RunProgress {
  /** Undefined until SplitExport is done. */
  readonly totalRows: number | undefined;
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly calls: number;
  readonly throttled: number;
  readonly attempts: readonly ChunkProgress[];
}

export async function readRunProgress(
  client: DynamoDBDocumentClient,
  runTable: string,
  runId: string,
): Promise<RunProgress> {
  const pages = paginateQuery(
    { client },
    {
      TableName: runTable,
      KeyConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': runId },
    },
  );
  let totalRows: number | undefined;
  const attempts: ChunkProgress[] = [];
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (item.item === 'split') totalRows = item.rows as number;
      else if (String(item.item).startsWith('progress#')) attempts.push(item as unknown as ChunkProgress);
    }
  }
  return { totalRows, ...sumProgress(attempts), attempts };
}

/**
 * Calls are spent in every attempt. Rows and outcomes are those of a chunk's furthest attempt: the next one begins again
 * with all rows of the chunk, but what was done is done.
 */
export function sumProgress(attempts: readonly ChunkProgress[]): Omit<RunProgress, 'totalRows' | 'attempts'> {
  const furthest = new Map<number, ChunkProgress>();
  const sum = { rows: 0, synced: 0, unchanged: 0, stale: 0, rejected: 0, calls: 0, throttled: 0 };
  for (const attempt of attempts) {
    sum.calls += attempt.calls;
    sum.throttled += attempt.throttled;
    if (attempt.rows >= (furthest.get(attempt.chunk)?.rows ?? 0)) furthest.set(attempt.chunk, attempt);
  }
  for (const { rows, synced, unchanged, stale, rejected } of furthest.values()) {
    sum.rows += rows;
    sum.synced += synced;
    sum.unchanged += unchanged;
    sum.stale += stale;
    sum.rejected += rejected;
  }
  return sum;
}
