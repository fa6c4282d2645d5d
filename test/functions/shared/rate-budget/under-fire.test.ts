import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AHEAD_MS,
  BLOCKS_PER_SECOND,
  PERMIT_LAPSES_MS,
} from '../../../../functions/shared/rate-budget/budget-state.ts';
import { NO_PERMIT_MS } from '../../../../functions/shared/rate-budget/permit-queue.ts';
import { ratePlan } from '../../../../functions/shared/rate-plan.ts';
import {
  mostInWindow,
  rateBetween,
  type SimulatedCall,
  type SimulatedWorker,
  type Simulation,
  simulate,
} from './simulation.ts';

const QUOTA = 80;
const RESERVE = 8;
const WINDOWS = [0.5, 1, 3, 10];
/** As many workers of SyncChunk as the rate plan reserves Lambdas for at this quota. */
const MOST_WORKERS = ratePlan(QUOTA, RESERVE).reservedConcurrency;

/** Workers that always have more to do than they get permits for. */
function busy(count: number, more: Partial<SimulatedWorker> = {}): SimulatedWorker[] {
  return Array.from({ length: count }, () => ({ kind: 'batch', callsInFlight: 100, ...more }));
}

function ofKind(calls: readonly SimulatedCall[], kind: SimulatedWorker['kind']): SimulatedCall[] {
  return calls.filter((call) => call.kind === kind);
}

/** Milliseconds that live events waited for their permit, the claim included, at this share of them. */
function liveWait({ calls }: Simulation, share: number): number {
  const waits = ofKind(calls, 'live').map(({ waited }) => waited * 1000);
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * share)] ?? Number.NaN;
}

function expectAtMost(limit: number, calls: readonly SimulatedCall[], clocksApart = 0): void {
  for (const window of WINDOWS) {
    const most = limit * (window + PERMIT_LAPSES_MS / 1000 + clocksApart);
    expect(mostInWindow(calls, window)).toBeLessThanOrEqual(most + 2);
  }
}

const seed = fc.integer({ min: 1, max: 1_000_000 });
const second = (max: number) => fc.double({ min: 1, max, noNaN: true });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

/** Workers that come, idle, freeze and die as they like, with clocks as far apart as NTP leaves them. */
const anyWorkers = fc.array(
  fc.record({
    kind: fc.constantFrom('batch' as const, 'live' as const),
    callsInFlight: fc.integer({ min: 1, max: 60 }),
    clockAhead: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    from: second(8),
    onAndOff: fc.constantFrom(0.5, 2, 100),
    diesAt: maybe(second(20)),
    frozen: maybe(fc.record({ at: second(18), for: fc.constantFrom(0.3, 1, 5) })),
  }),
  { minLength: 1, maxLength: 10 },
);

describe('whatever happens to the workers', () => {
  it('no more than limit x (w + 0.25) calls start in any w seconds', async () => {
    await fc.assert(
      fc.asyncProperty(seed, anyWorkers, fc.constantFrom(0, 0.2), async (seed, workers, lostAnswers) => {
        const run = await simulate({ seconds: 20, seed, quota: QUOTA, reserve: RESERVE, workers, lostAnswers });
        expectAtMost(QUOTA, run.calls);
      }),
      { numRuns: 40 },
    );
  });

  it('all of the limit is used, with any mix of idle and busy workers, as long as one has enough to do', async () => {
    const idleWorkers = fc.array(
      fc.record({
        kind: fc.constant('batch' as const),
        callsInFlight: fc.integer({ min: 1, max: 100 }),
        from: second(8),
        onAndOff: fc.constantFrom(0.5, 2, 7),
      }),
      { maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(seed, idleWorkers, async (seed, workers) => {
        const all = [...busy(1), ...workers];
        const { calls } = await simulate({ seconds: 20, seed, quota: QUOTA, reserve: RESERVE, workers: all });
        expect(rateBetween(calls, 1, 20)).toBeGreaterThanOrEqual(0.97 * QUOTA);
      }),
      { numRuns: 25 },
    );
  });

  it('each of as many workers as there are Lambdas for gets permits, again and again', async () => {
    await fc.assert(
      fc.asyncProperty(seed, async (seed) => {
        const workers = busy(MOST_WORKERS);
        const run = await simulate({ seconds: 40, seed, quota: QUOTA, reserve: RESERVE, workers });
        expect(run.noPermit).toEqual([]);
        for (const [index] of workers.entries()) {
          const at = [0, ...run.calls.filter(({ worker }) => worker === index).map((call) => call.at), 40];
          const longest = Math.max(...at.slice(1).map((time, k) => time - (at[k] ?? 0)));
          expect(longest).toBeLessThan(NO_PERMIT_MS / 1000);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('a worker that dies takes no more with it than its last blocks', async () => {
    await fc.assert(
      fc.asyncProperty(seed, second(18), async (seed, diesAt) => {
        const workers = [...busy(2), ...busy(5, { diesAt })];
        const run = await simulate({ seconds: 20, seed, quota: QUOTA, reserve: RESERVE, workers });
        // What one worker can hold is what is given out ahead; five of them hold it together.
        const held = (QUOTA * AHEAD_MS.batch) / 1000 + 5 * Math.ceil(QUOTA / BLOCKS_PER_SECOND);
        expect(run.calls.length).toBeGreaterThanOrEqual(0.97 * QUOTA * 19 - held);
        expect(rateBetween(run.calls, diesAt + 0.7, 20)).toBeGreaterThanOrEqual(0.97 * QUOTA);
      }),
      { numRuns: 8 },
    );
  });

  it('workers that were frozen together do not make up for it', async () => {
    const workers = busy(7, { frozen: { at: 5, for: 6 } });
    const { calls } = await simulate({ seconds: 20, seed: 1, quota: QUOTA, reserve: RESERVE, workers });
    expect(rateBetween(calls, 5.1, 10.9)).toBe(0);
    expectAtMost(QUOTA, calls);
    expect(rateBetween(calls, 11.5, 20)).toBeGreaterThanOrEqual(0.97 * QUOTA);
  });

  it.each([0.05, 2, 3_600])(
    'clocks %d seconds apart share the limit, and only what is ahead comes twice',
    async (apart) => {
      const workers = busy(8).map((worker, index) => ({
        ...worker,
        clockAhead: (index % 2) * apart,
        from: index * 0.7,
      }));
      const run = await simulate({ seconds: 40, seed: 1, quota: QUOTA, reserve: RESERVE, workers });
      expect(run.noPermit).toEqual([]);
      expectAtMost(QUOTA, run.calls, AHEAD_MS.batch / 1000);
      expectAtMost(
        QUOTA,
        run.calls.filter(({ at }) => at > 8),
      );
      expect(rateBetween(run.calls, 1, 40)).toBeGreaterThanOrEqual(0.97 * QUOTA);
      const shareOf = (index: number) => run.calls.filter(({ worker }) => worker === index).length / run.calls.length;
      for (const [index] of workers.entries()) expect(shareOf(index)).toBeGreaterThan(0.5 / workers.length);
    },
  );
});

describe('live events', () => {
  it.each([
    { batch: 7, perSecond: 2, median: 60, p99: 400 },
    { batch: MOST_WORKERS, perSecond: 4, median: 120, p99: 700 },
    { batch: MOST_WORKERS, perSecond: 8, median: 600, p99: 900 },
    { batch: MOST_WORKERS, perSecond: 20, median: 700, p99: 900 },
  ])('beside $batch batch workers, $perSecond per second, wait $median ms at most in the middle', async (row) => {
    const workers = [...busy(row.batch), { kind: 'live', eventsPerSecond: row.perSecond } as const];
    const run = await simulate({ seconds: 120, seed: 3, quota: QUOTA, reserve: RESERVE, workers });
    expect(liveWait(run, 0.5)).toBeLessThanOrEqual(row.median);
    expect(liveWait(run, 0.99)).toBeLessThanOrEqual(row.p99);
    expect(rateBetween(ofKind(run.calls, 'batch'), 5, 120)).toBeGreaterThanOrEqual(0.97 * (72 - row.perSecond));
  });

  it('get their reserve at once, after a minute in which batch had all', async () => {
    const workers = [...busy(7), { kind: 'live', eventsPerSecond: 8, from: 70 } as const];
    const run = await simulate({ seconds: 90, seed: 1, quota: QUOTA, reserve: RESERVE, workers });
    const first = ofKind(run.calls, 'live').filter(({ at }) => at < 72);
    expect(first.length).toBeGreaterThan(5);
    for (const { waited } of first) expect(waited).toBeLessThan(1);
  });

  it.each([
    [7, 0.2, 0.999],
    [7, 1, 0.999],
    [7, 4, 0.999],
    [7, 8, 0.999],
    [7, 20, 0.999],
    [1, 1, 0.97],
    [2, 1, 0.985],
  ])(
    'leave %d batch workers the rest of the limit if they come %d per second',
    async (batch, eventsPerSecond, share) => {
      const workers = [...busy(batch), { kind: 'live', eventsPerSecond } as const];
      const run = await simulate({ seconds: 40, seed: 1, quota: QUOTA, reserve: RESERVE, workers });
      expect(rateBetween(run.calls, 5, 40)).toBeGreaterThanOrEqual(share * QUOTA);
    },
  );
});

describe('the table', () => {
  it.each([
    { workers: 1, quota: 80, reads: 30, writes: 20 },
    { workers: 7, quota: 80, reads: 60, writes: 30 },
    { workers: MOST_WORKERS, quota: 80, reads: 110, writes: 35 },
    { workers: 36, quota: 200, reads: 200, writes: 50 },
    { workers: 56, quota: 200, reads: 300, writes: 60 },
  ])(
    'is asked by $workers busy workers at $quota/s no more than $reads reads and $writes writes per second',
    async (row) => {
      const run = await simulate({ seconds: 30, seed: 1, quota: row.quota, reserve: 0, workers: busy(row.workers) });
      expect(rateBetween(run.calls, 1, 30)).toBeGreaterThanOrEqual(0.97 * row.quota);
      expect(run.table.reads / 30).toBeLessThanOrEqual(row.reads);
      expect(run.table.writes / 30).toBeLessThanOrEqual(row.writes);
      expect((run.table.writes - run.table.lost) / 30).toBeLessThanOrEqual(1.2 * BLOCKS_PER_SECOND);
    },
  );

  it.each([
    { tableMs: [30, 60] as const, share: 0.97 },
    { tableMs: [60, 120] as const, share: 0.97 },
    { tableMs: [150, 300] as const, share: 0.4 },
  ])('that takes $tableMs milliseconds per request still gives out $share of the limit', async ({ tableMs, share }) => {
    const options = { seconds: 20, seed: 1, quota: QUOTA, reserve: RESERVE, tableMs };
    for (const workers of [busy(7), busy(MOST_WORKERS)]) {
      const { calls } = await simulate({ ...options, workers });
      expect(rateBetween(calls, 2, 20)).toBeGreaterThanOrEqual(share * QUOTA);
      expectAtMost(QUOTA, calls);
    }
  });

  it('that fails stops calls once what is ahead is used, and none is lost or made up for afterwards', async () => {
    const run = await simulate({
      seconds: 30,
      seed: 1,
      quota: QUOTA,
      reserve: RESERVE,
      workers: busy(7),
      events: [
        { at: 10, happens: (table) => table.goDown() },
        { at: 15, happens: (table) => table.comeUp() },
      ],
    });
    expect(rateBetween(run.calls, 11, 15)).toBe(0);
    expectAtMost(QUOTA, run.calls);
    expect(rateBetween(run.calls, 15.5, 30)).toBeGreaterThanOrEqual(0.97 * QUOTA);
    expect(run.noPermit).toEqual([]);
  });

  it('that fails for longer than 20 seconds sends the workers home, and they come again', async () => {
    const run = await simulate({
      seconds: 60,
      seed: 1,
      quota: QUOTA,
      reserve: RESERVE,
      workers: busy(3),
      events: [
        { at: 10, happens: (table) => table.goDown() },
        { at: 40, happens: (table) => table.comeUp() },
      ],
    });
    expect(run.noPermit).toHaveLength(3);
    for (const at of run.noPermit) expect(Math.abs(at - 10 - NO_PERMIT_MS / 1000)).toBeLessThan(1);
    expect(rateBetween(run.calls, 43, 60)).toBeGreaterThanOrEqual(0.97 * QUOTA);
  });

  it("that an operator sets a quota in holds everyone to it within a second, and to the plan's when it is gone", async () => {
    const run = await simulate({
      seconds: 40,
      seed: 1,
      quota: QUOTA,
      reserve: RESERVE,
      workers: busy(7),
      events: [
        { at: 10, happens: (table) => table.setQuota(20) },
        { at: 20, happens: (table) => table.setQuota(0) },
        { at: 30, happens: (table) => table.setQuota(undefined) },
      ],
    });
    expect(rateBetween(run.calls, 1, 10)).toBeGreaterThanOrEqual(0.97 * QUOTA);
    expect(rateBetween(run.calls, 11, 20)).toBeLessThanOrEqual(20.5);
    expect(rateBetween(run.calls, 11, 20)).toBeGreaterThanOrEqual(0.95 * 20);
    expect(rateBetween(run.calls, 21, 30)).toBe(0);
    expect(rateBetween(run.calls, 31, 40)).toBeGreaterThanOrEqual(0.97 * QUOTA);
  });
});

it('the count of calls in a window sees a burst', () => {
  const call = { worker: 0, kind: 'batch', waited: 0, throttled: false } as const;
  const burst = Array.from({ length: 30 }, (_, index) => ({ ...call, at: 5 + index * 0.001 }));
  const calls = [{ ...call, at: 1 }, ...burst, { ...call, at: 9 }];
  expect(mostInWindow(calls, 1)).toBe(30);
  expect(mostInWindow(calls, 0.01)).toBe(10);
});
