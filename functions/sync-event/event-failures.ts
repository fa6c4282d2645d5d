import type { RateBudget } from '../shared/rate-budget/rate-budget.ts';
import { runItemExpiry } from '../shared/run-items.ts';
import type { SyncEnvironment } from '../shared/sync/open-sync.ts';
import {
  afterAttempt,
  counted,
  createFailureStore,
  type FailureMemory,
  isPoison,
  NO_FAILURES,
} from '../shared/sync/poison.ts';

/** The memory of a chunk knows its rows by number; an event is its only one. */
const ROW = 0;

/** How often the service failed on an event, over the times that its message was received. */
export interface EventFailures {
  /** Reads what earlier receipts noted; a message that comes for the first time has nothing. */
  load(eventId: string): Promise<void>;
  isPoison(eventId: string): boolean;
  /** Notes that the service failed on these events now. */
  note(eventIds: readonly string[]): Promise<void>;
  /** For an event that is put aside: moved back to the queue, it begins anew. */
  forget(eventIds: readonly string[]): Promise<void>;
}

/** @param budgetAtStart the budget as it was before the invocation's first call. */
export function createEventFailures(
  { dynamo, tables, clock }: SyncEnvironment,
  budget: RateBudget,
  budgetAtStart: Awaited<ReturnType<RateBudget['look']>>,
): EventFailures {
  const memories = new Map<string, FailureMemory>();
  const memoryOf = (eventId: string) => memories.get(eventId) ?? NO_FAILURES;
  const storeOf = (eventId: string) =>
    createFailureStore({
      client: dynamo,
      runTable: tables.run,
      key: { run: `event#${eventId}`, item: 'failures' },
      expiresAt: runItemExpiry(clock.now()),
    });

  return {
    async load(eventId) {
      memories.set(eventId, counted(await storeOf(eventId).load(), budgetAtStart));
    },
    isPoison: (eventId) => isPoison(memoryOf(eventId), ROW),
    async note(eventIds) {
      if (eventIds.length === 0) return;
      const { total: totalAtEnd } = await budget.look();
      const permits = { totalAtStart: budgetAtStart.total, totalAtEnd, taken: budget.taken };
      await Promise.all(
        [...new Set(eventIds)].map((id) => storeOf(id).save(afterAttempt(memoryOf(id), [ROW], clock.now(), permits))),
      );
    },
    async forget(eventIds) {
      await Promise.all(eventIds.map((id) => storeOf(id).save(NO_FAILURES)));
    },
  };
}
