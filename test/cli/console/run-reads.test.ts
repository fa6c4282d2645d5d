import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it, vi } from 'vitest';
import type { Host } from '../../../cli/console/host.ts';
import { createRecall } from '../../../cli/console/recall.ts';
import { callsPerSecond } from '../../../cli/console/run-reads.ts';
import { attempt, START } from '../../helpers/attempt.ts';

/** Its progress is read every half minute only. */
const CHUNKS = 30_000;

it('a run of many chunks has the rate of when it was last looked at, not that of the time since', async () => {
  const begun = START + 3_600_000;
  let now = begun + 60_000;
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  const done = Array.from({ length: CHUNKS }, (_, chunk) => attempt({ chunk, updatedAt: START, ended: 'done' }));
  const atWork = () => attempt({ chunk: CHUNKS, calls: (now - begun) / 20, startedAt: begun, updatedAt: now });
  const send = vi.spyOn(dynamo, 'send').mockImplementation(async () => ({ Items: [...done, atWork()] }));
  const clock = { now: () => now };
  const stack = { clients: { dynamo }, outputs: { RunTableName: 'runs' }, clock } as unknown as Host['stack'];
  const host: Host = { stack, recall: createRecall(clock), folder: '' };
  expect(await callsPerSecond(host, 'run')).toBeCloseTo(50, 0);
  // From now on it is known how many there are.
  now += 2_000;
  expect(await callsPerSecond(host, 'run')).toBeCloseTo(50, 0);
  now += 25_000;
  expect(await callsPerSecond(host, 'run')).toBeCloseTo(50, 0);
  expect(send).toHaveBeenCalledTimes(2);
});
