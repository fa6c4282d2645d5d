import { describe, expect, it } from 'vitest';
import { LambdaError, start, types } from './run.ts';

/** Calls `f` with its own name and the state's input, and assigns what it knows. */
const task = (name: string, more: object = { End: true }) => ({
  [name]: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'f', Payload: [name, '{% $states.input %}'] },
    Output: '{% $states.result.Payload %}',
    ...more,
  },
});

interface Calls {
  readonly made: string[];
  broken: string[];
}

/** A function that fails for the calls in `broken`. */
function calls(...broken: string[]): Calls & { readonly f: (event: unknown) => unknown } {
  const state: Calls = { made: [], broken };
  return Object.assign(state, {
    f(event: unknown) {
      const call = (event as unknown[]).join(' ');
      state.made.push(call);
      if (state.broken.includes(call)) throw new LambdaError('Broken');
      return call;
    },
  });
}

const parallel = (Branches: object[], more: object = {}) => ({
  StartAt: 'P',
  States: { P: { Type: 'Parallel', Branches, End: true, ...more } },
});
const map = (states: object, more: object = {}) => ({
  StartAt: 'M',
  States: { M: { Type: 'Map', Items: [0, 1, 2], ItemProcessor: { StartAt: 'I', States: states }, End: true, ...more } },
});

describe('a redriven Parallel', () => {
  it('goes on in the branches that did not succeed, with their variables; the others keep their outputs', async () => {
    const f = calls('C b');
    const second = {
      StartAt: 'B',
      States: {
        B: { Type: 'Pass', Assign: { v: 'kept' }, Output: 'b', Next: 'C' },
        ...task('C', { Output: '{% [$v, $states.result.Payload] %}', End: true }),
      },
    };
    const { execution, redrive, events } = start(parallel([{ StartAt: 'A', States: task('A') }, second]), {
      input: 'in',
      lambdas: { f: f.f },
    });
    expect((await execution.done).error).toBe('Broken');
    f.broken = [];
    const { status, output } = await redrive().done;
    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', ['A in', ['kept', 'C b']]]);
    expect(f.made).toEqual(['A in', 'C b', 'C b']);
    expect(types(events()).filter((type) => type === 'ParallelStateEntered')).toHaveLength(1);
  });

  it('has its own retries again', async () => {
    const f = calls('A in');
    const retry = { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }] };
    const { execution, redrive } = start(parallel([{ StartAt: 'A', States: task('A') }], retry), {
      input: 'in',
      lambdas: { f: f.f },
    });
    await execution.done;
    expect(f.made).toHaveLength(2);
    await redrive().done;
    expect(f.made).toHaveLength(4);
  });

  it('runs all its branches again if their outputs were too long together', async () => {
    const f = calls();
    const long = { ...task('A', { Output: 'x'.repeat(150_000), Next: 'B' }), ...{ B: { Type: 'Pass', End: true } } };
    const other = { C: { Type: 'Pass', Output: 'x'.repeat(150_000), End: true } };
    const { execution, redrive } = start(
      parallel([
        { StartAt: 'A', States: long },
        { StartAt: 'C', States: other },
      ]),
      { input: 'in', lambdas: { f: f.f } },
    );
    expect((await execution.done).error).toBe('States.DataLimitExceeded');
    await redrive().done;
    expect(f.made).toEqual(['A in', 'A in']);
  });
});

describe('a redriven inline Map', () => {
  it('goes on with the iterations that failed, starts those that never did, and leaves those that succeeded', async () => {
    const f = calls('J i1');
    const inner = { I: { Type: 'Pass', Output: '{% "i" & $states.input %}', Next: 'J' }, ...task('J') };
    const { execution, redrive, events } = start(map(inner, { MaxConcurrency: 1 }), { lambdas: { f: f.f } });
    expect((await execution.done).status).toBe('FAILED');
    f.broken = [];
    const { output } = await redrive().done;
    expect(JSON.parse(output ?? '')).toEqual(['J i0', 'J i1', 'J i2']);
    expect(f.made).toEqual(['J i0', 'J i1', 'J i1', 'J i2']);
    const started = events().filter(({ type }) => type === 'MapIterationStarted');
    expect(started.map(({ details }) => details?.index)).toEqual([0, 1, 2]);
  });

  it('inside a branch of a Parallel goes on there, however often it is redriven', async () => {
    const f = calls('J 1', 'J 2');
    const { M } = map(task('J')).States;
    const branch = {
      StartAt: 'M',
      States: { M: { ...M, MaxConcurrency: 1, ItemProcessor: { StartAt: 'J', States: task('J') } } },
    };
    const { execution, redrive } = start(parallel([branch, { StartAt: 'A', States: task('A') }]), {
      input: 'in',
      lambdas: { f: f.f },
    });
    await execution.done;
    f.broken = ['J 2'];
    expect((await redrive().done).status).toBe('FAILED');
    f.broken = [];
    expect(JSON.parse((await redrive().done).output ?? '')).toEqual([['J 0', 'J 1', 'J 2'], 'A in']);
    expect(f.made.filter((call) => call !== 'A in')).toEqual(['J 0', 'J 1', 'J 1', 'J 2', 'J 2']);
  });
});
