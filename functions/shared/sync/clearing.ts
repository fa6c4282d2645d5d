import type { Clock } from '../clock.ts';
import { ProfileSyncError } from '../errors.ts';
import { owed, SPACING_MS } from '../ledger/rules.ts';
import { clearedFields } from '../mapping/cleared-fields.ts';
import type { Mapping } from '../mapping/types.ts';
import type { ClearResult, ProfileClearer } from '../profiles/profile-clearer.ts';
import type { PermitQueue } from '../rate-budget/permit-queue.ts';
import type { RateBudget } from '../rate-budget/rate-budget.ts';
import type { Claims } from './claims.ts';
import type { LeftOverReason } from './outcome.ts';
import type { HeldClaim, Pending } from './pending.ts';

/** What a worker clears fields with. A permit is for one SearchProfiles and one UpdateProfile call. */
export interface ClearingOptions {
  readonly clearer: ProfileClearer;
  readonly budget: RateBudget;
  readonly permits: PermitQueue;
  readonly onClear: (result: ClearResult['kind']) => void;
}

/** Clears what a record owes, under its claim. Undefined if the record is to be judged anew, else why it is left over. */
export type Clearing = (pending: Pending, held: HeldClaim) => Promise<LeftOverReason | undefined>;

export function createClearing(
  options: ClearingOptions & { readonly mapping: Mapping; readonly claims: Claims; readonly clock: Clock },
): Clearing {
  const { clearer, budget, claims, clock, onClear } = options;
  const fields = clearedFields(options.mapping.definition);

  /** Takes the claim back: nothing of the profile was changed. */
  async function notCleared(pending: Pending, held: HeldClaim): Promise<undefined> {
    pending.isNotCleared = true;
    await claims.release(pending, held);
  }

  return async (pending, held) => {
    const { known } = pending.snapshot.entry ?? {};
    const names = known ? owed(known, pending.candidate) : [];
    const targets = fields.filter(({ name }) => names.includes(name)).map(({ target }) => target);
    const result = await clearer.clear(pending.customerKey, targets).catch((error: unknown) => {
      if (!(error instanceof ProfileSyncError)) held.mayStillArrive = true;
      throw error;
    });
    onClear(result.kind);
    switch (result.kind) {
      case 'cleared':
        held.takenAt = clock.now();
        return (await claims.cleared(pending, held, names)) ? undefined : 'locked';
      case 'notPossible':
        return notCleared(pending, held);
      case 'notFound':
        if (pending.wasNotFound) return notCleared(pending, held);
        pending.wasNotFound = true;
        pending.lockedUntil = clock.now() + SPACING_MS;
        return 'locked';
      case 'throttled':
        await budget.throttled();
        return 'throttled';
      case 'failed':
        if (result.open) held.mayStillArrive = true;
        else if (result.changed) held.takenAt = clock.now();
        return 'failed';
    }
  };
}
