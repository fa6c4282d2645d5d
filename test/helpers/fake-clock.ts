import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../functions/shared/clock.ts';

/** A clock that jumps to the next sleeper as soon as nothing else is left to do. */
export interface FakeClock extends Clock {
  /** Lets time run until the promise is settled. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Jumps without waking anybody: a process that was frozen. */
  freeze(milliseconds: number): void;
}

export function createFakeClock(start = 1_800_000_000_000): FakeClock {
  let now = start;
  const sleepers: { at: number; wake: () => void }[] = [];

  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + Math.max(0, milliseconds), wake });
        sleepers.sort((a, b) => a.at - b.at);
      }),
    async until(promise) {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      promise.then(settle, settle);
      for (;;) {
        await setImmediate();
        if (settled) return promise;
        const next = sleepers.shift();
        if (!next) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
    },
    freeze(milliseconds) {
      now += milliseconds;
    },
  };
}
