import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../infra/dashboard.ts';
import { readable, resourcesOf } from '../infra/synthesized.ts';
import { stackWithSchedule } from './template.ts';

/** Everything of a kind in the stack, by its path. */
function all<T>(stack: Stack, kind: new (...args: never[]) => T): [string, T][] {
  return stack.node.findAll().flatMap((each) => (each instanceof kind ? [[each.node.path, each] as [string, T]] : []));
}

function dashboard(): string {
  const stack = stackWithSchedule();
  const one = <T>(kind: new (...args: never[]) => T, name: string): T => {
    const found = all(stack, kind).find(([path]) => path.endsWith(name));
    if (!found) throw new Error(`The stack has no ${name}.`);
    return found[1];
  };
  const queue = one(Queue, 'LiveQueue');
  new Dashboard(stack, 'Dashboard', {
    system: {
      name: 'profile-sync',
      plan: { quota: 80 },
      failedStarts: one(Queue, 'FailedStarts'),
      tables: { ledger: one(Table, 'LedgerTable'), budget: one(Table, 'BudgetTable'), run: one(Table, 'RunTable') },
    },
    alarms: all(stack, Alarm).map(([, alarm]) => alarm),
    live: { queue, deadLetterQueue: one(Queue, 'LiveEvents/DeadLetterQueue') },
    lateErrors: { deadLetterQueue: queue },
    functions: { SyncChunk: one(LambdaFunction, 'SyncChunk/Function') },
  });
  const [[, resource] = []] = resourcesOf(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard');
  expect(resource?.Properties.DashboardName).toBe('profile-sync');
  return String(readable(resource?.Properties.DashboardBody));
}

describe('the dashboard', () => {
  const body = dashboard();

  it('is JSON that CloudWatch can read', () => {
    expect(JSON.parse(body)).toHaveProperty('widgets');
  });

  it.each([
    'BatchCalls',
    'LiveCalls',
    'RateLimit',
    'quota of the plan: 80',
    'BatchThrottledCalls',
    'LiveThrottledCalls',
    'RowsSynced',
    'RowsUnchanged',
    'RowsStale',
    'RowsRejected',
    'LiveLatency',
    '"stat":"p50"',
    '"stat":"p99"',
    'ApproximateNumberOfMessagesVisible',
    'ApproximateAgeOfOldestMessage',
    'LiveReturnedAge',
    'LateErrors',
    'ConsumedReadCapacityUnits',
    'ConsumedWriteCapacityUnits',
    'Duration',
    '<AlarmRunFailed>',
  ])('shows %s', (what) => {
    expect(body).toContain(what);
  });

  it('has no metric of ours that nobody emits', () => {
    const shown = [...body.matchAll(/"ConnectProfileSync","(\w+)"/g)].map(([, name]) => name);
    const sources = readdirSync('functions', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const emitted = sources
      .flatMap((file) => [...readFileSync(join('functions', file), 'utf8').matchAll(/addMetric\('(\w+)'/g)])
      .map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(10);
    // Late errors are counted by who takes them, which is no part of every system.
    const known = [...emitted, 'LateErrors', 'LateErrorsGivenUp'];
    expect(shown.filter((name) => !known.includes(name))).toEqual([]);
  });
});
