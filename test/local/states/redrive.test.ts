import { describe, expect, it } from 'vitest';
import { positionOf } from '../../../local/states/position.ts';
import { LambdaError, single, start, types, until } from './run.ts';

const INVOKE = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } };
const never = () => new Promise(() => {});

describe('a redriven execution', () => {
  it('goes on in the state that failed, with its input and the variables; what succeeded is not run again', async () => {
    let broken = true;
    const calls: unknown[] = [];
    const f = (event: unknown) => {
      calls.push(event);
      if (broken) throw new LambdaError('Broken');
    };
    const states = {
      First: { Type: 'Pass', Assign: { kept: 'k' }, Output: { n: 1 }, Next: 'Second' },
      Second: {
        ...INVOKE,
        Arguments: { FunctionName: 'f', Payload: { input: '{% $states.input %}', kept: '{% $kept %}' } },
        Output: '{% $states.context.Execution %}',
        End: true,
      },
    };
    const { execution, redrive, events } = start({ StartAt: 'First', States: states }, { lambdas: { f } });
    expect((await execution.done).error).toBe('Broken');
    broken = false;
    const { status, output } = await redrive().done;
    expect(status).toBe('SUCCEEDED');
    expect(calls).toEqual([
      { input: { n: 1 }, kept: 'k' },
      { input: { n: 1 }, kept: 'k' },
    ]);
    expect(JSON.parse(output ?? '')).toMatchObject({
      Name: 'run',
      StartTime: '2026-01-01T00:00:00.000Z',
      RedriveCount: 1,
      RedriveTime: '2026-01-01T00:00:00.000Z',
    });
    expect(types(events()).slice(3)).toEqual([
      ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed', 'ExecutionFailed'],
      ...[
        'ExecutionRedriven',
        'TaskScheduled',
        'TaskStarted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ],
    ]);
    expect(events().map(({ id }) => id)).toEqual(events().map((_, i) => i + 1));
    expect(events()[8]).toMatchObject({ previousEventId: 8, details: { redriveCount: 1 } });
    expect(events()[9]?.previousEventId).toBe(9);
  });

  it('has all its retries again', async () => {
    const retries: unknown[] = [];
    const f = (event: unknown) => {
      retries.push(event);
      throw new LambdaError('Broken');
    };
    const { execution, redrive } = start(
      single({
        ...INVOKE,
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
        Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }],
      }),
      { lambdas: { f } },
    );
    await execution.done;
    expect((await redrive().done).error).toBe('Broken');
    expect(retries).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('has the machine’s whole time again', async () => {
    const { execution, redrive, clock, events } = start(
      { ...single(INVOKE), TimeoutSeconds: 5 },
      { lambdas: { f: never } },
    );
    await until(() => events().length === 4);
    clock.expire();
    expect((await execution.done).status).toBe('TIMED_OUT');
    const again = redrive();
    await until(() => events().length === 8);
    clock.expire();
    expect((await again.done).status).toBe('TIMED_OUT');
    expect(types(events()).slice(-2)).toEqual(['TaskStarted', 'ExecutionTimedOut']);
  });

  it('may be stopped and redriven again and again', async () => {
    let calls = 0;
    const f = () => {
      calls += 1;
      return calls < 3 ? never() : 'at last';
    };
    const { execution, redrive, events } = start(single(INVOKE), { lambdas: { f } });
    let attempt = execution;
    for (const count of [1, 2]) {
      await until(() => calls === count);
      attempt.stop();
      expect((await attempt.done).status).toBe('ABORTED');
      attempt = redrive();
    }
    expect((await attempt.done).status).toBe('SUCCEEDED');
    const redriven = events().filter(({ type }) => type === 'ExecutionRedriven');
    expect(redriven.map(({ details }) => details)).toEqual([{ redriveCount: 1 }, { redriveCount: 2 }]);
  });

  it('is not ended by whoever stops the attempt before', async () => {
    const { execution, redrive } = start(single(INVOKE), { lambdas: { f: never } });
    execution.stop();
    await execution.done;
    const again = redrive();
    execution.stop();
    again.stop({ error: 'Second' });
    expect((await again.done).error).toBe('Second');
  });

  it('stopped between two states goes on with the later one', async () => {
    const ran: unknown[] = [];
    const f = (event: unknown) => void ran.push(event);
    const states = {
      A: { ...INVOKE, Arguments: { FunctionName: 'f', Payload: 'A' }, Next: 'B' },
      B: { ...INVOKE, Arguments: { FunctionName: 'f', Payload: 'B' }, End: true },
    };
    const { execution, redrive, events } = start({ StartAt: 'A', States: states }, { lambdas: { f } });
    await until(() => ran.length > 0);
    execution.stop();
    await execution.done;
    expect(types(events()).slice(-2)).toEqual(['TaskStateEntered', 'ExecutionAborted']);
    await redrive().done;
    expect(ran).toEqual(['A', 'B']);
  });

  it('in a Fail state fails again', async () => {
    const { execution, redrive } = start({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } });
    await execution.done;
    expect(await redrive().done).toMatchObject({ status: 'FAILED', error: 'E' });
  });
});

describe('the position of an execution', () => {
  const event = (id: number, type: string, details = {}) => ({
    id,
    previousEventId: id - 1,
    timestamp: id,
    type,
    details,
    branch: '',
  });
  const entered = event(2, 'TaskStateEntered', { name: 'A', input: '{"n":1}' });

  it('that was killed before its first state is the beginning', () => {
    expect(positionOf([event(1, 'ExecutionStarted'), event(2, 'ExecutionAborted')])).toEqual({
      entered: undefined,
      variables: {},
      lastEventId: 2,
    });
  });

  it('that was killed between two states is the earlier one, which runs once more', () => {
    const exited = event(3, 'TaskStateExited', { name: 'A', assignedVariables: { v: '"x"' } });
    expect(positionOf([event(1, 'ExecutionStarted'), entered, exited, event(4, 'ExecutionAborted')])).toMatchObject({
      entered: { name: 'A', input: { value: { n: 1 } }, eventId: 2, previousEventId: 1, date: 2 },
      variables: { v: 'x' },
      lastEventId: 4,
    });
  });
});
