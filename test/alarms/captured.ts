import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import type { LambdaResult } from '../../local/states/integrations.ts';
import type { MetricValue } from '../helpers/captured-metrics.ts';
import type { TestStack } from '../helpers/stack.ts';

/** What the functions of a stack publish, as it comes. */
export interface Capture {
  /** What came since the last time, once there is a value of this metric. */
  take(awaited: string): Promise<MetricValue[]>;
}

export function captureOf({ folder }: TestStack): Capture {
  const file = join(folder, 'state', 'logs', 'metrics.jsonl');
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').filter(Boolean) : []);
  let taken = lines().length;
  return {
    async take(awaited) {
      const values = await vi.waitFor(
        () => {
          const published = lines().slice(taken).flatMap(valuesOfLine);
          if (!published.some(({ name }) => name === awaited)) throw new Error(`No ${awaited} was published.`);
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

/** What Lambda tells CloudWatch of an invocation. */
export function errorsOf(result: LambdaResult, FunctionName: string): MetricValue[] {
  const value = Number('functionError' in result);
  return [{ namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName }, value }];
}
