import type { Clock } from '../../../../functions/shared/clock.ts';
import { limitInForce, NEW_BUDGET } from '../../../../functions/shared/rate-budget/budget-state.ts';
import { createPermitQueue } from '../../../../functions/shared/rate-budget/permit-queue.ts';
import { createRateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { createFakeClock } from '../../../helpers/fake-clock.ts';
import { createSimulatedTable, type SimulatedTable } from './simulated-table.ts';

/** One worker's process. All times are seconds of true time from the start of the simulation. */
export interface SimulatedWorker {
  readonly kind: 'batch' | 'live';
  /** Records that wait or are under way at once, with always more to come … */
  readonly callsInFlight?: number;
  /** … or records that come by chance, so many per second. */
  readonly eventsPerSecond?: number;
  /** By how much its clock is ahead of the true time. */
  readonly clockAhead?: number;
  readonly from?: number;
  /** It begins nothing new from then on. */
  readonly until?: number;
  /** It works for so long, then has nothing to do for as long, and so on. */
  readonly onAndOff?: number;
  /** It is gone without a word, with all it holds. */
  readonly diesAt?: number | undefined;
  readonly frozen?: { readonly at: number; readonly for: number } | undefined;
}

export interface SimulatedCall {
  readonly at: number;
  readonly worker: number;
  readonly kind: SimulatedWorker['kind'];
  /** Seconds from the wish to call until the start. */
  readonly waited: number;
  readonly throttled: boolean;
}

export interface Simulation {
  readonly calls: readonly SimulatedCall[];
  /** When the service took a call of the foreign user. */
  readonly foreign: readonly number[];
  /** When a worker gave its Lambda back. */
  readonly noPermit: readonly number[];
  /** The limit in force, at every full second. */
  readonly limits: readonly number[];
  readonly table: SimulatedTable;
}

export interface SimulationOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly quota: number;
  readonly reserve: number;
  readonly workers: readonly SimulatedWorker[];
  /** The service as a token bucket, half a second deep, that a foreign user takes from at some rate, too. */
  readonly service?: { readonly perSecond: number; readonly foreign: (second: number) => number };
  readonly lostAnswers?: number;
  /** Milliseconds of one request to the table, at least and at most. */
  readonly tableMs?: readonly [number, number];
  /** What happens to the table. */
  readonly events?: readonly { readonly at: number; readonly happens: (table: SimulatedTable) => void }[];
}

/** Milliseconds of one request to DynamoDB, of laying a claim, and of one call, at least and at most. */
const TABLE_MS = [4, 12] as const;
const CLAIM_MS = [5, 40] as const;
const CALL_MS = [200, 900] as const;
/** Milliseconds until Step Functions starts a worker again that gave its Lambda back. */
const COMES_AGAIN_MS = 2_000;

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs workers with the budget and queue of the product, on a clock that jumps, against one table and one service. */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { seconds, quota, reserve, service, lostAnswers, tableMs: requestMs = TABLE_MS } = options;
  const random = seeded(options.seed);
  const clock = createFakeClock();
  const origin = clock.now();
  const trueTime = () => (clock.now() - origin) / 1000;
  const between = ([least, most]: readonly [number, number]) => least + random() * (most - least);
  const table = createSimulatedTable({ random, requestMs, lostAnswers });
  const calls: SimulatedCall[] = [];
  const foreign: number[] = [];
  const noPermit: number[] = [];
  const limits: number[] = [];
  const bucket = { tokens: (service?.perSecond ?? 0) / 2, filledAt: 0 };

  function serviceTakes(): boolean {
    if (!service) return true;
    const filled = bucket.tokens + (trueTime() - bucket.filledAt) * service.perSecond;
    bucket.tokens = Math.min(service.perSecond / 2, filled);
    bucket.filledAt = trueTime();
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  function clockOf({ clockAhead = 0, diesAt = Infinity, frozen }: SimulatedWorker): Clock {
    return {
      now: () => clock.now() + clockAhead * 1000,
      async sleep(milliseconds) {
        await clock.sleep(milliseconds);
        if (frozen && trueTime() >= frozen.at && trueTime() < frozen.at + frozen.for) {
          await clock.sleep((frozen.at + frozen.for - trueTime()) * 1000);
        }
        if (trueTime() >= diesAt) await new Promise(() => {});
      },
    };
  }

  async function work(worker: SimulatedWorker, index: number): Promise<void> {
    const { kind, onAndOff, eventsPerSecond } = worker;
    const own = clockOf(worker);
    const asker = { kind, quota, reserve };
    const budget = createRateBudget({
      client: table.clientOf(own),
      tableName: 'budget',
      api: 'PutProfileObject',
      asker,
      clock: own,
      random,
    });
    const openQueue = () => createPermitQueue({ budget, clock: own, until: Number.MAX_SAFE_INTEGER, random });
    let queue = openQueue();

    async function permitted(): Promise<void> {
      for (;;) {
        const asked = queue;
        try {
          const permit = await asked.next();
          await own.sleep(between(CLAIM_MS));
          if (await permit.begin()) return;
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'NoPermit') throw error;
          if (asked === queue) {
            noPermit.push(trueTime());
            queue = openQueue();
          }
          await own.sleep(COMES_AGAIN_MS);
        }
      }
    }

    async function call(): Promise<void> {
      const wishedAt = trueTime();
      await permitted();
      const throttled = !serviceTakes();
      calls.push({ at: trueTime(), worker: index, kind, waited: trueTime() - wishedAt, throttled });
      await own.sleep(between(CALL_MS));
      if (throttled) await budget.throttled();
      else budget.accepted();
    }

    async function callOn(): Promise<void> {
      while (trueTime() < (worker.until ?? seconds)) {
        const idle = onAndOff !== undefined && Math.floor(trueTime() / onAndOff) % 2 === 1;
        if (idle) await own.sleep((onAndOff - (trueTime() % onAndOff)) * 1000);
        else await call();
      }
    }

    await own.sleep((worker.from ?? 0) * 1000 + random() * 100);
    if (eventsPerSecond === undefined) {
      await Promise.all(Array.from({ length: worker.callsInFlight ?? 20 }, callOn));
      return;
    }
    while (trueTime() < (worker.until ?? seconds)) {
      await own.sleep((-Math.log(1 - random()) / eventsPerSecond) * 1000);
      background(call());
    }
  }

  async function foreignUser(): Promise<void> {
    while (service) {
      const rate = service.foreign(trueTime());
      await clock.sleep(rate > 0 ? ((0.5 + random()) / rate) * 1000 : 100);
      if (rate > 0 && serviceTakes()) foreign.push(trueTime());
    }
  }

  async function noteLimits(): Promise<void> {
    for (;;) {
      limits.push(limitInForce({ ...NEW_BUDGET, ...table.item }, { kind: 'batch', quota, reserve }, clock.now()));
      await clock.sleep(1000);
    }
  }

  async function happen(): Promise<void> {
    for (const { at, happens } of options.events ?? []) {
      await clock.sleep(at * 1000 - (clock.now() - origin));
      happens(table);
    }
  }

  const failures: unknown[] = [];
  function background(part: Promise<void>): void {
    part.catch((error: unknown) => failures.push(error));
  }
  for (const [index, worker] of options.workers.entries()) background(work(worker, index));
  for (const part of [foreignUser(), noteLimits(), happen()]) background(part);
  await clock.until(clock.sleep(seconds * 1000));
  if (failures.length > 0) throw failures[0];
  return { calls, foreign, noPermit, limits, table };
}

/** The most calls that started in any window of so many seconds. */
export function mostInWindow(calls: readonly SimulatedCall[], window: number): number {
  let most = 0;
  let first = 0;
  for (const [index, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - window) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Calls per second between two times. */
export function rateBetween(calls: readonly SimulatedCall[], from: number, to: number): number {
  return calls.filter(({ at }) => at >= from && at < to).length / (to - from);
}
