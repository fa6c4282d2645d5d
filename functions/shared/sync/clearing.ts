import type { Clock } from '../clock.ts';
import { ProfileSyncError } from '../errors.ts';
import { owed } from '../ledger/rules.ts';
import { SPACING_MS } from '../ledger/spacing.ts';
import { clearedFields } from '../mapping/cleared-fields.ts';
import type { Mapping } from '../mapping/types.ts';
import type { ClearResult, ProfileClearer } from '../profiles/profile-clearer.ts';
import type { PermitQueue } from '../rate-budget/permit-queue.ts';
import type { RateBudget } from '../rate-budget/rate-budget.ts';
import type { CallResult, Calls } from './calls.ts';
import type { Claims } from './claims.ts';
import type { HeldClaim, Pending } from './pending.ts';

/** What a worker clears fields with. A permit is for one SearchProfiles and one UpdateProfile call. */
export interface ClearingOptions {
  readonly clearer: ProfileClearer;
  readonly budget: RateBudget;
  readonly permits: PermitQueue;
  readonly onClear: (result: ClearResult['kind']) => void;
}

/** Clears what records owe. */
export function createClearing(
  options: ClearingOptions & { readonly mapping: Mapping; readonly claims: Claims; readonly clock: Clock },
): Calls {
  const { clearer, budget, permits, claims, clock, onClear } = options;
  const fields = clearedFields(options.mapping.definition);

  async function call(pending: Pending, names: readonly string[], held: HeldClaim): Promise<ClearResult> {
    const targets = fields.filter(({ name }) => names.includes(name)).map(({ target }) => target);
    try {
      return await clearer.clear(pending.customerKey, targets);
    } catch (error) {
      if (!(error instanceof ProfileSyncError)) held.mayStillArrive = true;
      throw error;
    }
  }

  /** The record goes on as if its fields need not be cleared; nothing of the profile was changed. */
  async function giveUp(pending: Pending, held: HeldClaim): Promise<'done'> {
    pending.isNotCleared = true;
    await claims.release(pending, held);
    return 'done';
  }

  async function clear(pending: Pending, held: HeldClaim): Promise<CallResult> {
    const { known } = pending.snapshot.entry ?? {};
    const names = known ? owed(known, pending.candidate) : [];
    const result = await call(pending, names, held);
    onClear(result.kind);
    switch (result.kind) {
      case 'cleared':
        held.takenAt = clock.now();
        return (await claims.cleared(pending, held, names)) ? 'done' : 'locked';
      case 'notPossible':
        return giveUp(pending, held);
      case 'notFound':
        if (pending.wasNotFound) return giveUp(pending, held);
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
  }

  return {
    async next() {
      const permit = await permits.next();
      return {
        make: async (pending, held) => ((await permit.begin()) ? clear(pending, held) : 'passed'),
        giveBack: permit.giveBack,
      };
    },
    close: permits.close,
  };
}
