import { describe, expect, it } from 'vitest';
import { Expression } from '../../../local/states/expression.ts';
import type { Json } from '../../../local/states/json.ts';
import { run, single } from './run.ts';

const evaluate = (output: Json, input: Json = {}) => run(single({ Type: 'Pass', Output: output }), { input });

describe('an expression', () => {
  it.each<[string, Json, Json, Json]>([
    ['a sequence becomes an array', '{% $states.input.rows.n %}', { rows: [{ n: 1 }, { n: 2 }] }, [1, 2]],
    ['a sequence of one is its value, as in JSONata', '{% $states.input.rows.n %}', { rows: [{ n: 1 }] }, 1],
    ['an array kept by [] stays one', '{% $states.input.rows.n[] %}', { rows: [{ n: 1 }] }, [1]],
    [
      'a nested sequence becomes an array',
      '{% {"all": $states.input.rows.n} %}',
      { rows: [{ n: 1 }, { n: 2 }] },
      { all: [1, 2] },
    ],
    ['a name with a hyphen stands in backticks', '{% $states.input.`version-id` %}', { 'version-id': 'v1' }, 'v1'],
    [
      'a template keeps what is no expression',
      { a: ['x', '{% 1 + 1 %}', { b: null }] },
      {},
      { a: ['x', 2, { b: null }] },
    ],
    ['null is a value', '{% null %}', {}, null],
    ['an absent member of an object is left out', '{% {"a": $states.input.nothing, "b": 1} %}', {}, { b: 1 }],
    ['$parse reads JSON', '{% $parse($states.input) %}', '{"a":[1]}', { a: [1] }],
    ['$partition cuts an array', '{% $partition([1..5], 2) %}', {}, [[1, 2], [3, 4], [5]]],
    ['$range counts, its end included', '{% $range(0, 10, 5) %}', {}, [0, 5, 10]],
    ['$range counts down', '{% $range(3, 1, -1) %}', {}, [3, 2, 1]],
    [
      '$hash takes SHA-256',
      '{% $hash("a", "SHA-256") %}',
      {},
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ],
    ['$random without a seed is the interpreter’s', '{% $random() %}', {}, 0.5],
    ['$random with a seed repeats itself', '{% $random(7) = $random(7) %}', {}, true],
    ['$uuid makes a UUID of version 4', '{% $contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4/) %}', {}, true],
  ])('%s', async (_, output, input, result) => {
    expect((await evaluate(output, input)).result).toEqual(result);
  });

  it.each<[string, Json, string]>([
    [
      'gives nothing',
      '{% $states.input.nothing %}',
      "The JSONata expression '$states.input.nothing' specified for the field 'Output' returned nothing (undefined).",
    ],
    [
      'gives nothing deep in a template',
      { a: { b: '{% $nothing %}' } },
      "The JSONata expression '$nothing' specified for the field 'Output/a/b' returned nothing (undefined).",
    ],
    [
      'gives a function',
      '{% $sum %}',
      "The JSONata expression '$sum' specified for the field 'Output' returned nothing (undefined).",
    ],
    [
      'calls $eval, which AWS took away',
      '{% $eval("1") %}',
      "The JSONata expression '$eval(\"1\")' specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    ],
    [
      'fails',
      '{% 1 + "a" %}',
      'The JSONata expression \'1 + "a"\' specified for the field \'Output\' threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number',
    ],
    [
      'parses what is not JSON',
      '{% $parse("{secret") %}',
      "The JSONata expression '$parse(\"{secret\")' specified for the field 'Output' threw an error during evaluation. $parse: the argument is not valid JSON",
    ],
  ])('that %s fails the state in AWS’s words', async (_, output, what) => {
    const { error, cause, events } = await evaluate(output);
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toBe(`An error occurred while executing the state 'Only' (entered at the event id #2). ${what}`);
    const failed = events[2];
    // AWS chains EvaluationFailed to the event before the state was entered.
    expect(failed).toMatchObject({
      type: 'EvaluationFailed',
      previousEventId: 0,
      details: { error, cause, state: 'Only' },
    });
  });

  it('does not see an error output outside of a catcher', async () => {
    expect((await evaluate('{% $states.errorOutput %}')).error).toBe('States.QueryEvaluationError');
  });

  it('sees the variables as they were when the state was entered', async () => {
    const first = { Type: 'Pass', Assign: { n: 1, list: [1, '{% $states.input.m %}'] }, Next: 'Second' };
    const second = { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: '{% $n %}', Next: 'Third' };
    const third = {
      Type: 'Pass',
      Output: { before: '{% $states.input %}', now: '{% $n %}', list: '{% $list %}' },
      End: true,
    };
    const { result } = await run(
      { StartAt: 'First', States: { First: first, Second: second, Third: third } },
      { input: { m: 2 } },
    );
    expect(result).toEqual({ before: 1, now: 2, list: [1, 2] });
  });
});

it('an expression that never ends is given up', async () => {
  const endless = new Expression('{% ($f := function($n) { $f($n + 1) }; $f(0)) %}', 'Output');
  await expect(endless.evaluate({})).rejects.toThrow('took more than 1000 ms');
});
