import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesError, type Retrier, retryDelayMs } from '../../../local/states/retry.ts';
import { LambdaError, run, single, types } from './run.ts';

const INVOKE = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } };

/** Runs a task with these retriers whose function throws these errors one after the other, then returns. */
async function attempts(retry: unknown[], errors: string[], draws?: number[]) {
  const left = [...errors];
  let calls = 0;
  const f = () => {
    calls += 1;
    const error = left.shift();
    if (error !== undefined) throw new LambdaError(error);
    return 'done';
  };
  const end = await run(single({ ...INVOKE, Retry: retry, Output: '{% $states.context.State.RetryCount %}' }), {
    lambdas: { f },
    ...(draws && { draws }),
  });
  return { ...end, calls };
}

describe('Retry', () => {
  it('waits IntervalSeconds, then BackoffRate times as long, and at most MaxDelaySeconds', async () => {
    const retry = [{ ErrorEquals: ['E'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 5, MaxDelaySeconds: 20 }];
    const { clock, result } = await attempts(retry, ['E', 'E', 'E', 'E']);
    expect(clock.sleeps).toEqual([2000, 6000, 18_000, 20_000]);
    expect(result).toBe(4);
  });

  it('tries three times more by default, after 1, 2 and 4 seconds', async () => {
    const { clock, calls, status, error } = await attempts([{ ErrorEquals: ['E'] }], ['E', 'E', 'E', 'E']);
    expect(clock.sleeps).toEqual([1000, 2000, 4000]);
    expect({ calls, status, error }).toEqual({ calls: 4, status: 'FAILED', error: 'E' });
  });

  it('draws the wait from 0 up to the delay with FULL jitter', async () => {
    const retry = [{ ErrorEquals: ['E'], IntervalSeconds: 10, BackoffRate: 1, JitterStrategy: 'FULL' }];
    const { clock } = await attempts(retry, ['E', 'E'], [0.25, 0.75]);
    expect(clock.sleeps).toEqual([2500, 7500]);
  });

  it('never tries again with MaxAttempts 0, whatever later retriers say', async () => {
    const retry = [{ ErrorEquals: ['E'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const { calls, error } = await attempts(retry, ['E']);
    expect({ calls, error }).toEqual({ calls: 1, error: 'E' });
  });

  it('does not pass an exhausted retrier’s error to a later one', async () => {
    const retry = [
      { ErrorEquals: ['E'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 9 },
    ];
    const { calls, status } = await attempts(retry, ['E', 'E', 'E']);
    expect({ calls, status }).toEqual({ calls: 2, status: 'FAILED' });
  });

  it('counts each retrier for itself', async () => {
    const retry = [
      { ErrorEquals: ['A'], MaxAttempts: 2, IntervalSeconds: 1 },
      { ErrorEquals: ['B'], MaxAttempts: 2, IntervalSeconds: 10 },
    ];
    const { clock, calls, status } = await attempts(retry, ['A', 'B', 'A', 'B']);
    expect(clock.sleeps).toEqual([1000, 10_000, 2000, 20_000]);
    expect({ calls, status }).toEqual({ calls: 5, status: 'SUCCEEDED' });
  });

  it('writes the events of every attempt one behind the other', async () => {
    const { events } = await attempts([{ ErrorEquals: ['E'] }], ['E']);
    expect(types(events)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed'],
      ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited', 'ExecutionSucceeded'],
    ]);
    expect(events.map(({ previousEventId }) => previousEventId)).toEqual([0, 0, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('tries a failed expression again', async () => {
    const state = {
      ...INVOKE,
      Arguments: { FunctionName: '{% $nothing %}' },
      Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
    };
    const { events, error } = await run(single(state));
    expect(types(events).filter((type) => type === 'EvaluationFailed')).toHaveLength(2);
    expect(error).toBe('States.QueryEvaluationError');
  });

  it('never tries States.Runtime again', async () => {
    const state = { ...INVOKE, Arguments: '{% {} %}', Retry: [{ ErrorEquals: ['States.ALL'] }] };
    const { clock, error } = await run(single(state));
    expect({ sleeps: clock.sleeps, error }).toEqual({ sleeps: [], error: 'States.Runtime' });
  });

  it.each([
    ['Other', ['E'], false],
    ['E', ['Other', 'E'], true],
    ['States.Timeout', ['States.TaskFailed'], false],
    ['States.Timeout', ['States.ALL'], true],
    ['E', ['States.TaskFailed'], true],
    ['States.Runtime', ['States.ALL'], false],
    ['States.Runtime', ['States.TaskFailed', 'States.Runtime'], false],
    ['Lambda.Unknown', ['Lambda.*'], false],
    [undefined, ['States.ALL'], true],
  ])('for the error %s, %j matches: %s', (error, names, matches) => {
    expect(matchesError(names, error)).toBe(matches);
  });

  it('never waits longer than the delay without jitter, whatever is drawn', () => {
    const retrier = fc.record<Retrier>({
      errorEquals: fc.constant(['E']),
      intervalSeconds: fc.integer({ min: 1, max: 99_999_999 }),
      maxAttempts: fc.constant(10),
      backoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
      maxDelaySeconds: fc.option(fc.integer({ min: 1, max: 31_622_400 }), { nil: Number.POSITIVE_INFINITY }),
      jitter: fc.constant('FULL'),
    });
    fc.assert(
      fc.property(
        retrier,
        fc.nat(50),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (full, used, drawn) => {
          const random = { number: () => drawn, uuid: () => '' };
          const ceiling = retryDelayMs({ ...full, jitter: 'NONE' }, used, random);
          expect(retryDelayMs(full, used, random)).toBeLessThanOrEqual(ceiling);
          expect(ceiling).toBeLessThanOrEqual(full.maxDelaySeconds * 1000);
        },
      ),
    );
  });
});

describe('Catch', () => {
  const caught = { Type: 'Pass', End: true };
  const machine = (catchers: unknown[], more = {}) => ({
    StartAt: 'A',
    States: { A: { ...INVOKE, Catch: catchers, End: true, ...more }, B: caught, C: caught },
  });
  const lambdas = {
    f: () => {
      throw new LambdaError('E', 'why');
    },
  };

  it('leads on with Error and Cause as the input of the next state', async () => {
    const { result, events } = await run(machine([{ ErrorEquals: ['E'], Next: 'B' }]), { lambdas });
    expect(result).toEqual({ Error: 'E', Cause: '{"errorType":"E","errorMessage":"why","trace":[]}' });
    expect(types(events).slice(4)).toEqual([
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('takes the first catcher that matches, once the retries are used up', async () => {
    const catchers = [
      { ErrorEquals: ['X'], Next: 'B' },
      { ErrorEquals: ['States.ALL'], Next: 'C' },
    ];
    const { events, clock } = await run(machine(catchers, { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }), {
      lambdas,
    });
    expect(events.find(({ type }) => type === 'PassStateEntered')?.details?.name).toBe('C');
    expect(clock.sleeps).toEqual([1000]);
  });

  it('evaluates its own Output and Assign with the error at hand', async () => {
    const catchers = [
      {
        ErrorEquals: ['E'],
        Next: 'B',
        Output: { was: '{% $states.errorOutput.Error %}' },
        Assign: { input: '{% $states.input %}' },
      },
    ];
    const { result, events } = await run(machine(catchers), { lambdas, input: { n: 1 } });
    expect(result).toEqual({ was: 'E' });
    expect(events.find(({ type }) => type === 'TaskStateExited')?.details?.assignedVariables).toEqual({
      input: '{"n":1}',
    });
  });
});
