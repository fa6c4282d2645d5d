import { describe, expect, it } from 'vitest';
import { IntegrationError } from '../../../../local/states/errors.ts';
import { LambdaError, run, single, start, types, until } from '../run.ts';

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: { n: '{% $states.input.n %}' } },
};

describe('a Task that invokes a function', () => {
  it('gives its payload and writes AWS’s events', async () => {
    const { result, events } = await run(
      single({ ...INVOKE, TimeoutSeconds: 30, Output: '{% $states.result.Payload %}' }),
      {
        input: { n: 1 },
        lambdas: { f: (event) => ({ got: event }) },
      },
    );
    expect(result).toEqual({ got: { n: 1 } });
    const output = events[4]?.details?.output;
    expect(JSON.parse(String(output))).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { got: { n: 1 } },
      StatusCode: 200,
    });
    expect(events.slice(2, 5)).toMatchObject([
      {
        id: 3,
        type: 'TaskScheduled',
        details: {
          resourceType: 'lambda',
          resource: 'invoke',
          region: 'us-east-1',
          parameters: '{"FunctionName":"f","Payload":{"n":1}}',
          timeoutInSeconds: 30,
        },
      },
      { id: 4, type: 'TaskStarted', details: { resourceType: 'lambda', resource: 'invoke' } },
      {
        id: 5,
        type: 'TaskSucceeded',
        details: { resourceType: 'lambda', resource: 'invoke', outputDetails: { truncated: false } },
      },
    ]);
  });

  it('hands an empty event to a function without a payload', async () => {
    const state = { ...INVOKE, Arguments: { FunctionName: 'f' }, Output: '{% $states.result.Payload %}' };
    expect((await run(single(state), { lambdas: { f: (event) => event } })).result).toEqual({});
  });

  it('gives null for a function that returns nothing', async () => {
    const state = { ...INVOKE, Arguments: { FunctionName: 'f' }, Output: '{% $states.result.Payload %}' };
    expect((await run(single(state), { lambdas: { f: () => undefined } })).result).toBeNull();
  });

  it('fails with the errorType of a function error, the whole error as its cause', async () => {
    const f = () => {
      throw new LambdaError('ItemsThrottled', '3 rows');
    };
    const { events, error, cause } = await run(single(INVOKE), { input: { n: 1 }, lambdas: { f } });
    const payload = '{"errorType":"ItemsThrottled","errorMessage":"3 rows","trace":[]}';
    expect({ error, cause }).toEqual({ error: 'ItemsThrottled', cause: payload });
    expect(events[4]).toMatchObject({
      type: 'TaskFailed',
      details: { error, cause, resourceType: 'lambda', resource: 'invoke' },
    });
  });

  it('calls an error without errorType Lambda.Unknown', async () => {
    const invokeLambda = async () => ({ functionError: { errorMessage: 'Task timed out after 3.00 seconds' } });
    const { error, cause } = await run(single(INVOKE), { input: { n: 1 }, integrations: { invokeLambda } });
    expect(error).toBe('Lambda.Unknown');
    expect(cause).toBe(
      'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"Task timed out after 3.00 seconds"}',
    );
  });

  it('fails with the service’s own error', async () => {
    const invokeLambda = () =>
      Promise.reject(new IntegrationError('Lambda.TooManyRequestsException', 'Rate Exceeded.'));
    const { events, error } = await run(single(INVOKE), { input: { n: 1 }, integrations: { invokeLambda } });
    expect(error).toBe('Lambda.TooManyRequestsException');
    expect(types(events).at(-2)).toBe('TaskFailed');
  });

  it('times out after TimeoutSeconds, and gives the call up', async () => {
    const signals: AbortSignal[] = [];
    const timeouts: unknown[] = [];
    const started = start(single({ ...INVOKE, TimeoutSeconds: '{% $states.input.n %}' }), {
      input: { n: 9 },
      lambdas: {
        f: (_, { signal, timeoutMs }) => {
          signals.push(signal);
          timeouts.push(timeoutMs);
          return new Promise(() => {});
        },
      },
    });
    await until(() => signals.length === 1);
    expect(signals[0]?.aborted).toBe(false);
    started.clock.expire();
    const { status, error, cause } = await started.execution.done;
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(signals[0]?.aborted).toBe(true);
    expect(timeouts).toEqual([9000]);
    expect(started.events().at(-2)).toMatchObject({ type: 'TaskTimedOut', details: { error: 'States.Timeout' } });
  });

  it('blames a result over 256 KiB on the service', async () => {
    const { error, cause, events } = await run(single(INVOKE), {
      input: { n: 1 },
      lambdas: { f: () => 'é'.repeat(140_000) },
    });
    expect(error).toBe('States.DataLimitExceeded');
    expect(cause).toBe(
      "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    );
    expect(types(events).at(-2)).toBe('TaskFailed');
  });

  it('fails the execution for arguments that it does not know', async () => {
    const state = { ...INVOKE, Arguments: '{% {"FunctionName": "f", "Qualifier": "1"} %}' };
    const { error, cause } = await run(single(state));
    expect({ error, cause }).toEqual({
      error: 'States.Runtime',
      cause: "The Parameters of lambda:invoke have the field 'Qualifier', which is not supported",
    });
  });
});

describe('a Task that publishes', () => {
  const publishing = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Arguments: { TopicArn: 'topic', Subject: 'S', Message: '{% $states.input %}' },
  };

  it.each([
    ['text as it is', 'hello', 'hello'],
    ['anything else as JSON', { a: 1 }, '{"a":1}'],
  ])('sends %s and gives the message’s id', async (_, input, Message) => {
    const sent: unknown[] = [];
    const publish = async (message: unknown) => {
      sent.push(message);
      return { MessageId: 'm-1' };
    };
    const { result, events } = await run(single(publishing), { input, integrations: { publish } });
    expect(sent).toEqual([{ TopicArn: 'topic', Subject: 'S', Message }]);
    expect(result).toMatchObject({ MessageId: 'm-1' });
    expect(events[2]?.details).toMatchObject({ resourceType: 'sns', resource: 'publish' });
  });
});

describe('a Task with the ARN of a function', () => {
  const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const task = (more: object = {}) => single({ Type: 'Task', Resource: ARN, ...more });

  it('gives what the function returns, and writes events of its own', async () => {
    const { result, events } = await run(task({ TimeoutSeconds: 9 }), { input: 1, lambdas: { [ARN]: (n) => [n] } });
    expect(result).toEqual([1]);
    expect(events.slice(2, 5).map(({ type, details }) => ({ type, details }))).toMatchObject([
      { type: 'LambdaFunctionScheduled', details: { resource: ARN, input: '1', timeoutInSeconds: 9 } },
      { type: 'LambdaFunctionStarted', details: undefined },
      { type: 'LambdaFunctionSucceeded', details: { output: '[1]' } },
    ]);
  });

  it('blames a result over 256 KiB on the function', async () => {
    const { cause } = await run(task(), { lambdas: { [ARN]: () => 'x'.repeat(300_000) } });
    expect(cause).toMatch(`The state/task '${ARN}' returned a result with a size exceeding`);
  });

  it('fails as the function does', async () => {
    const f = () => {
      throw new LambdaError('Broken', 'in words');
    };
    const { error, cause, events } = await run(task({ Arguments: { any: 'thing' } }), { lambdas: { [ARN]: f } });
    expect([error, JSON.parse(cause ?? '').errorMessage]).toEqual(['Broken', 'in words']);
    expect(events.at(-2)).toMatchObject({ type: 'LambdaFunctionFailed', details: { error: 'Broken' } });
  });
});
