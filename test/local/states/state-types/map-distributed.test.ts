import { describe, expect, it } from 'vitest';
import { IntegrationError } from '../../../../local/states/errors.ts';
import { LambdaError, run, type Setting, start, types, until } from '../run.ts';

const ITEMS = '{"n":0}\n\n{"n":1}\r\n{"n":2}';

function machine(processor: object, more: object = {}) {
  const map = {
    Type: 'Map',
    Label: 'Chunks',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: 'bucket', Key: '{% $states.input.key %}', VersionId: 'v1' },
    },
    ItemSelector: {
      item: '{% $states.context.Map.Item.Value %}',
      index: '{% $states.context.Map.Item.Index %}',
      run: '{% $states.context.Execution.Name %}',
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Child',
      States: { Child: { ...processor, End: true } },
    },
    End: true,
    ...more,
  };
  return { StartAt: 'Map', States: { Map: map } };
}

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
};
const PASS = { Type: 'Pass' };
const setting = (more: Setting = {}): Setting => ({ input: { key: 'k' }, objects: { k: ITEMS }, ...more });

describe('a distributed Map', () => {
  it('runs one child per line of its object and gives their outputs in the order of the lines', async () => {
    const { result, events } = await run(machine(PASS), setting());
    expect(result).toEqual([0, 1, 2].map((n) => ({ item: { n }, index: n, run: 'run' })));
    expect(types(events)).toEqual([
      ...['ExecutionStarted', 'MapStateEntered', 'MapStateStarted', 'MapRunStarted', 'MapRunSucceeded'],
      ...['MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded'],
    ]);
    expect(events.map(({ previousEventId }) => previousEventId)).toEqual([0, 0, 2, 3, 4, 5, 5, 7]);
    expect(events[2]?.details).toEqual({ length: 0 });
    expect(events[3]?.details?.mapRunArn).toMatch(
      /^arn:aws:states:us-east-1:000000000000:mapRun:machine\/Chunks:[0-9a-f-]{36}$/,
    );
  });

  it('makes each child an execution of its own, with its own name, history and context', async () => {
    const { store } = await run(
      machine({ Type: 'Pass', Output: '{% $states.context.Execution.Id & " " & $states.context.StateMachine.Id %}' }),
      setting(),
    );
    const [arn = ''] = store.mapRuns.keys();
    const children = store.children(arn);
    expect(new Set(children.map(({ name }) => name)).size).toBe(3);
    for (const child of children) {
      expect(child.machineArn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:machine/Chunks');
      expect(child.arn).toBe(`arn:aws:states:us-east-1:000000000000:execution:machine/Chunks:${child.name}`);
      expect(child.end?.output).toBe(JSON.stringify(`${child.arn} ${child.machineArn}`));
      expect(types(child.events)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ]);
    }
  });

  it('reads the version that it is told, and tells its items where they come from', async () => {
    const asked: unknown[] = [];
    const readObject = async function* (object: unknown) {
      asked.push(object);
      yield Buffer.from('{"n":');
      yield Buffer.from('1}\n');
    };
    const selector = { ItemSelector: '{% $states.context.Map.Item.Source %}' };
    const { result } = await run(machine(PASS, selector), setting({ integrations: { readObject } }));
    expect(asked).toEqual([{ Bucket: 'bucket', Key: 'k', VersionId: 'v1' }]);
    expect(result).toEqual(['S3://bucket/k']);
  });

  it('runs no more children at once than MaxConcurrency, and as many', async () => {
    let working = 0;
    let most = 0;
    const f = async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise((resolve) => setTimeout(resolve, 5));
      working -= 1;
    };
    const lines = Array.from({ length: 20 }, (_, n) => JSON.stringify({ n })).join('\n');
    const { status } = await run(
      machine(INVOKE, { MaxConcurrency: '{% 2 + 2 %}', Output: {} }),
      setting({ objects: { k: lines }, lambdas: { f } }),
    );
    expect({ status, most }).toEqual({ status: 'SUCCEEDED', most: 4 });
  });

  it('fails with the first child that fails, and stops the others', async () => {
    const waiting: AbortSignal[] = [];
    const f = (event: unknown, { signal }: { signal: AbortSignal }) => {
      if ((event as { index: number }).index === 1) throw new LambdaError('ProfilesAccessDenied');
      waiting.push(signal);
      return new Promise(() => {});
    };
    const { error, cause, events, store } = await run(
      machine(INVOKE, { MaxConcurrency: 2 }),
      setting({ lambdas: { f } }),
    );
    expect({ error, cause }).toEqual({
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    expect(types(events).slice(3)).toEqual(['MapRunStarted', 'MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    const [arn = ''] = store.mapRuns.keys();
    expect(store.mapRun(arn).status).toBe('FAILED');
    // The third item was never started, and stays to be started by a redrive.
    expect(store.children(arn).map(({ end }) => [end?.status, end?.error])).toEqual([
      ['ABORTED', undefined],
      ['FAILED', 'ProfilesAccessDenied'],
    ]);
    expect(store.mapRun(arn).children).toBe(3);
    expect(waiting.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('stops its children when its execution is stopped', async () => {
    let calls = 0;
    const f = () => {
      calls += 1;
      return new Promise(() => {});
    };
    const { execution, store, events } = start(machine(INVOKE), setting({ lambdas: { f } }));
    await until(() => calls === 3);
    execution.stop();
    await execution.done;
    const [arn = ''] = store.mapRuns.keys();
    expect(store.mapRun(arn).status).toBe('ABORTED');
    expect(store.children(arn).map(({ end }) => end?.status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(types(events()).at(-1)).toBe('ExecutionAborted');
  });

  it('succeeds over an object without lines', async () => {
    expect((await run(machine(PASS), setting({ objects: { k: '\n' } }))).result).toEqual([]);
  });

  it('starts a new Map Run when its own Retry says so', async () => {
    let fail = true;
    const f = () => {
      if (fail) throw new LambdaError('E');
    };
    const retry = { Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }], Output: {} };
    const started = start(machine(INVOKE, retry), setting({ lambdas: { f } }));
    await until(() => started.clock.sleeps.length === 1);
    fail = false;
    expect((await started.execution.done).status).toBe('SUCCEEDED');
    expect([...started.store.mapRuns.values()].map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it.each([
    ['a line that is not JSON', '{"n":1}\n{"secret', 'Line 2 is not valid JSON.'],
    ['a line of more than 8 MB', `"${'a'.repeat(8 * 1024 * 1024)}"`, 'A line is longer than 8388608 bytes.'],
  ])('fails before its first child for %s, and does not quote it', async (_, body, reason) => {
    const { error, cause, events, store } = await run(machine(PASS), setting({ objects: { k: body } }));
    expect({ error, cause }).toEqual({ error: 'States.ItemReaderFailed', cause: reason });
    expect(types(events).slice(3)).toEqual(['MapRunStarted', 'MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(store.executions.size).toBe(1);
  });

  it('fails with States.ItemReaderFailed for an object that can’t be read', async () => {
    const readObject = () => {
      throw new IntegrationError('S3.NoSuchKeyException', 'The specified key does not exist.');
    };
    const { error, cause } = await run(machine(PASS), setting({ integrations: { readObject } }));
    expect({ error, cause }).toEqual({
      error: 'States.ItemReaderFailed',
      cause: 'S3.NoSuchKeyException: The specified key does not exist.',
    });
  });

  it('fails with States.DataLimitExceeded when the outputs together are too long', async () => {
    const output = { Type: 'Pass', Output: 'a'.repeat(100 * 1024) };
    const { error, events } = await run(machine(output), setting());
    expect(error).toBe('States.DataLimitExceeded');
    expect(types(events)).toContain('MapRunFailed');
  });

  it('hides its outer variables from its children', async () => {
    const { States } = machine({ Type: 'Pass', Output: '{% $exists($outer) %}' });
    const states = { Before: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Map' }, ...States };
    expect((await run({ StartAt: 'Before', States: states }, setting())).result).toEqual([false, false, false]);
  });

  it('fails for a MaxConcurrency that is no integer', async () => {
    const { error, cause } = await run(machine(PASS, { MaxConcurrency: '{% "many" %}' }), setting());
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain(
      `specified for the field 'MaxConcurrency' returned an unexpected result type. Expected 'integer', but was 'string' for value: "many"`,
    );
  });
});
