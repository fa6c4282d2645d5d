import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INVOKING, MACHINE_ARN, PASSING, ROLE_ARN, type Served, serve } from './served.ts';

let served: Served;
/** Functions hold here until the test lets them go. */
let release: () => void = () => {};

beforeAll(async () => {
  served = await serve({
    lambda: async (payload) => {
      if (payload === 'hold')
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return payload;
    },
  });
  served.machine(INVOKING);
});

afterAll(() => served.close());

const start = (name: string | undefined, input: unknown, stateMachineArn = MACHINE_ARN) =>
  served.client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));

describe('StartExecution', () => {
  it('runs the machine, and DescribeExecution tells how it ended', async () => {
    const { executionArn, startDate } = await start('first', { a: 1 });
    expect(executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:profile-sync:first');
    const described = await served.ended(executionArn);
    expect(described).toMatchObject({
      executionArn,
      stateMachineArn: MACHINE_ARN,
      name: 'first',
      status: 'SUCCEEDED',
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"a":1}',
      outputDetails: { included: true },
      startDate,
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(described.stopDate?.getTime()).toBeGreaterThanOrEqual(startDate?.getTime() ?? Number.NaN);
  });

  it('gives the running execution again for the same name and input, and refuses any other repetition', async () => {
    const first = await start('repeated', 'hold');
    expect(await start('repeated', 'hold')).toMatchObject({
      executionArn: first.executionArn,
      startDate: first.startDate,
    });
    await expect(start('repeated', 'other')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    release();
    await served.ended(first.executionArn);
    await expect(start('repeated', 'hold')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('makes up a name if there is none', async () => {
    const { executionArn } = await start(undefined, 1);
    expect((await served.ended(executionArn)).name).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['with space', 'a:b', 'a/b', 'a*', 'x'.repeat(81)])('refuses the name %j', async (name) => {
    await expect(start(name, 1)).rejects.toMatchObject({ name: 'InvalidName' });
  });

  it('refuses input that is not JSON, without quoting it', async () => {
    const command = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, input: '{secret' });
    const error = await served.client.send(command).catch((e: Error) => e);
    expect(error).toMatchObject({ name: 'InvalidExecutionInput' });
    expect((error as Error).message).not.toContain('secret');
  });

  it.each([
    ['InvalidArn', 'nonsense'],
    ['InvalidArn', 'arn:aws:states:us-east-1:000000000000:execution:profile-sync:first'],
    ['StateMachineDoesNotExist', 'arn:aws:states:us-east-1:000000000000:stateMachine:other'],
    ['ValidationException', `${MACHINE_ARN}/SyncChunks`],
  ])('answers %s for the machine %s', async (name, arn) => {
    await expect(start(undefined, 1, arn)).rejects.toMatchObject({ name });
  });
});

describe('StopExecution', () => {
  it('aborts a running execution before it answers', async () => {
    const { executionArn } = await start('stopped', 'hold');
    const { stopDate } = await served.client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }));
    const described = await served.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'C',
      stopDate,
      redriveStatus: 'REDRIVABLE',
    });
  });

  it('answers ExecutionDoesNotExist for an execution that does not', async () => {
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:profile-sync:none';
    const stop = served.client.send(new StopExecutionCommand({ executionArn }));
    await expect(stop).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  });
});

describe('GetExecutionHistory', () => {
  const history = (executionArn: string | undefined, more = {}) =>
    served.client.send(new GetExecutionHistoryCommand({ executionArn, ...more }));

  it('gives AWS’s events page by page, in either order', async () => {
    const { executionArn } = await start('history', { n: 1 });
    await served.ended(executionArn);
    const whole = (await history(executionArn)).events ?? [];
    expect(whole.map(({ id, type }) => [id, type])).toEqual([
      [1, 'ExecutionStarted'],
      [2, 'TaskStateEntered'],
      [3, 'TaskScheduled'],
      [4, 'TaskStarted'],
      [5, 'TaskSucceeded'],
      [6, 'TaskStateExited'],
      [7, 'ExecutionSucceeded'],
    ]);
    expect(whole[1]).toMatchObject({
      previousEventId: 0,
      stateEnteredEventDetails: { name: 'Invoke', input: '{"n":1}' },
    });
    expect(whole[2]?.taskScheduledEventDetails).toMatchObject({ resource: 'invoke', region: 'us-east-1' });
    expect(whole[6]?.timestamp?.getTime()).toBeGreaterThan(Date.now() - 60_000);

    const pages: (number | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await history(executionArn, { maxResults: 3, reverseOrder: true, nextToken });
      pages.push((page.events ?? []).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(pages).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
  });

  it('leaves inputs and outputs out with includeExecutionData false', async () => {
    const { executionArn } = await start('private', { secret: 1 });
    await served.ended(executionArn);
    const { events } = await history(executionArn, { includeExecutionData: false });
    expect(events).toHaveLength(7);
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'Invoke' });
  });

  it('answers InvalidToken for a token that it did not give', async () => {
    const { executionArn } = await start('token', 1);
    await expect(history(executionArn, { nextToken: 'xyz' })).rejects.toMatchObject({ name: 'InvalidToken' });
  });
});

describe('lists', () => {
  it('ListExecutions gives the newest first, page by page, of one status if asked', async () => {
    const list = (more = {}) =>
      served.client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, ...more }));
    for (const name of ['l1', 'l2', 'l3']) await served.ended((await start(name, 1)).executionArn);
    const first = await list({ maxResults: 2 });
    expect(first.executions?.map(({ name }) => name)).toEqual(['l3', 'l2']);
    const second = await list({ maxResults: 1, nextToken: first.nextToken });
    expect(second.executions?.map(({ name }) => name)).toEqual(['l1']);
    const aborted = await list({ statusFilter: 'ABORTED' });
    expect(aborted.executions?.map(({ name }) => name)).toEqual(['stopped']);
    await expect(list({ mapRunArn: 'x' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('ListStateMachines and DescribeStateMachine give the machine', async () => {
    const { stateMachines } = await served.client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([{ stateMachineArn: MACHINE_ARN, name: 'profile-sync', type: 'STANDARD' }]);
    const described = await served.client.send(new DescribeStateMachineCommand({ stateMachineArn: MACHINE_ARN }));
    expect(described).toMatchObject({ status: 'ACTIVE', roleArn: ROLE_ARN });
    expect(JSON.parse(described.definition ?? '')).toMatchObject(INVOKING);
  });
});

describe('DescribeStateMachineForExecution', () => {
  it('gives the definition that the execution started with, whatever was deployed since', async () => {
    const { executionArn } = await start('of-then', {});
    await served.ended(executionArn);
    served.machine({ ...INVOKING, Comment: 'another' });
    const { definition, ...described } = await served.client.send(
      new DescribeStateMachineForExecutionCommand({ executionArn }),
    );
    served.machine(INVOKING);
    expect(described).toMatchObject({ stateMachineArn: MACHINE_ARN, name: 'profile-sync', roleArn: ROLE_ARN });
    expect(JSON.parse(definition ?? '')).toEqual({ QueryLanguage: 'JSONata', ...INVOKING });
  });
});

describe('the API', () => {
  it('answers 501 with the operation’s name for one that it does not know', async () => {
    const list = served.client.send(new ListActivitiesCommand({}));
    await expect(list).rejects.toMatchObject({
      message: "The embedded Step Functions does not support the operation 'ListActivities'.",
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('answers in awsJson1_0, errors too', async () => {
    const headers = {
      'x-amz-target': 'AWSStepFunctions.DescribeExecution',
      'content-type': 'application/x-amz-json-1.0',
    };
    const response = await fetch(served.url, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(await response.json()).toMatchObject({ __type: 'ValidationException' });
  });

  it('refuses a definition that it does not support, when the machine is made', () => {
    expect(() => served.machine({ ...PASSING, Foo: 1 })).toThrow('Foo: not supported');
  });
});
