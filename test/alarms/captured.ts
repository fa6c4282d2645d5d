import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import type { MetricValue } from '../helpers/captured-metrics.ts';
import type { TestStack } from '../helpers/stack.ts';

/** What the functions of a stack publish, as it comes. */
export interface Capture {
  /** What came since the last time, once there is a value of this metric; `atLeast` so much, if that is given. */
  take(awaited: string, atLeast?: number): Promise<MetricValue[]>;
}

export function captureOf({ folder }: TestStack): Capture {
  const file = join(folder, 'state', 'logs', 'metrics.jsonl');
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').filter(Boolean) : []);
  let taken = lines().length;
  return {
    async take(awaited, atLeast = Number.NEGATIVE_INFINITY) {
      const values = await vi.waitFor(
        () => {
          const published = lines().slice(taken).flatMap(valuesOfLine);
          if (!published.some(({ name, value }) => name === awaited && value >= atLeast))
            throw new Error(`No ${awaited} was published.`);
          return published;
        },
        { timeout: 60_000, interval: 50 },
      );
      taken = lines().length;
      return values;
    },
  };
}

function valuesOfLine(line: string): MetricValue[] {
  const { values, namespace, name, dimensions } = JSON.parse(line) as Omit<MetricValue, 'value'> & {
    readonly values: readonly number[];
  };
  return values.map((value) => ({ namespace, name, dimensions, value }));
}

/** What SQS tells CloudWatch of a queue. */
export async function visibleMessages(
  client: SQSClient,
  QueueUrl: string,
  QueueName: string,
): Promise<readonly MetricValue[]> {
  const name = 'ApproximateNumberOfMessages';
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
  const value = Number(Attributes?.[name]);
  return [{ namespace: 'AWS/SQS', name: `${name}Visible`, dimensions: { QueueName }, value }];
}

/** The values with this reference in place of the name that the deployment gave the function, as the alarms have it. */
export function ofFunction(values: readonly MetricValue[], name: string, reference: string): MetricValue[] {
  return values.map((each) =>
    each.dimensions.FunctionName === name ? { ...each, dimensions: { FunctionName: reference } } : each,
  );
}

/** Takes whatever there is to be received out of a queue. */
export async function emptyQueue(client: SQSClient, QueueUrl: string): Promise<void> {
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    for (const { ReceiptHandle } of Messages) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
