import { eventRunId } from '../shared/event-run.ts';
import type { ClearResult } from '../shared/profiles/profile-clearer.ts';
import type { PutResult } from '../shared/profiles/profile-writer.ts';
import { openBudget, openSync, type SyncEnvironment } from '../shared/sync/open-sync.ts';
import { DELETE_BY_EVENT, type LeftOverReason, type Outcome } from '../shared/sync/outcome.ts';
import { createEventFailures } from './event-failures.ts';
import type { ReadableEvent } from './live-event.ts';

/** An event of this invocation, and how often its message was received, this time included. */
export interface ReceivedEvent {
  readonly event: ReadableEvent;
  readonly received: number;
}

/**
 * Syncs the records of one invocation by the same code as those of an export; the ledger orders several of one customer.
 * When it returns or throws, no call is under way any more. An event that got no outcome is left over.
 *
 * @param endsAt epoch milliseconds when Lambda ends this invocation.
 * @returns why each record without an outcome is left over, and why no more calls were made, if anything ended the work early.
 */
export async function syncRecords<Received extends ReceivedEvent>(
  events: readonly Received[],
  environment: SyncEnvironment,
  invocation: {
    readonly endsAt: number;
    readonly onOutcome: (event: Received, outcome: Outcome) => void;
    readonly onCall: (result: PutResult['kind']) => void;
    readonly onClear: (result: ClearResult['kind']) => void;
    /** Calls per second in force when the invocation began. */
    readonly onLimit: (limit: number) => void;
  },
): Promise<{ readonly leftOver: readonly LeftOverReason[]; readonly stopped: Error | undefined }> {
  const { endsAt, onOutcome, onCall } = invocation;
  const budget = openBudget(environment, 'PutProfileObject', 'live');
  const budgetAtStart = await budget.look();
  invocation.onLimit(budgetAtStart.limit);
  const failures = createEventFailures(environment, budget, budgetAtStart);
  // A message that comes for the first time has failed in nothing: no read.
  await Promise.all(events.map(({ event, received }) => received > 1 && failures.load(event.id)));

  const at = (row: number): Received => {
    const event = events[row];
    if (!event) throw new RangeError('The row of a live record is its place in the batch.');
    return event;
  };
  const clearBudget = environment.clearer && openBudget(environment, 'UpdateProfile', 'live');
  const poisoned: string[] = [];
  const sync = openSync(environment, {
    runId: 'event',
    resync: false,
    unchangedAlwaysMoves: true,
    refuseDeletes: DELETE_BY_EVENT,
    budget,
    endsAt,
    isPoison: (row) => failures.isPoison(at(row).event.id),
    onOutcome({ row }, outcome) {
      if (outcome.kind === 'rejected' && outcome.rejection.code === 'SERVICE_ERROR') poisoned.push(at(row).event.id);
      onOutcome(at(row), outcome);
    },
    onCall,
    clearing: clearBudget && { budget: clearBudget, onClear: invocation.onClear },
  });
  try {
    await sync.submit(
      events.map(({ event: { id, values, takenAt } }, row) => ({
        row,
        runId: eventRunId(id),
        values,
        version: { exportTime: takenAt, uploadTime: takenAt, row: 0 },
      })),
    );
  } catch (error) {
    // Calls may be under way: they are answered and noted before the invocation ends.
    sync.stop(error as Error);
  }
  const leftOver = await sync.finish();
  await failures.note(leftOver.filter(({ reason }) => reason === 'failed').map(({ row }) => at(row).event.id));
  await failures.forget(poisoned);
  return { leftOver: leftOver.map(({ reason }) => reason), stopped: sync.stopped };
}
