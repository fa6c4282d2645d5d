import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../local/step-functions/schema.ts';
import { lines, MACHINE_ARN, mapping, serve } from './served.ts';

const RUN_ARN = 'arn:aws:states:us-east-1:000000000000:execution:profile-sync:run';

it('executions and their histories are there after a restart', async () => {
  const before = await serve({ object: lines(2), lambda: (n) => n });
  before.machine(mapping());
  await before.client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run' }));
  await before.ended(RUN_ARN);
  const events = (await before.client.send(new GetExecutionHistoryCommand({ executionArn: RUN_ARN }))).events;
  await before.close({ keep: true });

  const after = await serve({ directory: before.directory });
  after.machine(mapping());
  expect((await after.ended(RUN_ARN)).status).toBe('SUCCEEDED');
  const again = (await after.client.send(new GetExecutionHistoryCommand({ executionArn: RUN_ARN }))).events;
  expect(again).toEqual(events);
  // The name stays taken.
  const start = after.client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run' }));
  await expect(start).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await after.close();
});

it('executions that another version wrote are refused in words', () => {
  const directory = mkdtempSync(join(tmpdir(), 'step-functions-'));
  const database = openDatabase(directory);
  database.exec('PRAGMA user_version = 1');
  database.close();
  expect(() => openDatabase(directory)).toThrow('Start once with --fresh');
  rmSync(directory, { recursive: true });
});

it('what a killed process left running is ABORTED at the next start, its status change told, and redrivable', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'step-functions-'));
  const program = `
    import { createStepFunctions } from ${JSON.stringify(new URL('../../../local/step-functions/step-functions.ts', import.meta.url))};
    let calls = 0;
    const integrations = {
      invokeLambda: (_, n) => {
        if (n === 0) return Promise.resolve({ statusCode: 200, executedVersion: '$LATEST', payload: n });
        if (++calls === 2) console.log('two at work');
        return new Promise(() => {});
      },
      async *readObject() { yield Buffer.from(${JSON.stringify(lines(4))}); },
    };
    const service = createStepFunctions({ directory: ${JSON.stringify(directory)}, integrations, onEvent: () => {} });
    service.createStateMachine({ name: 'profile-sync', arn: '${MACHINE_ARN}', roleArn: 'role', definition: ${JSON.stringify(JSON.stringify({ QueryLanguage: 'JSONata', ...mapping({ MaxConcurrency: 2 }) }))} });
    service.startExecution({ stateMachineArn: '${MACHINE_ARN}', name: 'run' });
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));

  const calls: unknown[] = [];
  const after = await serve({
    directory,
    lambda: (n) => {
      calls.push(n);
      return n;
    },
  });
  after.machine(mapping());
  expect(await after.ended(RUN_ARN)).toMatchObject({
    status: 'ABORTED',
    cause: 'The process that ran this execution ended.',
    redriveStatus: 'REDRIVABLE',
  });
  const { events } = await after.client.send(new GetExecutionHistoryCommand({ executionArn: RUN_ARN }));
  expect(events?.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'MapStateEntered',
    'MapStateStarted',
    'MapRunStarted',
    'ExecutionAborted',
  ]);
  const { mapRuns } = await after.client.send(new ListMapRunsCommand({ executionArn: RUN_ARN }));
  const mapRunArn = mapRuns?.[0]?.mapRunArn;
  const { status, itemCounts } = await after.client.send(new DescribeMapRunCommand({ mapRunArn }));
  expect({ status, itemCounts }).toMatchObject({
    status: 'ABORTED',
    itemCounts: { succeeded: 1, aborted: 2, pending: 1, total: 4 },
  });
  const { executions } = await after.client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }));
  expect(executions?.map(({ name }) => name)).toEqual(['run']);
  expect(after.events.map(({ detail }) => (detail as { status: string }).status)).toEqual(['ABORTED']);

  await after.client.send(new RedriveExecutionCommand({ executionArn: RUN_ARN }));
  expect(await after.ended(RUN_ARN)).toMatchObject({ status: 'SUCCEEDED', output: '[0,1,2,3]' });
  expect(calls).toEqual([1, 2, 3]);
  await after.close();
  rmSync(directory, { recursive: true, force: true });
});
