import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChunkProgress, RATE_SLOT_MS } from '../../../../functions/shared/contracts.ts';
import { hasRates, rateSeries } from '../../../../functions/shared/report/rate-series.ts';
import { LIES_STILL_AFTER_MS } from '../../../../functions/shared/report/work-clock.ts';
import { attempt, START } from '../../../helpers/attempt.ts';

const FIRST_SLOT = START / RATE_SLOT_MS;
const HOUR = 3_600_000;

/** An attempt that begins in the slot of this number since START, with the calls of each of its slots. */
function rated(slot: number, calls: readonly number[], over: Partial<NonNullable<ChunkProgress['rate']>> = {}) {
  const startedAt = START + slot * RATE_SLOT_MS;
  const firstSlot = FIRST_SLOT + slot;
  return attempt({
    calls: calls.reduce((sum, each) => sum + each, 0),
    startedAt,
    updatedAt: startedAt + calls.length * RATE_SLOT_MS - 1,
    rate: { firstSlot, calls, limits: [[0, 80]], ...over },
  });
}

const anyAttempt = fc
  .record({
    slot: fc.oneof(fc.nat(400), fc.integer({ min: 100_000, max: 100_200 })),
    calls: fc.array(fc.nat(200), { maxLength: 60 }),
    isOld: fc.boolean(),
  })
  .map(({ slot, calls, isOld }) => {
    const { rate, ...old } = rated(slot, calls);
    return isOld ? old : { ...old, rate };
  });

describe('the rate of a run over time', () => {
  it('adds up what workers did side by side', () => {
    const { step, points } = rateSeries([rated(0, [100, 160, 20]), rated(1, [40, 40])], 100);
    expect(step).toBe(RATE_SLOT_MS);
    expect(points.map(({ calls }) => calls)).toEqual([50, 100, 30]);
    expect(points[0]).toMatchObject({ from: START, until: START + RATE_SLOT_MS });
  });

  it('marks the throttled part of the calls', () => {
    const { points } = rateSeries([rated(0, [100, 100], { throttled: [0, 60] }), rated(0, [10, 10])], 100);
    expect(points.map(({ throttled }) => throttled)).toEqual([0, 30]);
  });

  it('has the lowest limit that any worker saw, which holds until it changes', () => {
    const falling: [number, number][] = [
      [0, 80],
      [2, 40],
    ];
    const { points } = rateSeries([rated(0, [1, 1, 1, 1, 1], { limits: falling }), rated(3, [1, 1, 1])], 100);
    expect(points.map(({ limit }) => limit)).toEqual([80, 80, 40, 40, 40, 80]);
    const coarse = rateSeries([rated(0, [1, 1, 1, 1, 1], { limits: falling })], 2).points;
    expect(coarse.map(({ limit }) => limit)).toEqual([40, 40]);
  });

  it('loses no call, whatever the attempts, and is as fine as it may be', () => {
    fc.assert(
      fc.property(fc.array(anyAttempt, { maxLength: 8 }), fc.integer({ min: 20, max: 200 }), (attempts, maxPoints) => {
        const { step, points } = rateSeries(attempts, maxPoints);
        expect(points.length).toBeLessThanOrEqual(maxPoints);
        const shown = points.reduce((sum, { from, until, calls }) => sum + (calls * (until - from)) / 1000, 0);
        expect(shown).toBeCloseTo(
          attempts.reduce((sum, { calls }) => sum + calls, 0),
          3,
        );
        expect(step % RATE_SLOT_MS).toBe(0);
        const finer = step / RATE_SLOT_MS - 1;
        if (finer > 0) expect(rateSeries(attempts, 1_000_000).points.length).toBeGreaterThan(maxPoints);
      }),
    );
  });

  it('has points that follow each other without a gap, but where the run lay still', () => {
    fc.assert(
      fc.property(fc.array(anyAttempt, { maxLength: 8 }), (attempts) => {
        const { points } = rateSeries(attempts, 100);
        points.slice(1).forEach(({ from }, index) => {
          const gap = from - (points[index]?.until ?? 0);
          expect(gap === 0 || gap > LIES_STILL_AFTER_MS - RATE_SLOT_MS).toBe(true);
        });
      }),
    );
  });

  it('leaves out the days between a failure and the redrive', () => {
    const slotsLater = (72 * HOUR) / RATE_SLOT_MS;
    const { step, points } = rateSeries([rated(0, [80, 80]), rated(slotsLater, [80, 80, 80])], 50);
    expect(step).toBe(RATE_SLOT_MS);
    expect(points.map(({ from }) => from - START)).toEqual([0, 2_000, 72 * HOUR, 72 * HOUR + 2_000, 72 * HOUR + 4_000]);
  });

  it('keeps the pauses that Step Functions makes between attempts', () => {
    const { points } = rateSeries([rated(0, [80]), rated(31, [80])], 50);
    expect(points).toHaveLength(32);
    expect(points[10]).toMatchObject({ calls: 0, limit: undefined });
  });

  it('spreads the calls of an attempt that noted its totals alone', () => {
    const old = attempt({ calls: 30, throttled: 6, startedAt: START, updatedAt: START + 5_999 });
    expect(hasRates([old])).toBe(false);
    expect(rateSeries([old], 50).points.map(({ calls, throttled }) => [calls, throttled])).toEqual([
      [5, 1],
      [5, 1],
      [5, 1],
    ]);
  });

  it('is empty for a run without attempts', () => {
    expect(rateSeries([], 50).points).toEqual([]);
  });
});
