import type { Arrival, Difference } from './types.ts';

const SECOND_MS = 1_000;
/** Seconds. */
const WINDOWS = [1, 2, 3, 4, 5];
/** Seconds' worth of calls that a window may have beyond its length: a permit lapses that long after its time. */
const GRACE = 0.25;

/**
 * Windows of w seconds in which more calls than `limit` x (w + 0.25) came in, at most one for each w. Counts the calls
 * that surely came within the window, so a host that stood still never makes a difference of its own.
 */
export function rateDifferences(phase: number, arrivals: readonly Arrival[], limit: number): Difference[] {
  return WINDOWS.flatMap((seconds) => {
    const most = limit * (seconds + GRACE);
    const worst = Math.max(0, ...arrivals.map(({ earliest }) => within(arrivals, earliest, seconds * SECOND_MS)));
    if (worst <= most) return [];
    return [{ phase, what: `${worst} calls came in ${seconds} s; at ${limit}/s at most ${most} may.` }];
  });
}

function within(arrivals: readonly Arrival[], from: number, milliseconds: number): number {
  return arrivals.filter(({ earliest, latest }) => earliest >= from && latest < from + milliseconds).length;
}
