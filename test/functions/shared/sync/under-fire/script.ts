import fc from 'fast-check';
import { REFUSED } from './service.ts';

/** How the mapping orders and reads exports. */
export type Mode = 'changes' | 'full' | 'updatedAt';

/** What one job says about one customer. */
export interface Said {
  readonly key: string;
  readonly content: string;
  /** Export time, or the time of a live event. */
  readonly time: number;
  /** Its place in `updatedAt`, where the mapping names it. */
  readonly updatedAt: number;
  readonly row: number;
  readonly runId: string;
}

/** A chunk of a run, or the messages of one invocation of the live worker. */
export interface Job {
  readonly kind: 'batch' | 'live';
  readonly name: string;
  readonly said: readonly Said[];
  readonly resync: boolean;
  /** Two workers have it at once, as after a redrive beside a worker that still runs. */
  readonly twice: boolean;
  /** Its run was stopped: once a worker dies it never comes back. */
  readonly stopped: boolean;
  /** Milliseconds by which its workers' clocks are ahead. */
  readonly skew: number;
  /** Milliseconds until Lambda ends its workers. */
  readonly lifetime: number;
}

export interface Script {
  readonly mode: Mode;
  /** Whether the mapping clears an emptied e-mail address. */
  readonly clears: boolean;
  /** What an earlier night left behind, synced in peace. */
  readonly before: Job;
  /** Milliseconds between that night and the jobs. */
  readonly gap: number;
  readonly jobs: readonly Job[];
  readonly choices: readonly number[];
}

/** A name that no profile may have: such a record is rejected before the ledger is asked. */
export const INVALID = 'x'.repeat(300);
export const EXPIRATION_DAYS = 100;

const DAY_MS = 86_400_000;
const KEYS = ['a', 'b'] as const;
const content = fc.constantFrom('A', 'A', 'B', 'B', 'C', REFUSED, INVALID);
const ranks = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], { minLength: 14 });
const SKEWS = [0, 0, -1_000, 1_000] as const;
const LIFETIMES = [20_000, 60_000] as const;
const worker = { skew: fc.constantFrom(...SKEWS), lifetime: fc.constantFrom(...LIFETIMES) };

/** The newest export of all, of every customer in the script: with what was said of them last, as far as it can be sent. */
export function nextNight({ before, jobs }: Pick<Script, 'before' | 'jobs'>): Job {
  const all = [before, ...jobs].flatMap(({ said }) => said);
  const newest = { time: 4_000, updatedAt: 20, runId: 'next' };
  const said = [...Map.groupBy(all, ({ key }) => key)].flatMap(([key, ofKey], index) => {
    const content = ofKey.findLast((each) => each.content !== REFUSED && each.content !== INVALID)?.content;
    return content === undefined ? [] : [{ key, content, ...newest, row: index + 2 }];
  });
  const worker = { skew: 0, lifetime: LIFETIMES[1] };
  return { kind: 'batch', name: 'next', said, resync: false, twice: false, stopped: false, ...worker };
}

function batch(runId: string, time: number, mode: Mode) {
  // A full export holds every customer.
  const row = mode === 'full' ? content : fc.option(content, { freq: 4 });
  return fc
    .record({
      rows: fc.tuple(row, row),
      resync: fc.boolean(),
      share: fc.constantFrom('once', 'once', 'twice', 'stopped'),
      ...worker,
    })
    .map(({ rows, share, ...job }) => ({
      twice: share === 'twice',
      stopped: share === 'stopped',
      kind: 'batch' as const,
      name: runId,
      ...job,
      said: rows.flatMap((content, index) =>
        content === null ? [] : [{ key: KEYS[index] ?? '', content, time, updatedAt: 0, row: index + 2, runId }],
      ),
    }));
}

const live = fc
  .record({
    events: fc.array(
      fc.record({ key: fc.constantFrom(...KEYS), content, time: fc.constantFrom(1_500, 2_500, 3_500) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    twice: fc.boolean(),
    ...worker,
  })
  .map(({ events, ...job }) => ({
    kind: 'live' as const,
    name: 'live',
    resync: false,
    stopped: false,
    ...job,
    said: events.map((event, index) => ({
      ...event,
      time: event.time + index,
      updatedAt: 0,
      row: 0,
      runId: `event/${index}`,
    })),
  }));

export function scripts(maxChoices: number): fc.Arbitrary<Script> {
  return fc.constantFrom<Mode>('changes', 'full', 'updatedAt').chain((mode) =>
    fc
      .record({
        mode: fc.constant(mode),
        clears: fc.boolean(),
        before: batch('before', 1_000, mode).map((job) => ({ ...job, skew: 0, twice: false, stopped: false })),
        gap: fc.constantFrom(10_000, 10_000, 60 * DAY_MS, 200 * DAY_MS),
        older: fc.option(batch('older', 2_000, mode), { freq: 6 }),
        newer: fc.option(batch('newer', 3_000, mode), { freq: 6 }),
        live: fc.option(live, { freq: 3 }),
        ranks,
        choices: fc.array(fc.nat(255), { maxLength: maxChoices, size: 'max' }),
      })
      .map(({ older, newer, live, ranks, before, ...script }) => {
        let next = 0;
        const ranked = (job: Job): Job => ({
          ...job,
          said: job.said.map((said) => {
            next += 1;
            return { ...said, updatedAt: ranks[next - 1] ?? 0 };
          }),
        });
        const jobs = [older, newer, live].filter((job) => job !== null).map(ranked);
        return { ...script, before: ranked(before), jobs };
      })
      .filter(({ jobs }) => jobs.length > 0),
  );
}
