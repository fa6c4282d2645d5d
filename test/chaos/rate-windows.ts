import type { Arrival, Difference } from './types.ts';

/** A call that puts objects, with the permits that it took. */
export type PermittedCall = Pick<Arrival, 'earliest' | 'latest'> & { readonly permits: number };

const SECOND_MS = 1_000;
/** Seconds. */
const WINDOWS = [1, 2, 3, 4, 5];
/** Seconds' worth of permits that a window may have beyond its length: a permit lapses that long after its time. */
const GRACE = 0.25;

/**
 * Windows of w seconds in which calls with more permits than `limit` x (w + 0.25) came in, at most one for each w. Counts the
 * calls that surely came within the window, so a host that stood still never makes a difference of its own.
 */
export function rateDifferences(phase: number, calls: readonly PermittedCall[], limit: number): Difference[] {
  return WINDOWS.flatMap((seconds) => {
    const most = limit * (seconds + GRACE);
    const worst = Math.max(0, ...calls.map(({ earliest }) => within(calls, earliest, seconds * SECOND_MS)));
    if (worst <= most) return [];
    return [{ phase, what: `${worst} permits were used in ${seconds} s; at ${limit}/s at most ${most} may.` }];
  });
}

function within(calls: readonly PermittedCall[], from: number, milliseconds: number): number {
  return calls
    .filter(({ earliest, latest }) => earliest >= from && latest < from + milliseconds)
    .reduce((sum, { permits }) => sum + permits, 0);
}
