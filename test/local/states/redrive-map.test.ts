import { describe, expect, it } from 'vitest';
import { LambdaError, type LambdaFunction, type Setting, start, types, until } from './run.ts';

const never = () => new Promise(() => {});

function machine(more: object = {}) {
  const map = {
    Type: 'Map',
    Label: 'Chunks',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: 'bucket', Key: 'k' },
    },
    MaxConcurrency: 2,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Child',
      States: {
        Child: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: {
            FunctionName: 'f',
            Payload: { item: '{% $states.input %}', redrive: '{% $states.context.Execution.RedriveCount %}' },
          },
          Output: '{% $states.result.Payload %}',
          End: true,
        },
      },
    },
    End: true,
    ...more,
  };
  return { StartAt: 'Map', States: { Map: map } };
}

/** Starts a Map over the items 0 to 3, whose children call `f`. */
function startMap(f: LambdaFunction, more: object = {}, setting: Setting = {}) {
  const started = start(machine(more), { objects: { k: '0\n1\n2\n3\n' }, lambdas: { f }, ...setting });
  const arns = () => [...started.store.mapRuns.keys()];
  return { ...started, arns, children: () => started.store.children(arns().at(-1) ?? '') };
}

const payload = (event: unknown) => event as { item: number; redrive: number };

describe('a redriven Map Run', () => {
  it('keeps its ARN, redrives what did not succeed, starts what never started and leaves what succeeded', async () => {
    let broken = true;
    const calls: [number, number][] = [];
    const f: LambdaFunction = (event) => {
      const { item, redrive } = payload(event);
      calls.push([item, redrive]);
      if (item === 2 && broken) throw new LambdaError('Broken');
      if (item === 1 && broken) return never();
      return item;
    };
    const { execution, redrive, events, store, arns, children } = startMap(f);
    expect((await execution.done).status).toBe('FAILED');
    expect(children().map(({ status }) => status)).toEqual(['SUCCEEDED', 'ABORTED', 'FAILED']);
    const before = children().map(({ arn }) => arn);

    broken = false;
    expect(await redrive().done).toMatchObject({ status: 'SUCCEEDED', output: '[0,1,2,3]' });
    expect(calls).toEqual([
      ...[
        [0, 0],
        [1, 0],
        [2, 0],
      ],
      ...[
        [1, 1],
        [2, 1],
        [3, 0],
      ],
    ]);
    expect(
      children()
        .map(({ arn }) => arn)
        .slice(0, 3),
    ).toEqual(before);
    expect(children().map(({ redriveCount }) => redriveCount)).toEqual([0, 1, 1, 0]);
    expect(types(children()[2]?.events ?? []).slice(4)).toEqual([
      ...['TaskFailed', 'ExecutionFailed', 'ExecutionRedriven'],
      ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited', 'ExecutionSucceeded'],
    ]);

    expect(arns()).toHaveLength(1);
    expect(store.mapRun(arns()[0] ?? '')).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    const later = events().slice(types(events()).indexOf('ExecutionRedriven'));
    expect(types(later)).toEqual([
      ...['ExecutionRedriven', 'MapRunRedriven', 'MapRunSucceeded'],
      ...['MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded'],
    ]);
    expect(later[1]?.details).toEqual({ mapRunArn: arns()[0], redriveCount: 1 });
  });

  it('that fails again may be redriven again', async () => {
    let failures = 2;
    const { execution, redrive, children } = startMap((event) => {
      const { item } = payload(event);
      if (item === 3 && failures-- > 0) throw new LambdaError('Broken');
      return item;
    });
    await execution.done;
    expect((await redrive().done).error).toBe('States.ExceedToleratedFailureThreshold');
    expect((await redrive().done).output).toBe('[0,1,2,3]');
    expect(children().map(({ redriveCount }) => redriveCount)).toEqual([0, 0, 0, 2]);
  });

  it('stopped with its execution goes on with the children that were at work', async () => {
    let stuck = true;
    const calls: number[] = [];
    const { execution, redrive } = startMap((event) => {
      calls.push(payload(event).item);
      return stuck && payload(event).item > 0 ? never() : payload(event).item;
    });
    await until(() => calls.length === 3);
    execution.stop();
    await execution.done;
    stuck = false;
    expect((await redrive().done).output).toBe('[0,1,2,3]');
    expect(calls).toEqual([0, 1, 2, 1, 2, 3]);
  });

  it('whose results are there goes on behind it when the Map state’s own Output failed', async () => {
    let calls = 0;
    const { execution, redrive, arns } = startMap(() => calls++, { Output: '{% $error("no") %}' });
    expect((await execution.done).error).toBe('States.QueryEvaluationError');
    await redrive().done;
    expect([calls, arns().length]).toEqual([4, 1]);
  });
});

describe('a new Map Run is what a redrive starts', () => {
  it('when the items could not be read: they are read again', async () => {
    let reads = 0;
    const readObject = async function* () {
      reads += 1;
      yield Buffer.from(reads === 1 ? '0\n{"broken' : '0\n1\n');
    };
    const { execution, redrive, store, arns } = startMap(
      (event) => payload(event).item,
      {},
      { integrations: { readObject } },
    );
    expect((await execution.done).error).toBe('States.ItemReaderFailed');
    expect((await redrive().done).output).toBe('[0,1]');
    expect(arns().map((arn) => store.mapRun(arn).status)).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('when the outputs were too long together, as on AWS', async () => {
    let long = true;
    const { execution, redrive, arns } = startMap(() => (long ? 'a'.repeat(100_000) : ''));
    expect((await execution.done).error).toBe('States.DataLimitExceeded');
    long = false;
    expect((await redrive().done).output).toBe('["","","",""]');
    expect(arns()).toHaveLength(2);
  });

  it('when the redriven state’s own Retry tries again', async () => {
    let failures = 3;
    const { execution, redrive, arns } = startMap(
      (event) => {
        if (payload(event).item === 0 && failures-- > 0) throw new LambdaError('Broken');
        return payload(event).item;
      },
      { Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1, IntervalSeconds: 1 }] },
    );
    await execution.done;
    expect((await redrive().done).output).toBe('[0,1,2,3]');
    expect(arns()).toHaveLength(3);
  });
});
