import { describe, expect, it } from 'vitest';
import { LambdaError, type LambdaFunction, start, types } from './run.ts';

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
};

function map(States: object, more: object = { End: true }) {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, StartAt: Object.keys(States)[0], States };
  return { Type: 'Map', Label: 'L', Items: [0, 1, 2, 3], MaxConcurrency: 1, ItemProcessor, ...more };
}

/** Fails for the items in `broken`, and notes every call. */
function calls(...broken: unknown[]) {
  const noted = { made: [] as unknown[], broken };
  const f: LambdaFunction = (event) => {
    noted.made.push(event);
    if (noted.broken.includes(event)) throw new LambdaError('Broken');
    return event;
  };
  return Object.assign(noted, { f });
}

describe('a redrive', () => {
  it('of a run whose Map’s error was caught fails again in the Fail state: the Map is not run again', async () => {
    const noted = calls(1);
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }];
    const states = {
      Map: map({ Child: { ...INVOKE, End: true } }, { Catch, Next: 'Done' }),
      Failed: { Type: 'Fail', Error: 'Reported' },
      Done: { Type: 'Succeed' },
    };
    const { execution, redrive, events } = start({ StartAt: 'Map', States: states }, { lambdas: { f: noted.f } });
    expect((await execution.done).error).toBe('Reported');
    noted.broken = [];
    expect((await redrive().done).error).toBe('Reported');
    expect(noted.made).toEqual([0, 1]);
    expect(types(events()).slice(-2)).toEqual(['ExecutionRedriven', 'ExecutionFailed']);
  });

  it('of a child goes on in the state that failed: what succeeded before is not called again', async () => {
    const noted = calls('second 1');
    const second = {
      ...INVOKE,
      Arguments: { FunctionName: 'f', Payload: '{% "second " & $states.input %}' },
      End: true,
    };
    const states = { Map: map({ First: { ...INVOKE, Next: 'Second' }, Second: second }, { Items: [1], End: true }) };
    const { execution, redrive } = start({ StartAt: 'Map', States: states }, { lambdas: { f: noted.f } });
    await execution.done;
    noted.broken = [];
    expect((await redrive().done).status).toBe('SUCCEEDED');
    expect(noted.made).toEqual([1, 'second 1', 'second 1']);
  });

  it('leaves a child alone that caught its error: it succeeded', async () => {
    const noted = calls(0, 1);
    const Catch = [{ ErrorEquals: ['Broken'], Output: 'caught', Next: 'Caught' }];
    const Which = {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input = 0 %}', Next: 'Catching' }],
      Default: 'Child',
    };
    const inner = {
      Which,
      Catching: { ...INVOKE, Catch, Next: 'Caught' },
      Caught: { Type: 'Pass', End: true },
      Child: { ...INVOKE, End: true },
    };
    const { execution, redrive } = start({ StartAt: 'Map', States: { Map: map(inner) } }, { lambdas: { f: noted.f } });
    await execution.done;
    noted.broken = [];
    expect(JSON.parse((await redrive().done).output ?? '')).toEqual(['caught', 1, 2, 3]);
    expect(noted.made.filter((item) => item === 0)).toHaveLength(1);
  });

  it('applies the tolerated threshold again, with the count of failures back at 0', async () => {
    const noted = calls(0, 1);
    const { execution, redrive } = start(
      {
        StartAt: 'Map',
        States: { Map: map({ Child: { ...INVOKE, End: true } }, { ToleratedFailureCount: 1, End: true }) },
      },
      { lambdas: { f: noted.f } },
    );
    expect((await execution.done).error).toBe('States.ExceedToleratedFailureThreshold');
    noted.broken = [0];
    expect((await redrive().done).status).toBe('SUCCEEDED');
    expect(noted.made).toEqual([0, 1, 0, 1, 2, 3]);
  });

  it('after more failures than are tolerated fails again', async () => {
    const noted = calls(0, 1);
    const { execution, redrive } = start(
      {
        StartAt: 'Map',
        States: { Map: map({ Child: { ...INVOKE, End: true } }, { ToleratedFailureCount: 1, End: true }) },
      },
      { lambdas: { f: noted.f } },
    );
    await execution.done;
    expect((await redrive().done).error).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('of a Map Run that was redriven 1,000 times is States.Runtime', async () => {
    const noted = calls(0);
    const states = { Map: map({ Child: { ...INVOKE, End: true } }) };
    const { execution, redrive, store } = start({ StartAt: 'Map', States: states }, { lambdas: { f: noted.f } });
    await execution.done;
    const [arn = ''] = store.mapRuns.keys();
    store.redriveMapRun(arn, 1000);
    expect((await redrive().done).error).toBe('States.Runtime');
  });

  it('of a Map with items from a batch runs the whole batch again', async () => {
    const batches: unknown[] = [];
    let broken = true;
    const f: LambdaFunction = (event) => {
      const { Items } = event as { Items: number[] };
      batches.push(Items);
      if (broken && Items.includes(2)) throw new LambdaError('Broken');
    };
    const more = { ItemBatcher: { MaxItemsPerBatch: 2 }, End: true };
    const states = { Map: map({ Child: { ...INVOKE, End: true } }, more) };
    const { execution, redrive } = start({ StartAt: 'Map', States: states }, { lambdas: { f } });
    await execution.done;
    broken = false;
    await redrive().done;
    expect(batches).toEqual([
      [0, 1],
      [2, 3],
      [2, 3],
    ]);
  });
});
