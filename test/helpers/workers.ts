import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../functions/shared/clock.ts';
import type { TestStack } from './stack.ts';

/** Waits for the run's functions: one whose execution was stopped works on to its end, on AWS too. */
export async function workersEnded({ stack, clients }: TestStack, runId: string): Promise<void> {
  const query = new QueryCommand({
    TableName: stack.outputs.RunTableName,
    KeyConditionExpression: '#run = :run AND begins_with(#item, :progress)',
    ExpressionAttributeNames: { '#run': 'run', '#item': 'item' },
    ExpressionAttributeValues: { ':run': runId, ':progress': 'progress#' },
  });
  for (;;) {
    const { Items = [] } = await clients.dynamo.send(query);
    if (Items.every(({ ended }) => ended)) return;
    await systemClock.sleep(100);
  }
}
