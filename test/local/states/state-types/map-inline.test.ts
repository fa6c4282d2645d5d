import { describe, expect, it } from 'vitest';
import { LambdaError, run, types } from '../run.ts';

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
};
const PASS = { Type: 'Pass', End: true };

function map(more: object = {}, inner: object = PASS) {
  const ItemProcessor = { StartAt: 'I', States: { I: inner } };
  return { StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor, End: true, ...more } } };
}

describe('an inline Map', () => {
  it('takes its Items, with expressions inside them, or else its input', async () => {
    expect((await run(map({ Items: [1, '{% $states.input.n %}'] }), { input: { n: 2 } })).result).toEqual([1, 2]);
    expect((await run(map(), { input: ['a'] })).result).toEqual(['a']);
    expect((await run(map(), { input: { a: 1 } })).error).toBe('States.Runtime');
  });

  it.each([
    ['null', 'null', 'null'],
    ["'text'", 'string', '"text"'],
    ['true', 'boolean', 'true'],
    ['{"a": 1}', 'object', '{"a":1}'],
  ])('refuses Items that are %s', async (expression, type, value) => {
    const { error, cause } = await run(map({ Items: `{% ${expression} %}` }));
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(`Expected 'array', but was '${type}' for value: ${value}`);
  });

  it('shows an ItemSelector the item, its index and its source', async () => {
    const item = '{% $states.context.Map.Item %}';
    expect((await run(map({ Items: ['x'], ItemSelector: { item } }))).result).toEqual([
      { item: { Index: 0, Value: 'x', Source: 'STATE_DATA' } },
    ]);
  });

  it.each([
    [2, 2],
    [0, 40],
    [undefined, 40],
  ])('with MaxConcurrency %s runs %i iterations at once at most', async (MaxConcurrency, most) => {
    let [atWork, peak] = [0, 0];
    const f = async () => {
      atWork += 1;
      peak = Math.max(peak, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
    };
    const Items = Array.from({ length: 100 }, (_, n) => n);
    const { status } = await run(map({ Items, MaxConcurrency }, INVOKE), { lambdas: { f } });
    expect([status, peak]).toEqual(['SUCCEEDED', most]);
  });

  it('fails with the first iteration that fails; those at work are aborted, the others never start', async () => {
    const f = (event: unknown) => {
      if (event === 1) throw new LambdaError('Broken');
      return new Promise(() => {});
    };
    const { error, events } = await run(map({ Items: [0, 1, 2], MaxConcurrency: 2 }, INVOKE), { lambdas: { f } });
    expect(error).toBe('Broken');
    expect(
      events.filter(({ type }) => type.startsWith('MapIteration')).map(({ type, details }) => [type, details?.index]),
    ).toEqual([
      ['MapIterationStarted', 0],
      ['MapIterationStarted', 1],
      ['MapIterationAborted', 0],
      ['MapIterationFailed', 1],
    ]);
    expect(types(events).slice(-2)).toEqual(['MapStateFailed', 'ExecutionFailed']);
  });

  it('whose outputs are too long together fails', async () => {
    const long = { ...PASS, Output: 'x'.repeat(200_000) };
    expect((await run(map({ Items: [1, 2] }, long))).error).toBe('States.DataLimitExceeded');
  });
});
