import type { Clock } from '../clock.ts';
import { ProfileSyncError } from '../errors.ts';
import type { MappingDefinition } from '../mapping/types.ts';
import type { PutResult } from '../profiles/profile-writer.ts';
import type { RateBudget } from '../rate-budget/rate-budget.ts';
import type { CallResult, Calls } from './calls.ts';
import type { Claims } from './claims.ts';
import { filledFields, type HeldClaim, type Pending } from './pending.ts';
import type { Passed, Turn, Turns } from './turns.ts';

/** Sends records by turns. */
export function createSending(options: {
  readonly definition: MappingDefinition;
  readonly turns: Turns;
  readonly budget: RateBudget;
  readonly claims: Claims;
  readonly clock: Pick<Clock, 'now'>;
  /** True for a row that must not share a call with others. */
  readonly isAlone: (row: number) => boolean;
}): Calls {
  const { definition, turns, budget, claims, clock, isAlone } = options;

  async function call(turn: Turn, { mapped }: Pending, held: HeldClaim): Promise<PutResult | Passed> {
    if (!mapped?.ok) throw new TypeError('A record is claimed only after it was mapped.');
    try {
      return await turn.send(mapped.object);
    } catch (error) {
      // Only of an answer that we know can be said that the service took nothing.
      if (!(error instanceof ProfileSyncError)) held.mayStillArrive = true;
      throw error;
    }
  }

  async function send(turn: Turn, pending: Pending, held: HeldClaim): Promise<CallResult> {
    const result = await call(turn, pending, held);
    switch (result.kind) {
      case 'passed':
        if (result.alone) pending.isAlone = true;
        return 'passed';
      case 'accepted':
        held.takenAt = clock.now();
        budget.accepted();
        return (await claims.confirm(pending, held, filledFields(pending, definition))) ? 'done' : 'locked';
      case 'throttled':
        await budget.throttled();
        return 'throttled';
      case 'refused': {
        const { reason } = result;
        await claims.refuse(pending, held, reason);
        return { kind: 'rejected', rejection: { code: 'REFUSED', reason } };
      }
      case 'failed':
        if (result.open) held.mayStillArrive = true;
        else held.takenAt = clock.now();
        return 'failed';
    }
  }

  return {
    async next(pending) {
      const turn = await turns.next(pending.isAlone ?? isAlone(pending.record.row));
      return { make: (record, held) => send(turn, record, held), giveBack: turn.giveBack };
    },
    close: turns.close,
  };
}
