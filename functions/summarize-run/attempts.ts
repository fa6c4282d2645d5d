import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { ChunkProgress } from '../shared/contracts.ts';

export interface Attempts {
  readonly calls: number;
  readonly throttled: number;
  /** Attempts of chunks beyond their first: Step Functions' retries and redrives. */
  readonly retries: number;
}

/** Adds up the progress items of all attempts. The last seconds of one that crashed may be missing. */
export async function readAttempts(client: DynamoDBDocumentClient, runTable: string, runId: string): Promise<Attempts> {
  const chunks = new Set<number>();
  let attempts = 0;
  let calls = 0;
  let throttled = 0;
  const pages = paginateQuery(
    { client },
    {
      TableName: runTable,
      KeyConditionExpression: '#run = :run AND begins_with(#item, :progress)',
      ExpressionAttributeNames: { '#run': 'run', '#item': 'item' },
      ExpressionAttributeValues: { ':run': runId, ':progress': 'progress#' },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const progress of Items as unknown as ChunkProgress[]) {
      attempts++;
      chunks.add(progress.chunk);
      calls += progress.calls;
      throttled += progress.throttled;
    }
  }
  return { calls, throttled, retries: attempts - chunks.size };
}
