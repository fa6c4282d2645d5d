import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { runItemExpiry } from '../shared/run-items.ts';

/**
 * Notes in RunTable that this invocation publishes the notice of this failure. False if another one has noted it. An
 * invocation that Lambda tries again, because publishing failed, has its own note and goes on.
 */
export async function claimNotice(
  client: DynamoDBDocumentClient,
  runTable: string,
  claim: { readonly runId: string; readonly redriveCount: number; readonly requestId: string; readonly now: number },
): Promise<boolean> {
  const { runId, redriveCount, requestId, now } = claim;
  try {
    await client.send(
      new PutCommand({
        TableName: runTable,
        Item: { run: runId, item: `notice#${redriveCount}`, requestId, claimedAt: now, ttl: runItemExpiry(now) },
        ConditionExpression: 'attribute_not_exists(#item) OR #requestId = :requestId',
        ExpressionAttributeNames: { '#item': 'item', '#requestId': 'requestId' },
        ExpressionAttributeValues: { ':requestId': requestId },
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return false;
  }
}
