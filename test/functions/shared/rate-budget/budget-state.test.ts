import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AHEAD_MS,
  type Asker,
  afterThrottle,
  BEGINS_AHEAD_MS,
  BLOCKS_PER_SECOND,
  type BudgetState,
  grant,
  LEFT_OVER_MS,
  limitInForce,
  limitIsBackAt,
  MIN_LIMIT_PER_SECOND,
  NEW_BUDGET,
  PERMIT_LAPSES_MS,
} from '../../../../functions/shared/rate-budget/budget-state.ts';

const START = 1_800_000_000_000;
const batch: Asker = { kind: 'batch', quota: 80, reserve: 8 };
const live: Asker = { ...batch, kind: 'live' };

interface Ask {
  readonly asker: Asker;
  readonly wanted: number;
  readonly at: number;
}

/** Asks one after another; returns what each was given. */
function answers(asks: readonly Ask[], state: BudgetState = NEW_BUDGET): { ask: Ask; times: readonly number[] }[] {
  let latest = state;
  return asks.map((ask) => {
    const given = grant(latest, ask.asker, ask.wanted, ask.at);
    latest = given?.state ?? latest;
    return { ask, times: given?.times ?? [] };
  });
}

function permits(asks: readonly Ask[], state?: BudgetState): number[] {
  return answers(asks, state).flatMap(({ times }) => times);
}

/** The time of the first permit of all for batch. */
const FIRST = START + BEGINS_AHEAD_MS.batch;

/** Asks for ten every 20 ms, from START on. */
function demand(asker: Asker, seconds: number): Ask[] {
  return Array.from({ length: seconds * 50 }, (_, index) => ({ asker, wanted: 10, at: START + index * 20 }));
}

function within(times: readonly number[], from: number, seconds: number): number {
  return times.filter((time) => time >= from && time < from + seconds * 1000).length;
}

/** The most calls that could start in any window of this length, each used anywhere between its time and its lapse. */
function mostInWindow(times: readonly number[], milliseconds: number): number {
  return Math.max(0, ...times.map((from) => within(times, from, (milliseconds + PERMIT_LAPSES_MS) / 1000)));
}

const asks = fc
  .array(
    fc.record({
      wanted: fc.integer({ min: 1, max: 100 }),
      gap: fc.oneof({ weight: 9, arbitrary: fc.integer({ max: 120, min: 0 }) }, fc.integer({ min: 0, max: 3_000 })),
      isLive: fc.boolean(),
    }),
    { maxLength: 200 },
  )
  .map((list) => {
    let at = START;
    return list.map(({ wanted, gap, isLive }): Ask => {
      at += gap;
      return { asker: isLive ? live : batch, wanted, at };
    });
  });

describe('permits', () => {
  it('of any second are never more than the limit, whoever asks and whenever', () => {
    fc.assert(
      fc.property(asks, (list) => {
        const times = permits(list);
        for (const from of times) expect(within(times, from, 0.999)).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('let no more calls start in any w seconds than limit x (w + 0.25), rounded up for each lane', () => {
    fc.assert(
      fc.property(asks, fc.constantFrom(100, 500, 1000, 3000), (list, window) => {
        const most = 80 * ((window + PERMIT_LAPSES_MS) / 1000);
        expect(mostInWindow(permits(list), window)).toBeLessThanOrEqual(most + 2);
      }),
      { numRuns: 50 },
    );
  });

  it('are given out in time to be used, and not further ahead than the asker may', () => {
    fc.assert(
      fc.property(asks, (list) => {
        for (const { ask, times } of answers(list)) {
          const aBlock = 1000 / BLOCKS_PER_SECOND;
          for (const time of times) {
            expect(time).toBeGreaterThanOrEqual(ask.at - LEFT_OVER_MS);
            expect(time).toBeLessThanOrEqual(ask.at + AHEAD_MS[ask.asker.kind] + aBlock + 125);
          }
        }
      }),
    );
  });

  it('are never given twice', () => {
    fc.assert(
      fc.property(asks, (list) => {
        let state = NEW_BUDGET;
        for (const { asker, wanted, at } of list) {
          const given = grant(state, asker, wanted, at);
          if (!given) continue;
          expect(given.times).toEqual(given.times.toSorted((a, b) => a - b));
          expect(given.state.total).toBe(state.total + given.times.length);
          expect(given.state.openNext).toBeGreaterThanOrEqual(state.openNext);
          expect(given.state.reserveNext).toBeGreaterThanOrEqual(state.reserveNext);
          state = given.state;
        }
      }),
    );
  });

  it('come in blocks of a part of a second, and no more than are wanted', () => {
    const ahead = { ...NEW_BUDGET, openNext: START + 400, reserveNext: START + 400 };
    expect(grant(ahead, batch, 1_000, START)?.times).toHaveLength(80 / BLOCKS_PER_SECOND);
    expect(grant(ahead, batch, 3, START)?.times).toHaveLength(3);
    expect(grant({ ...ahead, quota: 5 }, batch, 1_000, START)?.times).toHaveLength(1);
  });

  it('come in larger blocks where little is ahead: up to half of what batch may take ahead', () => {
    const { times = [] } = grant(NEW_BUDGET, { ...batch, reserve: 0 }, 1_000, START) ?? {};
    expect(times).toHaveLength(13);
    expect(times.at(-1)).toBe(START + AHEAD_MS.batch / 2);
  });

  it('go all out under demand: no second has fewer than the limit', () => {
    const times = permits(demand(batch, 10));
    for (let second = 0; second < 10; second += 1) expect(within(times, FIRST + second * 1000, 1)).toBe(80);
  });

  it('are not lost while nobody asks for a moment', () => {
    const asks = Array.from({ length: 400 }, (_, index) => ({ asker: batch, wanted: 4, at: START + index * 49 }));
    expect(within(permits(asks), FIRST, 15)).toBe(80 * 15);
  });

  it('of batch leave the time for a claim, and those of live events begin at once', () => {
    expect(grant(NEW_BUDGET, batch, 1, START)?.times).toEqual([START + BEGINS_AHEAD_MS.batch]);
    expect(grant(NEW_BUDGET, live, 1, START)?.times).toEqual([START - LEFT_OVER_MS]);
  });

  it('are not given at all where the quota is 0, by which an operator stops all calls', () => {
    expect(grant({ ...NEW_BUDGET, quota: 0 }, batch, 10, START)).toBeUndefined();
  });
});

describe('the reserve', () => {
  const lately = { ...NEW_BUDGET, liveAskedAt: START };
  const rate = (asker: Asker, state: BudgetState) => within(permits(demand(asker, 12), state), FIRST, 10) / 10;

  const minuteOver = { ...NEW_BUDGET, liveAskedAt: START - 60_000 };

  it('is not taken ahead by batch in the minute after a live event asked, only what is left over of it', () => {
    expect(rate(batch, lately)).toBe(80);
    expect(rate(live, lately)).toBe(80);
    const state = { ...lately, openNext: START + 300, reserveNext: START + 50 };
    expect(grant(state, batch, 10, START)?.state.reserveNext).toBe(START + 50);
    expect(grant(state, batch, 10, START + 60)?.times[0]).toBe(START + 50);
  });

  it('is taken ahead by batch like all else when no live event asked for a minute', () => {
    expect(rate(batch, minuteOver)).toBe(80);
    expect(grant(minuteOver, batch, 100, START)?.state.reserveNext).toBeGreaterThan(START + 200);
  });

  it('that is left over for longer than a permit may wait for its claim is lost', () => {
    const idle = { ...lately, openNext: START + 300, reserveNext: START - 1_000 };
    const [first, second, third] = grant(idle, batch, 10, START)?.times ?? [];
    expect([first, second, third]).toEqual([START - LEFT_OVER_MS, START - LEFT_OVER_MS + 125, START + 300]);
  });

  it('costs batch no write of its own: what is left over comes with the next block', () => {
    const allAhead = { ...lately, openNext: START + AHEAD_MS.batch + 1, reserveNext: START - 20 };
    expect(grant(allAhead, batch, 10, START)).toBeUndefined();
  });

  it('is spread over time: a live event behind a batch that takes all it gets waits for one space of it', () => {
    const state = demand(batch, 10).reduce(
      (latest, { wanted, at }) => grant(latest, batch, wanted, at)?.state ?? latest,
      lately as BudgetState,
    );
    const [time = 0] = grant(state, live, 1, START + 10_000)?.times ?? [];
    expect(time - (START + 10_000)).toBeLessThanOrEqual(1000 / 8);
  });

  it('is not the end for live events: more of them go on right behind what batch has taken', () => {
    const both = demand(batch, 20).flatMap((ask) => [ask, { ...ask, asker: live, wanted: ask.at % 100 === 0 ? 2 : 0 }]);
    const waits = answers(
      both.filter(({ wanted }) => wanted > 0),
      lately,
    ).flatMap(({ ask, times }) => (ask.asker === live ? times.map((time) => time - ask.at) : []));
    expect(waits).toHaveLength(20 * 20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(AHEAD_MS.batch + 2 * (1000 / BLOCKS_PER_SECOND));
  });

  it("is the same share of an operator's quota, so that batch never stands still", () => {
    const liveTakesAll = { ...lately, quota: 20, reserveNext: START + 60_000 };
    expect(rate(batch, liveTakesAll)).toBe(18);
  });

  it('shrinks with the limit', () => {
    const fallen = { ...lately, fallenTo: 40, fellAt: START, reserveNext: START + 60_000 };
    const [first, second] = [0, 1].map((from) => within(permits(demand(batch, 3), fallen), FIRST + from * 1000, 1));
    expect(first).toBeGreaterThanOrEqual(36);
    expect(second).toBeLessThanOrEqual(38);
  });

  it('of nothing leaves live events the same lane as batch', () => {
    const none = { ...live, reserve: 0 };
    expect(within(permits(demand(none, 10)), START, 10)).toBe(800);
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

  it('says when it will be back, by the same climb', () => {
    const fallen = fc
      .record({ fallenTo: fc.double({ min: 5, max: 79, noNaN: true }), quota: fc.integer({ min: 6, max: 200 }) })
      .filter(({ fallenTo, quota }) => fallenTo < quota);
    fc.assert(
      fc.property(fallen, (over) => {
        const state = { ...NEW_BUDGET, ...over, fellAt: START };
        const backAt = limitIsBackAt(state, batch) ?? 0;
        expect(limitInForce(state, batch, backAt + 1)).toBe(over.quota);
        expect(limitInForce(state, batch, backAt - 100)).toBeLessThan(over.quota);
      }),
    );
  });

  it('is not on its way back where it never fell, or below an operator’s quota that is lower', () => {
    expect(limitIsBackAt(NEW_BUDGET, batch)).toBeUndefined();
    expect(limitIsBackAt({ ...NEW_BUDGET, quota: 20, fallenTo: 30, fellAt: START }, batch)).toBeUndefined();
    expect(limitIsBackAt({ ...NEW_BUDGET, quota: 0, fallenTo: 30, fellAt: START }, batch)).toBeUndefined();
  });

  it('in force holds at once for all that is given out from then on', () => {
    const fallen = { ...NEW_BUDGET, fallenTo: 20, fellAt: START };
    const [first = 0, second = 0] = grant(fallen, { ...batch, reserve: 0 }, 10, START)?.times ?? [];
    expect(second - first).toBe(50);
  });

  it("is the operator's instead of the plan's, where one is set", () => {
    expect(limitInForce({ ...NEW_BUDGET, quota: 20 }, batch, START)).toBe(20);
  });

  it.each([-1, Number.NaN, '20', null])('is the plan’s, where an operator set no number of calls: %s', (quota) => {
    const written: object = { quota };
    expect(limitInForce({ ...NEW_BUDGET, ...written }, batch, START)).toBe(80);
  });
});
