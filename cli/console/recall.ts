import type { Clock } from '../../functions/shared/clock.ts';

/** Far more than one console has open; the oldest go first. */
const MAX_ENTRIES = 2_000;

/** Shares what was read between all that ask for it within a time: tabs that poll, and views that need the same. */
export interface Recall {
  /**
   * @param name tells readings apart.
   * @param forMs how long it is good, from when its reading began; infinite for what never changes.
   */
  <T>(name: string, forMs: number, read: () => Promise<T>): Promise<T>;
  /** After a change: only what never changes is still good. */
  renew(): void;
}

/** Later than any clock, and still not for ever. */
const WHILE_IT_IS_READ = Number.MAX_VALUE;

interface Entry {
  until: number;
  readonly reading: Promise<unknown>;
}

export function createRecall({ now }: Pick<Clock, 'now'>): Recall {
  const entries = new Map<string, Entry>();
  function recall<T>(name: string, forMs: number, read: () => Promise<T>): Promise<T> {
    const known = entries.get(name);
    // A name stands for one way of reading, so for one type.
    if (known && known.until > now()) return known.reading as Promise<T>;
    const begun = now();
    const reading = read();
    forgetUntil(begun);
    entries.delete(name);
    // What takes longer to read than it is good would else be read several times at once.
    const entry: Entry = { until: Math.max(WHILE_IT_IS_READ, begun + forMs), reading };
    entries.set(name, entry);
    reading.then(
      () => {
        entry.until = begun + forMs;
      },
      // The next one tries again.
      () => entries.get(name) === entry && entries.delete(name),
    );
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    return reading;
  }
  /** What is not good any more by then: some of it is customer data. */
  function forgetUntil(time: number): void {
    for (const [name, { until }] of entries) if (until <= time) entries.delete(name);
  }
  const renew = () => forgetUntil(WHILE_IT_IS_READ);
  return Object.assign(recall, { renew });
}
