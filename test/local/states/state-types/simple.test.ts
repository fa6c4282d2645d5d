import { describe, expect, it } from 'vitest';
import { run, single, types } from '../run.ts';

const pass = { Type: 'Pass', End: true };

describe('a Choice', () => {
  const machine = (choice: object) => ({
    StartAt: 'Choose',
    States: { Choose: { Type: 'Choice', ...choice }, Yes: pass, No: pass, Other: pass },
  });
  const wentTo = async (choice: object, input = {}) => {
    const { events } = await run(machine(choice), { input });
    return events.find(({ type }) => type === 'PassStateEntered')?.details?.name;
  };
  const choices = [
    { Condition: '{% $states.input.n > 1 %}', Next: 'Yes' },
    { Condition: '{% $states.input.n > 0 %}', Next: 'No' },
  ];

  it('goes where the first true condition leads, else to Default', async () => {
    expect(await wentTo({ Choices: choices, Default: 'Other' }, { n: 2 })).toBe('Yes');
    expect(await wentTo({ Choices: choices, Default: 'Other' }, { n: 1 })).toBe('No');
    expect(await wentTo({ Choices: choices, Default: 'Other' }, { n: 0 })).toBe('Other');
  });

  it('fails the execution when nothing matches and there is no Default', async () => {
    const { error, cause, events } = await run(machine({ Choices: choices }), { input: { n: 0 } });
    expect({ error, cause }).toEqual({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
    expect(types(events)).toEqual(['ExecutionStarted', 'ChoiceStateEntered', 'ExecutionFailed']);
  });

  it('fails for a condition that is neither true nor false', async () => {
    const { error, cause } = await run(machine({ Choices: [{ Condition: '{% "yes" %}', Next: 'Yes' }] }));
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain(`Expected 'boolean', but was 'string' for value: "yes"`);
  });

  it('takes Output and Assign of the rule, or its own with Default', async () => {
    const rule = { Condition: '{% $states.input.n = 1 %}', Next: 'Yes', Output: 'rule', Assign: { x: 1 } };
    const choice = { Choices: [rule], Default: 'Other', Output: 'default', Assign: { y: 2 } };
    const byRule = await run(machine(choice), { input: { n: 1 } });
    const byDefault = await run(machine(choice), { input: { n: 2 } });
    expect([byRule.result, byDefault.result]).toEqual(['rule', 'default']);
    expect(byRule.events[2]?.details?.assignedVariables).toEqual({ x: '1' });
    expect(byDefault.events[2]?.details?.assignedVariables).toEqual({ y: '2' });
  });
});

describe('a Wait', () => {
  it('waits its seconds', async () => {
    const { clock, result } = await run(single({ Type: 'Wait', Seconds: '{% $states.input.s %}' }), {
      input: { s: 90 },
    });
    expect(clock.sleeps).toEqual([90_000]);
    expect(result).toEqual({ s: 90 });
  });

  it('waits until a time, and not at all for one that has passed', async () => {
    const future = await run(single({ Type: 'Wait', Timestamp: '2026-01-01T09:00:10+09:00' }));
    const past = await run(single({ Type: 'Wait', Timestamp: '2016-03-05T21:29:29.243167252Z' }));
    expect([future.clock.sleeps, past.clock.sleeps]).toEqual([[10_000], [0]]);
  });

  it.each(['2016-12-05 21:29:29Z', '2016-12-05T21:29:29', '2016-13-05T21:29:29Z', 'soon'])(
    'refuses the time %s',
    async (time) => {
      const { error, cause, events } = await run(single({ Type: 'Wait', Timestamp: '{% $states.input %}' }), {
        input: time,
      });
      expect(error).toBe('States.QueryEvaluationError');
      expect(cause).toContain(
        `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${time}`,
      );
      expect(events[2]).toMatchObject({ type: 'EvaluationFailed', previousEventId: 2 });
    },
  );

  it('fails the execution for a negative number of seconds', async () => {
    expect((await run(single({ Type: 'Wait', Seconds: '{% -1 %}' }))).error).toBe('States.Runtime');
  });
});

describe('Fail and Succeed', () => {
  const fail = (state: object) => run({ StartAt: 'F', States: { F: { Type: 'Fail', ...state } } }, { input: { n: 3 } });

  it('end the execution with the error and cause that Fail says', async () => {
    const { status, error, cause, events } = await fail({
      Error: 'RowsUnaccounted',
      Cause: "{% $string($states.input.n) & ' rows' %}",
    });
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'RowsUnaccounted', cause: '3 rows' });
    expect(types(events)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  it('end it without either for an empty Fail', async () => {
    const { error, cause, events } = await fail({});
    expect({ error, cause }).toEqual({ error: undefined, cause: undefined });
    expect(events.at(-1)?.details).toEqual({});
  });

  it('end it with the output that Succeed says', async () => {
    const { status, result, events } = await run({
      StartAt: 'S',
      States: { S: { Type: 'Succeed', Output: { ok: true } } },
    });
    expect({ status, result }).toEqual({ status: 'SUCCEEDED', result: { ok: true } });
    expect(types(events)).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

describe('a Pass', () => {
  it('fails with more than 256 KiB of output', async () => {
    const { error, cause } = await run(single({ Type: 'Pass', Output: 'a'.repeat(257 * 1024) }));
    expect({ error, cause }).toEqual({
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});
