import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case, RecordedEvent } from './case.ts';
import { readCases } from './case.ts';
import { ANY } from './match.ts';
import { judge } from './run.ts';

const RECORDED = new URL('../../../shared/asl-conformance/', import.meta.url).pathname;
const cases = existsSync(RECORDED) ? readCases(RECORDED) : [];

describe('what real AWS was recorded doing', () => {
  it.skipIf(cases.length > 0)('is not compared: the recordings are not here', () => {});

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await judge(one)).toEqual({ verdict: 'passed' });
  });
});

describe('the comparison', () => {
  const event = (id: number, prev: number, type: string, details: object = {}): RecordedEvent => ({
    id,
    prev,
    type,
    ...details,
  });
  const passing: Case = {
    name: 'passing',
    definition: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', End: true } } },
    input: { n: 1 },
    expected: {
      status: 'SUCCEEDED',
      output: { n: 1 },
      history: [
        event(1, 0, 'ExecutionStarted', { input: { n: 1 } }),
        event(2, 0, 'PassStateEntered', { input: ANY, name: 'A' }),
        event(3, 2, 'PassStateExited', { output: { n: 1 }, name: 'A' }),
        event(4, 3, 'ExecutionSucceeded', { output: { n: 1 } }),
      ],
      counts: { ExecutionStarted: 1, PassStateEntered: 1, PassStateExited: 1, ExecutionSucceeded: 1 },
    },
    historyOrder: 'exact',
  };
  const { expected } = passing;
  const history = expected.history ?? [];
  const changed = (index: number, change: object) =>
    history.map((one, i) => (i === index ? { ...one, ...change } : one) as RecordedEvent);

  it('passes a run that is as recorded', async () => {
    expect(await judge(passing)).toEqual({ verdict: 'passed' });
  });

  it.each([
    ['another status', { status: 'FAILED' }, 'status'],
    ['another output', { output: { n: 2 } }, 'output.n'],
    ['an output with a member more', { output: {} }, 'output.n'],
    ['an error where there was none', { error: 'E' }, 'error'],
    ['a missing event', { history: history.slice(0, 3) }, 'history.length'],
    ['another type of event', { history: changed(1, { type: 'X' }) }, 'history[1].type'],
    ['another previous event', { history: changed(2, { prev: 1 }) }, 'history[2].prev'],
    ['another detail', { history: changed(2, { name: 'B' }) }, 'history[2].name'],
    ['another count', { counts: { ...expected.counts, PassStateExited: 2 } }, 'counts.PassStateExited'],
  ])('fails on %s', async (_, change, path) => {
    const verdict = await judge({ ...passing, expected: { ...expected, ...change } });
    expect(verdict).toMatchObject({ verdict: 'failed', difference: { path } });
  });

  it('asks only for the status where more can’t be compared', async () => {
    const more = { ...expected, output: 'another' };
    expect(await judge({ ...passing, expected: more, restated: { comparable: 'status-only' } })).toEqual({
      verdict: 'passed',
    });
  });

  it('follows links where branches run at once, whatever their order', async () => {
    const concurrent = { ...passing, historyOrder: 'concurrent' as const };
    const shuffled = [...history].reverse();
    expect(await judge({ ...concurrent, expected: { ...expected, history: shuffled } })).toEqual({ verdict: 'passed' });
    const unlinked = changed(2, { prev: 1 });
    expect(await judge({ ...concurrent, expected: { ...expected, history: unlinked } })).toMatchObject({
      verdict: 'failed',
    });
  });

  it('tells a refused definition from a failed run', async () => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Foo: 1, End: true } } };
    expect(await judge({ ...passing, definition })).toEqual({
      verdict: 'refused',
      faults: ['States.A.Foo: not supported'],
    });
  });
});
