import type { ProfileWriter, PutResult } from '../profiles/profile-writer.ts';
import type { PermitQueue } from '../rate-budget/permit-queue.ts';

/** The turn is over without the record being sent: it needs another one, a call of its own if the service refused it together with others. */
export interface Passed {
  readonly kind: 'passed';
  readonly alone: boolean;
}

/** The right to send one record, taken up to half a second ahead of its time (live: two). */
export interface Turn {
  /**
   * Waits for its time and sends the record.
   *
   * @throws as `ProfileWriter.put`.
   */
  send(object: string): Promise<PutResult | Passed>;
  /** For a turn that is not needed after all, or can't be used. */
  giveBack(): void;
}

/** Who sends when: at the rate of the budget. Who waits is refused as in `PermitQueue`. */
export interface Turns {
  /** @param alone whether the record must not share a call with others. */
  next(alone: boolean): Promise<Turn>;
  /** Refuses all who wait now or later. */
  close(reason: Error): void;
}

export const PASSED: Passed = { kind: 'passed', alone: false };

/** Each record in a call of its own. */
export function createTurns(options: {
  readonly permits: PermitQueue;
  readonly writer: ProfileWriter;
  /** Hears of each call that was answered, or whose time was over. */
  readonly onCall: (result: PutResult['kind']) => void;
}): Turns {
  const { permits, writer, onCall } = options;
  return {
    async next() {
      const permit = await permits.next();
      return {
        async send(object) {
          if (!(await permit.begin())) return PASSED;
          const result = await writer.put(object);
          onCall(result.kind);
          return result;
        },
        giveBack: permit.giveBack,
      };
    },
    close: permits.close,
  };
}
