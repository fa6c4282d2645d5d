import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { ChunkUnfinished, NoPermit } from '../shared/errors.ts';
import { sealed } from '../shared/handler.ts';
import type { SourceQueue } from '../shared/source-queue.ts';
import type { SyncEnvironment } from '../shared/sync/open-sync.ts';
import type { LeftOverReason, Outcome } from '../shared/sync/outcome.ts';
import { logger } from '../shared/telemetry.ts';
import { isTransient } from '../shared/transient.ts';
import { EventTally } from './event-tally.ts';
import { type LiveEvent, readLiveEvent } from './live-event.ts';
import { returnDelay } from './return-delay.ts';
import { syncRecords } from './sync-records.ts';

export interface SyncEventEnvironment extends SyncEnvironment {
  readonly queue: SourceQueue;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A message of the live queue on its way through one invocation. */
interface LiveMessage {
  readonly message: SQSRecord;
  readonly event: LiveEvent;
  /** How often it was received, this time included. */
  readonly received: number;
  /** Absent while it is left over. */
  outcome?: Outcome;
}

/**
 * Syncs the records of live events. A message is done when its record is synced, unchanged or stale, or is rejected and
 * put aside with the reason; any other goes back to the queue and comes again, later with each time.
 *
 * @param endsAt epoch milliseconds when Lambda ends this invocation; no call starts that could outlast it.
 */
export async function syncEvents(
  messages: readonly SQSRecord[],
  environment: SyncEventEnvironment,
  endsAt: number,
): Promise<{ readonly response: SQSBatchResponse; readonly tally: EventTally }> {
  const { clock, mapping } = environment;
  const tally = new EventTally();
  const batch = messages.map((message): LiveMessage => {
    const event = readLiveEvent(message.body, mapping.columnNames, clock.now());
    const received = Number(message.attributes.ApproximateReceiveCount);
    if (event.ok) return { message, event, received };
    return { message, event, received, outcome: { kind: 'rejected', rejection: event.rejection } };
  });
  const stopped = await giveOutcomes(batch, environment, endsAt, tally);

  const isLate = () => clock.now() >= endsAt;
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  await Promise.all(
    batch.map(async (live) => {
      const outcome = isLate() ? undefined : await settled(live, environment.queue);
      if (outcome) return tally.add(outcome);
      batchItemFailures.push({ itemIdentifier: live.message.messageId });
      tally.addReturned(ageOf(live.message, clock.now()));
      if (!isLate()) await giveBack(live, environment, meetsEveryRecord(stopped));
    }),
  );
  return { response: { batchItemFailures }, tally };
}

/** Returns what kept records of the batch from being tried, if anything did; all that have no outcome come again. */
async function giveOutcomes(
  batch: readonly LiveMessage[],
  environment: SyncEventEnvironment,
  endsAt: number,
  tally: EventTally,
): Promise<Error | undefined> {
  const readable = batch.flatMap((live) => (live.event.ok ? { live, event: live.event, received: live.received } : []));
  if (readable.length === 0) return undefined;
  const { leftOver, stopped } = await syncRecords(readable, environment, {
    endsAt,
    onOutcome({ live }, outcome) {
      live.outcome = outcome;
      if (outcome.kind === 'synced') tally.addLatency(ageOf(live.message, environment.clock.now()));
    },
    onCall: (result) => tally.addCall(result),
    onClear: (result) => tally.addClear(result),
    // The metric is of one budget: that of exports, if they have another.
    onLimit: (limit) => environment.plan.exportApi === 'PutProfileObject' && tally.addLimit(limit),
  }).catch((error: Error) => ({ leftOver: [], stopped: error }));
  const returned = readable.filter(({ live }) => !live.outcome).length;
  if (returned > 0) log('Live events go back to the queue.', stopped, { returned, why: countOf(leftOver) });
  return stopped;
}

/** Milliseconds since the message came into the queue. */
function ageOf({ attributes }: SQSRecord, now: number): number {
  return now - Number(attributes.SentTimestamp);
}

/** The outcome that the message is done with; undefined if it has to come again. */
async function settled({ message, event, outcome }: LiveMessage, queue: SourceQueue): Promise<Outcome | undefined> {
  if (outcome?.kind !== 'rejected') return outcome;
  try {
    await queue.putAside(message, outcome.rejection, event.id);
    return outcome;
  } catch (error) {
    log('A rejected live event could not be put aside and comes again.', error);
    return undefined;
  }
}

async function giveBack({ message, received }: LiveMessage, environment: SyncEventEnvironment, isLong: boolean) {
  const times = isLong ? Number.POSITIVE_INFINITY : received;
  try {
    await environment.queue.comeBackIn(message, returnDelay(times, environment.random()));
  } catch (error) {
    // It comes again all the same, when the visibility timeout of the queue ends.
    log('The delay of a live event could not be set.', error);
  }
}

/** Such an error lasts until somebody acts, so it is not worth asking often. */
function meetsEveryRecord(stopped: Error | undefined): boolean {
  if (!stopped || stopped instanceof NoPermit || stopped instanceof ChunkUnfinished) return false;
  return !isTransient(stopped);
}

function countOf(reasons: readonly LeftOverReason[]): Partial<Record<LeftOverReason, number>> {
  return Object.fromEntries(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) => [reason, length]),
  );
}

function log(message: string, error: unknown, counts: object = {}): void {
  logger.warn(message, { ...counts, ...(error !== undefined && { error: sealed(error) }) });
}
