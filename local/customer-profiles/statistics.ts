import type { FaultEffect } from './fault.ts';

/** Seconds that are remembered one by one. */
const REMEMBERED_SECONDS = 3_600;

/** PutProfileObject calls since the start, and those of BatchPutProfileObject as the rate counts them: by their items, or as one. */
export interface CallStatistics {
  readonly calls: number;
  readonly throttled: number;
  /** Objects. */
  readonly accepted: number;
  /** Accepted objects that reached no profile: the late errors. */
  readonly unmatched: number;
  /** Calls that a fault hit, by what it did to them. */
  readonly faults: Readonly<Record<FaultEffect, number>>;
  /** The last hour's seconds with calls, by the time the call came in. `second` is epoch seconds. */
  readonly perSecond: readonly { readonly second: number; readonly calls: number; readonly throttled: number }[];
}

/** Counts only: nothing of what was put is kept. */
export class CallCounter {
  readonly #counts = { calls: 0, throttled: 0, accepted: 0, unmatched: 0 };
  readonly #faults = { throttled: 0, error: 0, droppedBefore: 0, droppedAfter: 0, late: 0, delayed: 0 };
  readonly #seconds = new Map<number, { calls: number; throttled: number }>();

  /** `now` is epoch milliseconds. */
  arrived(throttled: boolean, now: number): void {
    const second = Math.floor(now / 1000);
    const counts = this.#seconds.get(second) ?? { calls: 0, throttled: 0 };
    this.#seconds.set(second, counts);
    for (const total of [this.#counts, counts]) {
      total.calls += 1;
      if (throttled) total.throttled += 1;
    }
    const [oldest] = this.#seconds.keys();
    if (this.#seconds.size > REMEMBERED_SECONDS && oldest !== undefined) this.#seconds.delete(oldest);
  }

  accepted(): void {
    this.#counts.accepted += 1;
  }

  unmatched(): void {
    this.#counts.unmatched += 1;
  }

  hit(effects: readonly FaultEffect[]): void {
    for (const effect of effects) this.#faults[effect] += 1;
  }

  snapshot(): CallStatistics {
    const perSecond = [...this.#seconds].map(([second, counts]) => ({ second, ...counts }));
    return { ...this.#counts, faults: { ...this.#faults }, perSecond };
  }
}
