import { describe, expect, it } from 'vitest';
import { type PermittedCall, rateDifferences } from './rate-windows.ts';

const LIMIT = 40;

/** Calls at these milliseconds. */
function at(...times: readonly number[]): PermittedCall[] {
  return times.map((time) => ({ permits: 1, earliest: time, latest: time }));
}

/** So many calls, evenly over a while that begins at `from`. */
function evenly(count: number, from: number, milliseconds: number): number[] {
  return Array.from({ length: count }, (_, index) => from + (index * milliseconds) / count);
}

describe('calls within the limit', () => {
  it.each([
    ['none', []],
    ['evenly for a minute', evenly(LIMIT * 60, 0, 60_000)],
    ['a second and a quarter of them at once, then a pause', [...evenly(50, 0, 10), ...evenly(40, 1_100, 1_000)]],
  ])('are no difference: %s', (_what, times) => {
    expect(rateDifferences(0, at(...times), LIMIT)).toEqual([]);
  });

  it('are those that may have come at another time, while the host stood still', () => {
    const blurred = evenly(120, 0, 10).map((time) => ({ permits: 1, earliest: time, latest: time + 3_000 }));
    expect(rateDifferences(0, blurred, LIMIT)).toEqual([]);
  });
});

describe('calls over the limit are found', () => {
  it.each([
    ['51 at once', evenly(51, 700, 100), ['51 permits were used in 1 s; at 40/s at most 50 may.']],
    [
      'across the edge of a second',
      [...evenly(30, 1_600, 300), ...evenly(30, 2_000, 300)],
      ['60 permits were used in 1 s; at 40/s at most 50 may.'],
    ],
    ['a few too many each second', evenly(212, 0, 5_000), ['212 permits were used in 5 s; at 40/s at most 210 may.']],
  ])('%s', (_what, times, found) => {
    expect(rateDifferences(3, at(...times), LIMIT)).toEqual(found.map((what) => ({ phase: 3, what })));
  });

  it('by their permits, not by their number', () => {
    const calls = at(0, 100, 200, 300, 400, 500).map((call) => ({ ...call, permits: 9 }));
    expect(rateDifferences(0, calls, LIMIT)).toEqual([
      { phase: 0, what: '54 permits were used in 1 s; at 40/s at most 50 may.' },
    ]);
    expect(rateDifferences(0, calls.slice(1), LIMIT)).toEqual([]);
  });
});
