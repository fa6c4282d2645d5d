import type { Clock } from '../clock.ts';
import { ChunkUnfinished, NoPermit } from '../errors.ts';
import { PERMIT_LAPSES_MS } from './budget-state.ts';
import type { RateBudget } from './rate-budget.ts';

/** A worker that got no permit for this long gives its Lambda back. */
export const NO_PERMIT_MS = 20_000;

/** The right to start one call, up to about a second ahead of its time. */
export interface Permit {
  /** Resolves when the call may start; false if the permit has lapsed, as that of a worker that was frozen. */
  begin(): Promise<boolean>;
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
  /** Permits per write to the budget: few writes per second, and blocks small enough for others to get theirs. */
  readonly blockSize: number;
  /** Epoch milliseconds after which no call may start. */
  readonly until: number;
  readonly random?: () => number;
}): PermitQueue {
  const { budget, clock, blockSize, until, random = Math.random } = options;
  const waiting: { resolve: (permit: Permit) => void; reject: (reason: Error) => void }[] = [];
  let pumping = false;
  let closed: Error | undefined;

  function close(reason: Error): void {
    closed ??= reason;
    for (const { reject } of waiting.splice(0)) reject(closed);
  }

  function timeIsOver(): Error {
    return new ChunkUnfinished('The time of this invocation ran out.');
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
      giveBack: () => handOut(startAt),
    });
  }

  async function takeForAll(): Promise<void> {
    let refusedSince: number | undefined;
    while (waiting.length > 0 && !closed) {
      if (clock.now() >= until) throw timeIsOver();
      const permits = await budget.take(Math.min(blockSize, waiting.length));
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
      // All of the next second is given out: ask when it has begun, not all workers at once.
      await clock.sleep(1000 - (now % 1000) + random() * 500);
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
