import type { Clock } from '../shared/clock.ts';
import { type AttemptRate, RATE_SLOT_MS } from '../shared/contracts.ts';

/** Slots of an attempt: those of its six minutes, and one each for a begin and an end within a slot. */
export const MAX_SLOTS = 182;
/** Limits of an attempt: more would let its note take more than two write units (2 KB) of DynamoDB. */
export const MAX_LIMITS = 12;

/** What an attempt notes of its calls over time. */
export interface RateNotes {
  /** A call was answered, or timed out, now. */
  addCall(result: { readonly isThrottled: boolean }): void;
  /** Up to now. */
  noted(): AttemptRate;
}

/** @param options.limit calls per second in force, as far as the worker knows. */
export function createRateNotes(options: {
  readonly clock: Pick<Clock, 'now'>;
  readonly limit: () => number | undefined;
}): RateNotes {
  const { clock } = options;
  const slotNow = (): number => Math.floor(clock.now() / RATE_SLOT_MS);
  const firstSlot = slotNow();
  const calls: number[] = [];
  const throttled: number[] = [];
  const limits: (readonly [index: number, limit: number])[] = [];

  /** The slot of now, with the limit in force. A clock that was set meanwhile moves no call out of the attempt. */
  function reachNow(): number {
    const index = Math.min(Math.max(slotNow() - firstSlot, 0), MAX_SLOTS - 1);
    while (calls.length <= index) {
      calls.push(0);
      throttled.push(0);
    }
    noteLimit(calls.length - 1);
    return index;
  }

  function noteLimit(index: number): void {
    const limit = options.limit();
    if (limit === undefined) return;
    const rounded = Math.round(limit);
    const last = limits.at(-1);
    if (last?.[1] === rounded) return;
    if (last?.[0] === index) limits.pop();
    if (limits.at(-1)?.[1] !== rounded) limits.push([index, rounded]);
    if (limits.length > MAX_LIMITS) limits.splice(leastChange(limits), 1);
  }

  return {
    addCall({ isThrottled }) {
      const index = reachNow();
      calls[index] = (calls[index] ?? 0) + 1;
      if (isThrottled) throttled[index] = (throttled[index] ?? 0) + 1;
    },
    noted() {
      reachNow();
      const wasThrottled = throttled.some((count) => count > 0);
      return {
        firstSlot,
        calls: [...calls],
        ...(wasThrottled && { throttled: [...throttled] }),
        limits: [...limits],
      };
    },
  };
}

/** Index of the limit that differs least from the one before it: the first, which has none before it, stays. */
function leastChange(limits: AttemptRate['limits']): number {
  const changes = limits.slice(1).map(([, limit], index) => Math.abs(limit - (limits[index]?.[1] ?? 0)));
  return 1 + changes.indexOf(Math.min(...changes));
}
