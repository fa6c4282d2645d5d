import type { Clock } from '../clock.ts';
import { ChunkUnfinished, NoPermit } from '../errors.ts';
import { PERMIT_LAPSES_MS } from './budget-state.ts';
import type { RateBudget } from './rate-budget.ts';

/** A worker that got no permit for this long gives its Lambda back. */
export const NO_PERMIT_MS = 20_000;

/** A worker's own queue for permits: calls wait in it, and it takes permits from the budget in blocks for them. */
export interface PermitQueue {
  /**
   * Resolves at the moment from which one call may start.
   *
   * @throws NoPermit if the budget gave nothing for 20 s.
   * @throws ChunkUnfinished after `until`.
   * @throws the reason given to `close`.
   */
  next(): Promise<void>;
  /** Refuses all who wait now or later. Permits already taken lapse by themselves. */
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
  const waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  /** Permits taken whose time has not come. */
  let ahead = 0;
  let pumping = false;
  let closed: Error | undefined;

  function close(reason: Error): void {
    closed ??= reason;
    for (const { reject } of waiting.splice(0)) reject(closed);
  }

  async function use(startAt: number): Promise<void> {
    // A timer may fire a little early; a call must not.
    for (let early = startAt - clock.now(); early > 0; early = startAt - clock.now())
      await clock.sleep(Math.ceil(early));
    ahead -= 1;
    // Old permits of a worker that was frozen are gone: their second's allowance was for then.
    const now = clock.now();
    if (now <= startAt + PERMIT_LAPSES_MS && now < until) waiting.shift()?.resolve();
    else pump();
  }

  async function takeForAll(): Promise<void> {
    let refusedSince: number | undefined;
    while (waiting.length > ahead && !closed) {
      if (clock.now() >= until) throw new ChunkUnfinished('The time of this invocation ran out.');
      const permits = await budget.take(Math.min(blockSize, waiting.length - ahead));
      ahead += permits.length;
      for (const startAt of permits) void use(startAt);
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
        if (waiting.length > ahead) pump();
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
