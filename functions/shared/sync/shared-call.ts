import type { Clock } from '../clock.ts';
import { type BatchWriter, type ItemResult, MAX_CALL_LENGTH } from '../profiles/batch-writer.ts';
import type { PutResult } from '../profiles/profile-writer.ts';
import { RECORDS_PER_CALL } from '../rate-budget/api-rates.ts';
import type { PermitQueue } from '../rate-budget/permit-queue.ts';
import { PASSED, type Passed } from './turns.ts';

/** Milliseconds that a call waits for more records once it could start, as far as its permits' time allows. */
export const GATHER_MS = 150;

export interface SharedTurnsOptions {
  readonly permits: PermitQueue;
  readonly writer: BatchWriter;
  readonly clock: Clock;
  /** Hears of what each permit was used for. */
  readonly onCall: (result: PutResult['kind']) => void;
}

interface Passenger {
  readonly object: string;
  /** False when the time in which it may be sent is over. */
  readonly isInTime: () => boolean;
  readonly resolve: (result: PutResult | Passed) => void;
  readonly reject: (error: unknown) => void;
}

/** Records that are sent in one call. */
export interface SharedCall {
  /** False once the call is made, or if the record would be one too many. */
  fits(object: string): boolean;
  /** Resolves with what became of this record; to `PASSED` if the call came too late for it. */
  join(object: string, isInTime: () => boolean): Promise<PutResult | Passed>;
  /** Resolves when the call is full, nobody is waited for, or it is time. */
  gather(isWaitedFor: () => boolean, until: number): Promise<void>;
  /** Looks again whether anybody is waited for. */
  lookAgain(): void;
  /** Makes the call, unless nobody can be sent any more, and tells what became of those who were. */
  make(): Promise<readonly PutResult['kind'][]>;
  readonly isEmpty: boolean;
}

export function createSharedCall(writer: BatchWriter, clock: Clock): SharedCall {
  const passengers: Passenger[] = [];
  let length = 0;
  let isMade = false;
  let lookAgain = (): void => {};

  return {
    fits: (object) =>
      !isMade && passengers.length < RECORDS_PER_CALL && (length === 0 || length + object.length <= MAX_CALL_LENGTH),

    join(object, isInTime) {
      length += object.length;
      const result = new Promise<PutResult | Passed>((resolve, reject) => {
        passengers.push({ object, isInTime, resolve, reject });
      });
      lookAgain();
      return result;
    },

    async gather(isWaitedFor, until) {
      while (passengers.length < RECORDS_PER_CALL && isWaitedFor() && clock.now() < until) {
        const changed = new Promise<void>((resolve) => {
          lookAgain = resolve;
        });
        await Promise.race([changed, clock.sleep(until - clock.now())]);
      }
    },

    lookAgain: () => lookAgain(),

    async make() {
      isMade = true;
      const sent = passengers.filter(({ isInTime, resolve }) => isInTime() || resolve(PASSED));
      if (sent.length === 0) return [];
      try {
        return settle(sent, await writer.put(sent.map(({ object }) => object)));
      } catch (error) {
        for (const { reject } of sent) reject(error);
        return [];
      }
    },

    get isEmpty() {
      return passengers.length === 0;
    },
  };
}

function settle(sent: readonly Passenger[], answer: readonly ItemResult[] | PutResult): PutResult['kind'][] {
  if ('kind' in answer) {
    // The service took none, and does not say whose fault it was.
    const result = answer.kind === 'refused' && sent.length > 1 ? ({ kind: 'passed', alone: true } as const) : answer;
    for (const { resolve } of sent) resolve(result);
    return sent.map(() => answer.kind);
  }
  return sent.flatMap(({ resolve, reject }, index) => {
    const result = answer[index];
    if (!result || result instanceof Error) {
      reject(result);
      return [];
    }
    resolve(result);
    return [result.kind];
  });
}
