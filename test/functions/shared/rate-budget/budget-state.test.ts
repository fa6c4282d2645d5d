import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Asker,
  afterGrant,
  afterThrottle,
  type BudgetState,
  grant,
  limitInForce,
  MIN_LIMIT_PER_SECOND,
  NEW_BUDGET,
  PERMIT_LAPSES_MS,
  permitTime,
} from '../../../../functions/shared/rate-budget/budget-state.ts';

const START = 1_800_000_000_000;
const batch: Asker = { kind: 'batch', quota: 80, reserve: 8 };
const live: Asker = { ...batch, kind: 'live' };

/** Asks one after another; returns the time from which each permit may be used. */
function permits(asks: readonly { readonly asker: Asker; readonly wanted: number; readonly at: number }[]): number[] {
  let state = NEW_BUDGET;
  const times: number[] = [];
  for (const { asker, wanted, at } of asks) {
    const given = grant(state, asker, wanted, at);
    if (!given) continue;
    state = afterGrant(state, asker, given, at);
    for (let k = 0; k < given.count; k += 1) times.push(permitTime(given, k));
  }
  return times;
}

/** The most calls that could start in any window of this length, each used anywhere between its time and its lapse. */
function mostInWindow(times: readonly number[], milliseconds: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(
    0,
    ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + milliseconds + PERMIT_LAPSES_MS).length),
  );
}

const asks = fc
  .array(
    fc.record({
      wanted: fc.integer({ min: 1, max: 100 }),
      gap: fc.integer({ min: 0, max: 700 }),
      isLive: fc.boolean(),
    }),
    {
      maxLength: 120,
    },
  )
  .map((list) => {
    let at = START;
    return list.map(({ wanted, gap, isLive }) => {
      at += gap;
      return { asker: isLive ? live : batch, wanted, at };
    });
  });

describe('permits', () => {
  it('of any second are never more than the limit, whoever asks and whenever', () => {
    fc.assert(
      fc.property(asks, (list) => {
        const bySecond = Map.groupBy(permits(list), (time) => Math.floor(time / 1000));
        for (const [, times] of bySecond) expect(times.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('let no more calls start in any w seconds than limit x (w + 0.25)', () => {
    fc.assert(
      fc.property(asks, fc.constantFrom(100, 500, 1000, 3000), (list, window) => {
        const most = 80 * ((window + PERMIT_LAPSES_MS) / 1000);
        expect(mostInWindow(permits(list), window)).toBeLessThanOrEqual(Math.ceil(most) + 1);
      }),
      { numRuns: 50 },
    );
  });

  it('are never given for a time that has lapsed, nor for more than the next second', () => {
    fc.assert(
      fc.property(asks, (list) => {
        let state = NEW_BUDGET;
        for (const { asker, wanted, at } of list) {
          const given = grant(state, asker, wanted, at);
          if (!given) continue;
          expect(permitTime(given, 0)).toBeGreaterThanOrEqual(at - 1);
          expect(given.second).toBeLessThanOrEqual(Math.floor(at / 1000) + 1);
          state = afterGrant(state, asker, given, at);
        }
      }),
    );
  });

  it('never overlap: no permit is given twice', () => {
    fc.assert(
      fc.property(asks, (list) => {
        const times = permits(list);
        expect(new Set(times).size).toBe(times.length);
      }),
    );
  });

  it('go all out under demand: no second has fewer than the limit', () => {
    const demand = Array.from({ length: 500 }, (_, index) => ({ asker: batch, wanted: 10, at: START + index * 20 }));
    const bySecond = Map.groupBy(permits(demand), (time) => Math.floor(time / 1000));
    expect([...bySecond.values()].map((times) => times.length)).toEqual(Array(11).fill(80));
  });
});

describe('the reserve', () => {
  const askAll = (asker: Asker, state: BudgetState) => grant(state, asker, 1_000, START)?.count;

  it('is left to live events in the minute after one asked', () => {
    const state = { ...NEW_BUDGET, liveAskedAt: START - 59_000 };
    expect(askAll(batch, state)).toBe(72);
    expect(askAll(live, state)).toBe(80);
  });

  it('goes to batch when no live event asked for a minute', () => {
    expect(askAll(batch, { ...NEW_BUDGET, liveAskedAt: START - 61_000 })).toBe(80);
  });

  it("is the same share of an operator's quota, so that batch never stands still", () => {
    expect(askAll(batch, { ...NEW_BUDGET, liveAskedAt: START, quota: 8 })).toBe(7);
  });

  it('shrinks with the limit', () => {
    const state = { ...NEW_BUDGET, liveAskedAt: START, fallenTo: 40, fellAt: START };
    expect(askAll(batch, state)).toBe(36);
  });
});

describe('the limit', () => {
  it('falls once per two seconds, however many calls were throttled', () => {
    const fallen = afterThrottle(NEW_BUDGET, batch, START);
    expect(fallen && limitInForce(fallen, batch, START)).toBe(60);
    expect(fallen && afterThrottle(fallen, batch, START + 1_999)).toBeUndefined();
    expect(fallen && afterThrottle(fallen, batch, START + 2_000)).toBeDefined();
  });

  it('never falls below five per second', () => {
    let state: BudgetState = NEW_BUDGET;
    for (let at = START; at < START + 60_000; at += 2_000) state = afterThrottle(state, batch, at) ?? state;
    expect(limitInForce(state, batch, START + 58_000)).toBeGreaterThanOrEqual(MIN_LIMIT_PER_SECOND);
    expect(state.fallenTo).toBeLessThan(6);
  });

  it('climbs back by itself, and not past the quota', () => {
    const state = { ...NEW_BUDGET, fallenTo: 60, fellAt: START };
    const limits = [0, 5, 10, 24, 25, 60].map((seconds) => limitInForce(state, batch, START + seconds * 1000));
    expect(limits).toEqual([60, 64, 68, 79.2, 80, 80]);
  });

  it('in force holds at once for what is left of an open second', () => {
    const open = { ...NEW_BUDGET, second: START / 1000, pace: 80, granted: 60 };
    expect(grant({ ...open, fallenTo: 60, fellAt: START }, batch, 10, START)?.second).toBe(START / 1000 + 1);
  });

  it("is the operator's instead of the plan's, where one is set", () => {
    expect(limitInForce({ ...NEW_BUDGET, quota: 20 }, batch, START)).toBe(20);
  });
});

it('a clock that is seconds behind gets no permits that are not for its time', () => {
  const ahead = { ...NEW_BUDGET, second: START / 1000 + 5, pace: 80, granted: 0 };
  expect(grant(ahead, batch, 10, START)).toBeUndefined();
});
