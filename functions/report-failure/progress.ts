import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { ChunkProgress } from '../shared/contracts.ts';

/** How many rows of a run had an outcome when it ended, and which. */
export interface Progress {
  readonly totalRows: number;
  readonly totalChunks: number;
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
}

/** Reads what SplitExport and the workers noted; undefined if the export was not cut into chunks yet. */
export async function readProgress(
  client: DynamoDBDocumentClient,
  runTable: string,
  runId: string,
): Promise<Progress | undefined> {
  const pages = paginateQuery(
    { client },
    {
      TableName: runTable,
      KeyConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': runId },
      ConsistentRead: true,
    },
  );
  let split: { readonly rows: number; readonly chunks: number } | undefined;
  const furthest = new Map<number, ChunkProgress>();
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (item.item === 'split') split = item as { item: string; rows: number; chunks: number };
      if (!String(item.item).startsWith('progress#')) continue;
      // Not the newest: one that failed at once got nowhere, but what an earlier one did is done.
      const attempt = item as unknown as ChunkProgress;
      if (attempt.rows >= (furthest.get(attempt.chunk)?.rows ?? 0)) furthest.set(attempt.chunk, attempt);
    }
  }
  return split && { totalRows: split.rows, totalChunks: split.chunks, ...sum([...furthest.values()]) };
}

function sum(attempts: readonly ChunkProgress[]): Omit<Progress, 'totalRows' | 'totalChunks'> {
  const total = (counter: 'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected'): number =>
    attempts.reduce((subtotal, attempt) => subtotal + attempt[counter], 0);
  return {
    rows: total('rows'),
    synced: total('synced'),
    unchanged: total('unchanged'),
    stale: total('stale'),
    rejected: total('rejected'),
  };
}
