import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { writeMiniStack } from './mini-stack.ts';

let cdkOut: string;
let stateDirectory: string;
let stack: EmbeddedStack;
let s3: S3Client;
let sfn: SFNClient;

async function start(): Promise<void> {
  stack = await startStack({ cdkOut, stateDirectory, port: 0 });
  const connection = { endpoint: stack.url, region: stack.region, credentials: stack.credentials };
  s3 = new S3Client(connection);
  sfn = new SFNClient(connection);
}

async function stop(): Promise<void> {
  s3.destroy();
  sfn.destroy();
  await stack.close();
}

beforeEach(async () => {
  cdkOut = writeMiniStack();
  stateDirectory = mkdtempSync(join(tmpdir(), 'stack-'));
  await start();
});

afterEach(async () => {
  await stop();
  for (const directory of [cdkOut, stateDirectory]) rmSync(directory, { recursive: true });
});

const upload = (Key: string) => s3.send(new PutObjectCommand({ Bucket: stack.outputs.Bucket, Key, Body: 'x' }));

/** Outputs of the succeeded executions, once there are as many. */
async function outputs(count: number): Promise<unknown[]> {
  return vi.waitFor(
    async () => {
      const stateMachineArn = stack.outputs.Machine;
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }),
      );
      expect(executions).toHaveLength(count);
      return Promise.all(
        executions.map(async ({ executionArn }) => {
          const { output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
          return JSON.parse(output ?? 'null') as unknown;
        }),
      );
    },
    { timeout: 60_000, interval: 100 },
  );
}

it('runs an upload through rule, state machine, function, table and topic, all by the AWS SDK and one address', async () => {
  await upload('in/a.csv');

  expect(await outputs(1)).toEqual([{ key: 'in/a.csv', seen: 1 }]);
  expect(stack.sns.notices().map(({ Message }) => Message)).toEqual(['in/a.csv seen 1']);
  expect(readFileSync(stack.logs.fileOf('/aws/lambda/mini-counter'), 'utf8')).toContain('counted');
});

it('starts nothing for an upload that no rule matches', async () => {
  await upload('other/a.csv');
  await upload('in/b.csv');
  expect(await outputs(1)).toEqual([{ key: 'in/b.csv', seen: 1 }]);
});

it('finds everything again when it is started on the same folder', async () => {
  await upload('in/a.csv');
  await outputs(1);
  await stop();
  await start();
  await upload('in/a.csv');

  const both = await outputs(2);
  expect(both).toContainEqual({ key: 'in/a.csv', seen: 1 });
  expect(both).toContainEqual({ key: 'in/a.csv', seen: 2 });
});

it('leaves no function process behind when it is closed', async () => {
  await upload('in/a.csv');
  await outputs(1);
  const processes = stack.lambda.environments('mini-counter').map(({ pid }) => Number(pid));
  await stop();

  expect(processes).toHaveLength(1);
  for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await start();
});

it('leaves no function process behind when its host is killed', async () => {
  const script = `
    const { startStack } = await import(${JSON.stringify(import.meta.resolve('../../local/stack.ts'))});
    const directory = ${JSON.stringify(join(stateDirectory, 'killed'))};
    const stack = await startStack({ cdkOut: ${JSON.stringify(cdkOut)}, stateDirectory: directory, port: 0 });
    await stack.lambda.invoke('mini-counter', { key: 'a' });
    console.log(stack.lambda.environments('mini-counter')[0].pid);`;
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { value } = await createInterface({ input: host.stdout })[Symbol.asyncIterator]().next();
  const pid = Number(value);
  expect(process.kill(pid, 0)).toBe(true);

  host.kill('SIGKILL');

  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 30_000 });
});

it('counts what a run used, in the units of the bill', async () => {
  await upload('in/a.csv');
  await outputs(1);
  const { dynamodb, s3: requests, lambda, stepFunctions } = stack.usage();

  expect(dynamodb).toEqual({ 'mini-counts': { reads: 0, writes: 1 } });
  expect(requests).toEqual({ [String(stack.outputs.Bucket)]: { puts: 1, gets: 0 } });
  expect(stepFunctions).toEqual({ 'mini-machine': { transitions: 1 + 2 } });
  expect(lambda).toMatchObject({ 'mini-counter': { invocations: 1 } });
  const { milliseconds = 0, gbSeconds } = lambda['mini-counter'] ?? {};
  expect(milliseconds).toBeGreaterThan(0);
  // Of a function with 128 MB.
  expect(gbSeconds).toBeCloseTo(milliseconds / 1000 / 8);
});
