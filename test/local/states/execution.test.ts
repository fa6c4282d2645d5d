import { describe, expect, it } from 'vitest';
import { MACHINE_ARN, run, single, start, types, until } from './run.ts';

const INVOKE = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } };
const never = () => new Promise(() => {});

describe('an execution', () => {
  it('tells its states about itself as AWS does', async () => {
    const { result } = await run(single({ Type: 'Pass', Output: '{% $states.context %}' }), { input: { a: 1 } });
    expect(result).toEqual({
      Execution: {
        Id: 'arn:aws:states:us-east-1:000000000000:execution:machine:run',
        Input: { a: 1 },
        Name: 'run',
        RoleArn: 'arn:aws:iam::000000000000:role/machine',
        StartTime: '2026-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: MACHINE_ARN, Name: 'machine' },
      State: { Name: 'Only', EnteredTime: '2026-01-01T00:00:00.000Z', RetryCount: 0 },
    });
  });

  it('starts with ExecutionStarted, which the first state does not follow', async () => {
    const { events } = await run(single({ Type: 'Pass' }), { input: { a: 1 } });
    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'PassStateEntered'],
      [3, 2, 'PassStateExited'],
      [4, 3, 'ExecutionSucceeded'],
    ]);
    expect(events[0]?.details).toMatchObject({ input: '{"a":1}', roleArn: 'arn:aws:iam::000000000000:role/machine' });
  });

  it('times out as a whole after TimeoutSeconds', async () => {
    const { status, error, events } = await run({ ...single({ Type: 'Wait', Seconds: 60 }), TimeoutSeconds: 5 });
    expect({ status, error }).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(types(events)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
  });

  it('is stopped in the middle of a task, gives its call up and writes nothing more', async () => {
    const signals: AbortSignal[] = [];
    const { execution, events } = start(single({ ...INVOKE, Retry: [{ ErrorEquals: ['States.ALL'] }] }), {
      lambdas: {
        f: (_, { signal }) => {
          signals.push(signal);
          return never();
        },
      },
    });
    await until(() => signals.length > 0);
    execution.stop({ error: 'Operator', cause: 'enough' });
    expect(await execution.done).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'enough' });
    expect(signals[0]?.aborted).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(types(events())).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'ExecutionAborted',
    ]);
  });

  it('that has ended can’t be stopped', async () => {
    const { execution, events } = start(single({ Type: 'Pass' }));
    await execution.done;
    execution.stop();
    expect(types(events()).at(-1)).toBe('ExecutionSucceeded');
  });

  it('can be stopped though its states never wait', async () => {
    const states = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    const { execution } = start({ StartAt: 'A', States: states });
    setImmediate(() => execution.stop());
    expect((await execution.done).status).toBe('ABORTED');
  });
});
