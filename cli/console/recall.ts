import type { Clock } from '../../functions/shared/clock.ts';

/** Far more than one console has open; the oldest go first. */
const MAX_ENTRIES = 2_000;

/** Shares what was read between all that ask for it within a time: tabs that poll, and views that need the same. */
export interface Recall {
  /**
   * @param name tells readings apart.
   * @param forMs how long it is good; infinite for what never changes.
   */
  <T>(name: string, forMs: number, read: () => Promise<T>): Promise<T>;
  /** After a change: only what never changes is still good. */
  renew(): void;
}

interface Entry {
  readonly until: number;
  readonly reading: Promise<unknown>;
}

export function createRecall({ now }: Pick<Clock, 'now'>): Recall {
  const entries = new Map<string, Entry>();
  function recall<T>(name: string, forMs: number, read: () => Promise<T>): Promise<T> {
    const known = entries.get(name);
    // A name stands for one way of reading, so for one type.
    if (known && known.until > now()) return known.reading as Promise<T>;
    const reading = read();
    forgetUntil(now());
    entries.delete(name);
    entries.set(name, { until: now() + forMs, reading });
    // The next one tries again.
    reading.catch(() => entries.get(name)?.reading === reading && entries.delete(name));
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    return reading;
  }
  /** What is not good any more by then: some of it is customer data. */
  function forgetUntil(time: number): void {
    for (const [name, { until }] of entries) if (until <= time) entries.delete(name);
  }
  const renew = () => forgetUntil(Number.MAX_VALUE);
  return Object.assign(recall, { renew });
}
