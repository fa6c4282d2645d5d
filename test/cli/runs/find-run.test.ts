import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clients, createClients } from '../../../cli/connect/clients.ts';
import { executionArnOf } from '../../../cli/runs/execution.ts';
import { findRun } from '../../../cli/runs/find-run.ts';
import { smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

let test: TestStack;
let clients: Clients;
let runId: string;
/** Names of the calls of Step Functions. */
const calls: string[] = [];
const FORGOTTEN = '27cfeac4-77f2-4233-9009-2f703c3c6145_020ef758-6b3d-568e-1de5-605ff5dcdb60';

beforeAll(async () => {
  test = await startTestStack({ quota: 100, mapping: smallMappingFile() });
  ({ runId } = await test.succeed('night.csv', 'id,name\nA1,Ann\n'));
  const { url: endpoint, region, credentials } = test.stack;
  clients = createClients({ endpoint, region, credentials });
  clients.sfn.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  const { RunBucketName: Bucket } = test.connected.outputs;
  for (const name of [FORGOTTEN, 'twice-1', 'twice-2']) {
    await test.clients.s3.send(new PutObjectCommand({ Bucket, Key: `runs/${name}/summary.json`, Body: '{}' }));
  }
});
afterAll(async () => {
  clients.destroy();
  await test.stop();
});

const find = (run: string) => {
  calls.length = 0;
  return findRun({ ...test.connected, clients }, run);
};

describe('a run is found', () => {
  it('by its whole name with one call, however many runs there are', async () => {
    const executionArn = executionArnOf(test.connected.outputs.StateMachineArn, runId);
    expect(await find(runId)).toEqual({ runId, executionArn });
    expect(calls).toEqual(['DescribeExecutionCommand']);
  });

  it('by the beginning of its name', async () => {
    for (const length of [8, 36, 40]) expect(await find(runId.slice(0, length))).toMatchObject({ runId });
  });

  it('by its files, if Step Functions has forgotten it', async () => {
    const forgotten = { runId: FORGOTTEN, executionArn: undefined };
    expect(await find(FORGOTTEN)).toEqual(forgotten);
    expect(await find(FORGOTTEN.slice(0, 8))).toEqual(forgotten);
  });

  it.each([
    ['nowhere', 'There is no run nowhere.'],
    ['twice', '2 runs begin with twice. Give more of the name: twice-1, twice-2'],
    ['', 'No run has the name "".'],
    [`${FORGOTTEN}/summary.json`, 'No run has the name'],
    ['*', 'No run has the name "*".'],
    ['n'.repeat(81), 'No run has the name'],
  ])('or the user is told: %j', async (run, words) => {
    await expect(find(run)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(words) });
  });
});
