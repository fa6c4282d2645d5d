import { setTimeout as delay } from 'node:timers/promises';

/** Time as an argument, so that tests can run it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds) => delay(Math.max(0, milliseconds)),
};
