import { setTimeout as wait } from 'node:timers/promises';

/** Time as the interpreter sees it; tests bring their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** A wait that the definition asks for: a Wait state, or the time before a retry. Rejects when `signal` aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls `expired` once after a time limit (TimeoutSeconds). The returned function cancels it. */
  limit(milliseconds: number, expired: () => void): () => void;
}

/** Node's timers fire at once when asked for more than 2^31-1 ms (24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * @param timeScale how long waits last compared with AWS: 1 as there, 0.01 a hundred times faster. Time limits are not
 *   scaled, since what they limit (a function at work) takes its real time.
 */
export function systemClock(timeScale = 1): Clock {
  return {
    now: Date.now,
    async sleep(milliseconds, signal) {
      for (let left = milliseconds * timeScale; ; left -= LONGEST_TIMER_MS) {
        await wait(Math.min(Math.max(left, 0), LONGEST_TIMER_MS), undefined, { signal });
        if (left <= LONGEST_TIMER_MS) return;
      }
    },
    limit(milliseconds, expired) {
      // A limit of more than 24 days: the embedded stack never runs that long.
      if (milliseconds > LONGEST_TIMER_MS) return () => {};
      const timer = setTimeout(expired, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}
