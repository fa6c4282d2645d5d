import { describe, expect, it } from 'vitest';
import { fallsShort } from '../../../bench/bench.ts';
import { callsOfChanges, comparisons, wrongCustomers } from '../../../bench/nights/lines.ts';
import { partsOf } from '../../../bench/nights/parts.ts';
import type { Played } from '../../../bench/nights/play.ts';
import { costOfUsage } from '../../../functions/shared/cost/usage-cost.ts';

const NOTHING = {
  readUnits: 0,
  writeUnits: 0,
  s3Puts: 0,
  s3Gets: 0,
  invocations: 0,
  gbSeconds: 0,
  stateTransitions: 0,
};

/** A night of 1,000 rows and one customer. */
function played(figures: Partial<Played>): Played {
  const newest = { customerKey: 'A', sourceTime: 0, object: '{}' };
  const truth = { rows: 1_000, customers: new Map([['A', { newest, others: [] }]]) };
  return {
    night: 'first night',
    truth,
    right: 1,
    older: 0,
    lost: 0,
    strange: 0,
    calls: 1_000,
    throttled: 0,
    seconds: 10,
    used: NOTHING,
    ...figures,
  };
}

describe('the calls of a second night', () => {
  it.each([
    { calls: 10, changed: 10, reached: true },
    { calls: 11, changed: 10, reached: false },
    { calls: 9, changed: 10, reached: false },
    { calls: 0, changed: 0, reached: true },
    { calls: 1, changed: 0, reached: false },
  ])('$calls for $changed changed customers reach the bar: $reached', ({ calls, changed, reached }) => {
    expect(callsOfChanges(played({ calls }), changed).some(fallsShort)).toBe(!reached);
  });
});

describe('customers without what the export says', () => {
  const others = [{ system: 'loop', nights: [played({ lost: 1 })] }] as const;

  it('must be none of ours, whatever the others lose', () => {
    const line = (ours: Played) => wrongCustomers('lost', ({ lost }) => lost, ours, others);
    expect(fallsShort(line(played({ lost: 1 })))).toBe(true);
    expect(fallsShort(line(played({})))).toBe(false);
    expect(line(played({}))).toMatchObject({ ours: '0 of 1', against: 'loop 1 of 1' });
  });
});

it('compares with the same night of the others, by row and by price', () => {
  const ours = played({ calls: 10, seconds: 1, used: { ...NOTHING, stateTransitions: 40 } });
  const theirs = played({ seconds: 20, used: { ...NOTHING, stateTransitions: 80 } });
  const elsewhere = { system: 'map', nights: [played({ night: 'another' })] } as const;
  const lines = comparisons(ours, [{ system: 'loop', nights: [theirs] }, elsewhere]);
  expect(lines.map(({ ratio }) => ratio)).toEqual([0.01, 0.05, 0.5]);
  // 0.025 dollars per 1,000 transitions.
  expect(lines[2]).toMatchObject({ ours: '1 US dollars', against: 'loop 2 US dollars' });
});

it('a bill adds up the prices of all that was used', () => {
  const million = Object.fromEntries(Object.keys(NOTHING).map((name) => [name, 1_000_000])) as typeof NOTHING;
  const each = Object.keys(NOTHING).map((name) => costOfUsage({ ...NOTHING, [name]: 1_000_000 }));
  expect(Math.min(...each)).toBeGreaterThan(0);
  expect(costOfUsage(million)).toBeCloseTo(each.reduce((sum, usd) => sum + usd, 0));
});

it('the parts of an export hold all of its rows once, each part behind the header', () => {
  const csv = 'a,b\n1,"x\ny"\n2\n3,z\n4,\n5,\n';
  const [first = '', ...rest] = partsOf(csv, 2);
  expect([first, ...rest.map((part) => part.replace('a,b\n', ''))].join('')).toBe(csv);
  expect(first.split('\n')[0]).toBe(rest[0]?.split('\n')[0]);
});
