import { describe, expect, it } from 'vitest';
import { LambdaError, run, start, types, until } from '../run.ts';

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Output: '{% $states.result.Payload %}',
  End: true,
};
const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const calls = (name: string) => branch(name, { ...INVOKE, Arguments: { FunctionName: name } });
const never = () => new Promise(() => {});
const fails = (): never => {
  throw new LambdaError('Broken', 'in words');
};

function parallel(branches: object[], more: object = {}) {
  return { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: branches, End: true, ...more } } };
}

describe('a Parallel', () => {
  it('gives the outputs of its branches in their order, whichever ends first', async () => {
    const A = async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      return 'slow';
    };
    const { result } = await run(parallel([calls('A'), calls('B')]), { lambdas: { A, B: () => 'fast' } });
    expect(result).toEqual(['slow', 'fast']);
  });

  it('hands its Arguments, or its input, to every branch', async () => {
    const pass = branch('A', { Type: 'Pass', End: true });
    expect((await run(parallel([pass]), { input: { n: 1 } })).result).toEqual([{ n: 1 }]);
    const args = { Arguments: { m: '{% $states.input.n + 1 %}' } };
    expect((await run(parallel([pass], args), { input: { n: 1 } })).result).toEqual([{ m: 2 }]);
  });

  it('lets branches read the variables around them, and keeps theirs to themselves', async () => {
    const reads = (name: string) =>
      branch(name, {
        Type: 'Pass',
        Assign: { inner: name },
        Output: '{% $outer & $string($exists($inner)) %}',
        End: true,
      });
    const { P } = parallel([reads('A'), reads('B')]).States;
    const { result } = await run({
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'P' },
        P: { ...P, End: undefined, Next: 'Look' },
        Look: { Type: 'Pass', Output: '{% [$states.input, $exists($inner)] %}', End: true },
      },
    });
    expect(result).toEqual(['ofalse', 'ofalse', false]);
  });

  it('fails with the first branch that fails: what is at work in the others is aborted', async () => {
    let signal: AbortSignal | undefined;
    const B = (_: unknown, options: { signal: AbortSignal }) => {
      signal = options.signal;
      return never();
    };
    const A = async () => {
      await until(() => signal !== undefined);
      return fails();
    };
    const { error, cause, events } = await run(parallel([calls('A'), calls('B')]), { lambdas: { A, B } });
    expect([error, JSON.parse(cause ?? '').errorMessage]).toEqual(['Broken', 'in words']);
    expect(signal?.aborted).toBe(true);
    expect(types(events).slice(-5)).toEqual([
      ...['TaskFailed', 'TaskStateAborted', 'TaskStateAborted', 'ParallelStateFailed', 'ExecutionFailed'],
    ]);
  });

  it('is tried again as a whole by its own Retry, and left by its Catch', async () => {
    let tried = 0;
    const A = () => {
      tried += 1;
      return fails();
    };
    const { result } = await run(
      {
        StartAt: 'P',
        States: {
          P: {
            ...parallel([calls('A')]).States.P,
            Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }],
            Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'Z' }],
          },
          Z: { Type: 'Succeed' },
        },
      },
      { lambdas: { A } },
    );
    expect([result, tried]).toEqual(['Broken', 3]);
  });

  it('ends when its execution is stopped', async () => {
    const { execution, events } = start(parallel([calls('A'), calls('B')]), { lambdas: { A: never, B: never } });
    await until(() => types(events()).filter((type) => type === 'TaskStarted').length === 2);
    execution.stop();
    expect((await execution.done).status).toBe('ABORTED');
    expect(types(events()).at(-1)).toBe('ExecutionAborted');
  });
});
