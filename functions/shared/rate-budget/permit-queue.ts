import type { Clock } from '../clock.ts';
import { ChunkUnfinished, NoPermit } from '../errors.ts';
import { AHEAD_MS, PERMIT_LAPSES_MS } from './budget-state.ts';
import type { RateBudget } from './rate-budget.ts';

/** A worker that got no permit for this long gives its Lambda back. */
export const NO_PERMIT_MS = 20_000;
/** A refused worker asks again within this time, before what is given out ahead is used up: even one alone misses nothing. */
const ASK_AGAIN_WITHIN_MS = AHEAD_MS.batch;

/** Why no call starts any more after `until`. */
export function timeIsOver(): Error {
  return new ChunkUnfinished('The time of this invocation ran out.');
}

/** The right to start one call, up to half a second ahead of its time (live: two). */
export interface Permit {
  /** Resolves when the call may start; false if the permit has lapsed, as that of a worker that was frozen. */
  begin(): Promise<boolean>;
  /** Epoch milliseconds after which the call may not start any more. */
  readonly lapsesAt: number;
  /** For a permit that is not needed after all: the next who waits gets it. */
  giveBack(): void;
}

/** A worker's own queue for permits: calls wait in it, and it takes permits from the budget in blocks for them. */
export interface PermitQueue {
  /**
   * @throws NoPermit if the budget gave nothing for 20 s.
   * @throws ChunkUnfinished after `until`.
   * @throws the reason given to `close`.
   */
  next(): Promise<Permit>;
  /** Refuses all who wait now or later. */
  close(reason: Error): void;
}

export function createPermitQueue(options: {
  readonly budget: RateBudget;
  readonly clock: Clock;
  /** Epoch milliseconds after which no call may start. */
  readonly until: number;
  readonly random?: () => number;
}): PermitQueue {
  const { budget, clock, until, random = Math.random } = options;
  const waiting: { resolve: (permit: Permit) => void; reject: (reason: Error) => void }[] = [];
  let pumping = false;
  let closed: Error | undefined;

  function close(reason: Error): void {
    closed ??= reason;
    for (const { reject } of waiting.splice(0)) reject(closed);
  }

  function handOut(startAt: number): void {
    waiting.shift()?.resolve({
      async begin() {
        // A timer may fire a little early; a call must not.
        for (let early = startAt - clock.now(); early > 0; early = startAt - clock.now()) {
          await clock.sleep(Math.ceil(early));
        }
        return clock.now() <= startAt + PERMIT_LAPSES_MS;
      },
      lapsesAt: startAt + PERMIT_LAPSES_MS,
      giveBack: () => handOut(startAt),
    });
  }

  async function takeForAll(): Promise<void> {
    let refusedSince: number | undefined;
    while (waiting.length > 0 && !closed) {
      if (clock.now() >= until) throw timeIsOver();
      const permits = await budget.take(waiting.length);
      for (const startAt of permits) {
        if (startAt >= until) throw timeIsOver();
        handOut(startAt);
      }
      if (permits.length > 0) {
        refusedSince = undefined;
        continue;
      }
      const now = clock.now();
      refusedSince ??= now;
      if (now - refusedSince >= NO_PERMIT_MS) throw new NoPermit('No permit of the rate budget for 20 s.');
      await clock.sleep(random() * ASK_AGAIN_WITHIN_MS);
    }
  }

  function pump(): void {
    if (pumping || closed) return;
    pumping = true;
    takeForAll()
      .catch((error: Error) => close(error))
      .finally(() => {
        pumping = false;
        if (waiting.length > 0) pump();
      });
  }

  return {
    next() {
      if (closed) return Promise.reject(closed);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        pump();
      });
    },
    close,
  };
}
