import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lines, MACHINE_ARN, mapping, type Served, serve } from './served.ts';
import { errorsOf, model, validators, wrongRequests } from './service-model.ts';

/** Of any operation, and of the protocol. */
const COMMON_ERRORS = ['ValidationException', 'SerializationException', 'AccessDeniedException'];
const EXECUTION_ARN = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:run`;

describe.skipIf(model === undefined)('the HTTP API as the service’s model has it', () => {
  const api = model ?? { operations: {}, shapes: {} };
  let served: Served;

  async function call(operation: string, request: object) {
    const response = await fetch(served.url, {
      method: 'POST',
      headers: { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(request),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Both sides satisfy the model. */
  async function checked(operation: string, request: object): Promise<Record<string, unknown>> {
    const { request: takes, response: gives } = validators(api, operation);
    expect(takes(request), `${operation} request: ${JSON.stringify(takes.errors)}`).toBe(true);
    const { status, body } = await call(operation, request);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(gives(body), `${operation} response: ${JSON.stringify(gives.errors)}`).toBe(true);
    return body;
  }

  const ended = async () => {
    for (;;) {
      const { status } = await checked('DescribeExecution', { executionArn: EXECUTION_ARN });
      if (status !== 'RUNNING') return status;
    }
  };

  beforeEach(async () => {
    const lambda = (payload: unknown) => {
      if (payload === 1) throw Object.assign(new Error('in words'), { name: 'Broken' });
      return payload;
    };
    served = await serve({ lambda, object: lines(3) });
    // A bit of every state and event.
    const { SyncChunks } = mapping({ ToleratedFailureCount: 0 }).States;
    served.machine({
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { v: 1 }, Next: 'Both' },
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 1, Next: 'Each' }, Each: eachItem() } },
            { StartAt: 'Call', States: { Call: callByArn() } },
          ],
          Next: 'Wrong',
        },
        Wrong: { Type: 'Pass', Output: '{% $nothing %}', Next: 'Which' },
        Which: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'SyncChunks' }] },
        SyncChunks,
      },
    });
  });
  afterEach(() => served.close());

  function eachItem() {
    const ItemProcessor = { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } };
    return { Type: 'Map', Items: [1], ItemProcessor, End: true };
  }
  function callByArn() {
    const Resource = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    return { Type: 'Task', Resource, Arguments: 0, TimeoutSeconds: 9, End: true };
  }
  const start = () => checked('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'run', input: '{"a":1}' });

  it('answers every operation in the model’s shapes, while an execution runs, fails and is redriven', async () => {
    served.machine({ ...mapping(), Comment: 'whose second child fails' });
    await start();
    expect(await ended()).toBe('FAILED');
    const { mapRuns } = await checked('ListMapRuns', { executionArn: EXECUTION_ARN });
    const [{ mapRunArn } = { mapRunArn: '' }] = mapRuns as { mapRunArn: string }[];
    await checked('DescribeMapRun', { mapRunArn });
    await checked('ListExecutions', {
      mapRunArn,
      statusFilter: 'FAILED',
      redriveFilter: 'NOT_REDRIVEN',
      maxResults: 1,
    });
    await checked('ListExecutions', { stateMachineArn: MACHINE_ARN });
    await checked('RedriveExecution', { executionArn: EXECUTION_ARN, clientToken: 'once' });
    expect(await ended()).toBe('FAILED');
    await checked('DescribeMapRun', { mapRunArn });
    await checked('GetExecutionHistory', { executionArn: EXECUTION_ARN, maxResults: 1000 });
    await checked('StopExecution', { executionArn: EXECUTION_ARN, error: 'E', cause: 'C' });
    await checked('ListStateMachines', {});
    await checked('DescribeStateMachine', { stateMachineArn: MACHINE_ARN });
    await checked('DescribeStateMachineForExecution', { executionArn: EXECUTION_ARN });
  });

  it('gives the events of every type of state in the model’s shapes', async () => {
    await start();
    expect(await ended()).toBe('FAILED');
    const { events } = await checked('GetExecutionHistory', { executionArn: EXECUTION_ARN, maxResults: 1000 });
    const types = (events as { type: string }[]).map(({ type }) => type);
    for (const type of [
      'MapIterationSucceeded',
      'ParallelStateSucceeded',
      'LambdaFunctionSucceeded',
      'WaitStateExited',
      'EvaluationFailed',
    ]) {
      expect(types).toContain(type);
    }
    await checked('GetExecutionHistory', {
      executionArn: EXECUTION_ARN,
      includeExecutionData: false,
      reverseOrder: true,
    });
  });

  const right: [string, Readonly<Record<string, unknown>>][] = [
    ['StartExecution', { stateMachineArn: MACHINE_ARN, name: 'other' }],
    ['StopExecution', { executionArn: EXECUTION_ARN }],
    ['DescribeExecution', { executionArn: EXECUTION_ARN }],
    ['DescribeStateMachineForExecution', { executionArn: EXECUTION_ARN }],
    ['GetExecutionHistory', { executionArn: EXECUTION_ARN }],
    ['ListExecutions', { stateMachineArn: MACHINE_ARN }],
    ['ListMapRuns', { executionArn: EXECUTION_ARN }],
    ['DescribeMapRun', {}],
    ['UpdateMapRun', {}],
    ['RedriveExecution', { executionArn: EXECUTION_ARN }],
    ['DescribeStateMachine', { stateMachineArn: MACHINE_ARN }],
    ['ListStateMachines', {}],
  ];
  it.each(right)(
    '%s refuses what breaks a limit of the model, with an error of the model',
    async (operation, request) => {
      served.machine(mapping());
      await start();
      await ended();
      const { mapRuns } = await checked('ListMapRuns', { executionArn: EXECUTION_ARN });
      const [{ mapRunArn } = { mapRunArn: '' }] = mapRuns as { mapRunArn: string }[];
      expect(mapRunArn).not.toBe('');
      const complete = operation.endsWith('MapRun') ? { mapRunArn } : request;
      for (const { what, request: wrong } of wrongRequests(api, operation, complete)) {
        const { status, body } = await call(operation, wrong);
        expect(status, `${operation}: ${what}`).toBe(400);
        expect([...COMMON_ERRORS, ...errorsOf(api, operation)], `${operation}: ${what}`).toContain(body.__type);
      }
    },
  );
});

it.skipIf(model !== undefined)('the service’s model is not here: the HTTP API is not held to it', () => {});
