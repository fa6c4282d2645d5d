import type { Clock } from '../clock.ts';
import { ProfileSyncError } from '../errors.ts';
import type { CustomerDeleter, DeleteResult } from '../profiles/customer-deleter.ts';
import type { PermitQueue } from '../rate-budget/permit-queue.ts';
import type { RateBudget } from '../rate-budget/rate-budget.ts';
import type { CallResult, Calls } from './calls.ts';
import type { Claims } from './claims.ts';
import { AMBIGUOUS, DELETED } from './outcome.ts';
import type { HeldClaim, Pending } from './pending.ts';

/** What a worker deletes customers with. A permit is for the calls of one customer, usually one to each API. */
export interface DeletingOptions {
  readonly deleter: CustomerDeleter;
  readonly budget: RateBudget;
  readonly permits: PermitQueue;
  readonly onDelete: (result: DeleteResult['kind']) => void;
}

/** Deletes the customers of marked records. */
export function createDeleting(
  options: DeletingOptions & { readonly claims: Claims; readonly clock: Pick<Clock, 'now'> },
): Calls {
  const { deleter, budget, permits, claims, clock, onDelete } = options;

  async function call(customerKey: string, held: HeldClaim): Promise<DeleteResult> {
    try {
      return await deleter.delete(customerKey, () => {
        // [of two objects one is deleted, the other is throttled] The profile is not any more what is known.
        held.takenAt = clock.now();
      });
    } catch (error) {
      if (!(error instanceof ProfileSyncError)) held.mayStillArrive = true;
      throw error;
    }
  }

  async function remove(pending: Pending, held: HeldClaim): Promise<CallResult> {
    const result = await call(pending.customerKey, held);
    onDelete(result.kind);
    switch (result.kind) {
      case 'deleted':
        held.takenAt = clock.now();
        return (await claims.confirm(pending, held, [])) ? DELETED : 'locked';
      case 'ambiguous':
        return AMBIGUOUS;
      // All deletions have one fingerprint: a refusal that was remembered would be of the next ones, too.
      case 'refused':
        return { kind: 'rejected', rejection: { code: 'REFUSED', reason: result.reason } };
      case 'throttled':
        await budget.throttled();
        return 'throttled';
      case 'failed':
        if (result.open) held.mayStillArrive = true;
        else if (result.changed) held.takenAt = clock.now();
        return 'failed';
    }
  }

  return {
    async next() {
      const permit = await permits.next();
      return {
        make: async (pending, held) => ((await permit.begin()) ? remove(pending, held) : 'passed'),
        giveBack: permit.giveBack,
      };
    },
    close: permits.close,
  };
}
