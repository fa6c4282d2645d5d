import type { StackOptions } from '../../local/stack.ts';

type OnAllowed = NonNullable<StackOptions['onAllowed']>;

/** Milliseconds, by a clock that never goes back, at which calls reached the service. */
export type Times = readonly number[];

/** The calls of PutProfileObject as they reach the service, throttled or not, by the function that makes them. */
export class Arrivals {
  readonly #batch: number[] = [];
  readonly #live: number[] = [];

  /** For the embedded stack, which tells of each call that its policies allow. */
  readonly onAllowed: OnAllowed = (who, { action }) => {
    if (action !== 'profile:PutProfileObject' || !('session' in who)) return;
    const calls = /syncevent/i.test(who.session) ? this.#live : this.#batch;
    calls.push(performance.now());
  };

  /** Forgets what came up to now. */
  begin(): void {
    this.#batch.length = 0;
    this.#live.length = 0;
  }

  get batch(): Times {
    return this.#batch;
  }

  get live(): Times {
    return this.#live;
  }

  get all(): Times {
    return [...this.#batch, ...this.#live].toSorted((a, b) => a - b);
  }
}

/** Without the calls by which the first second is more than the limit: a head start must not hide a pause. */
export function withoutHeadStart(times: Times, limit: number): Times {
  const [first = 0] = times;
  const inFirstSecond = times.filter((time) => time < first + 1_000).length;
  return [first, ...times.slice(1 + Math.max(0, inFirstSecond - limit))];
}

/** Calls per second from the first call to the last. */
export function wholeRate(times: Times): number {
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  return ((times.length - 1) / (last - first)) * 1000;
}

/** Calls per second in so many seconds, which begin so many seconds after the first call. */
export function firstRate(times: Times, seconds: number, after = 0): number {
  const from = (times[0] ?? 0) + after * 1000;
  return times.filter((time) => time >= from && time < from + seconds * 1000).length / seconds;
}

/** Calls per second in the last so many seconds up to the last call. */
export function lastRate(times: Times, seconds: number): number {
  const last = times.at(-1) ?? 0;
  return times.filter((time) => time > last - seconds * 1000).length / seconds;
}

/** Calls in each second from the first call on. */
export function perSecond(times: Times): number[] {
  const [first = 0] = times;
  const counts: number[] = [];
  for (const time of times) {
    const second = Math.floor((time - first) / 1000);
    while (counts.length <= second) counts.push(0);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
