import { SFNClient } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { createExportNames } from '../../../functions/watch-runs/export-names.ts';
import type { WatchedRun } from '../../../functions/watch-runs/night-runs.ts';

const run = (n: number): WatchedRun => ({
  runId: `r${n}`,
  executionArn: `arn:${n}`,
  status: 'FAILED',
  startedAt: n,
  begunAt: n,
});

/** A client that hears every call, and answers each with the export of a run. */
function hearing(calls: string[]): SFNClient {
  const client = new SFNClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async (args) => {
      const { executionArn } = args.input as { executionArn: string };
      calls.push(executionArn);
      const input = JSON.stringify({ detail: { bucket: { name: 'b' }, object: { key: `${executionArn}.csv` } } });
      return { output: { $metadata: {}, input }, response: {} } as never;
    },
    { step: 'initialize' },
  );
  return client;
}

it('asks once for each run', async () => {
  const calls: string[] = [];
  const nameOf = createExportNames(hearing(calls));
  expect(await Promise.all([nameOf(run(1)), nameOf(run(2)), nameOf(run(1))])).toEqual([
    'b/arn:1.csv',
    'b/arn:2.csv',
    'b/arn:1.csv',
  ]);
  expect(calls).toEqual(['arn:1', 'arn:2']);
});

it('asks for no more runs than the service lets it, and still knows those that it asked for', async () => {
  const calls: string[] = [];
  const nameOf = createExportNames(hearing(calls));
  const names = [];
  for (let n = 0; n < 1_000; n += 1) names.push(await nameOf(run(n)));
  expect(calls).toHaveLength(100);
  expect(names.filter((name) => name === undefined)).toHaveLength(900);
  expect(await nameOf(run(0))).toBe('b/arn:0.csv');
});
