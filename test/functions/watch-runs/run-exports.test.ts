import { SFNClient } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { WatchedRun } from '../../../functions/watch-runs/night-runs.ts';
import { createRunExports } from '../../../functions/watch-runs/run-exports.ts';

const run = (n: number): WatchedRun => ({
  runId: `r${n}`,
  executionArn: `arn:${n}`,
  status: 'FAILED',
  startedAt: n,
  begunAt: n,
});

/** The keys of what the runs were started for. */
function keysIn(sfn: SFNClient) {
  const exportOf = createRunExports(sfn);
  return async (run: WatchedRun) => (await exportOf(run))?.key;
}

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
  const keyOf = keysIn(hearing(calls));
  expect(await Promise.all([keyOf(run(1)), keyOf(run(2)), keyOf(run(1))])).toEqual([
    'arn:1.csv',
    'arn:2.csv',
    'arn:1.csv',
  ]);
  expect(calls).toEqual(['arn:1', 'arn:2']);
});

it('asks for no more runs than the service lets it, and still knows those that it asked for', async () => {
  const calls: string[] = [];
  const keyOf = keysIn(hearing(calls));
  const keys = [];
  for (let n = 0; n < 1_000; n += 1) keys.push(await keyOf(run(n)));
  expect(calls).toHaveLength(100);
  expect(keys.filter((key) => key === undefined)).toHaveLength(900);
  expect(await keyOf(run(0))).toBe('arn:0.csv');
});
