import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../../functions/shared/clock.ts';
import { UserError } from '../user-error.ts';
import type { FileEvent } from './event-file.ts';

/** Entries of one PutEvents call. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html, read 2026-11. */
const MAX_ENTRIES = 10;
/** Bytes of all entries of a call; half of what the service takes, since it also counts what stands around the detail. */
const MAX_BYTES = 512 * 1024;
/** Entries that EventBridge had no room for are sent again so often, half a second apart. */
const MAX_TRIES = 20;
const TRY_AGAIN_MS = 500;
/** These go away by themselves; any other is about the entry. */
const TRANSIENT = new Set(['ThrottlingException', 'InternalException', 'InternalFailure']);

export interface SentEvent {
  readonly event: FileEvent;
  /** EventBridge's. */
  readonly id: string;
  /** Epoch milliseconds before the call that EventBridge took it with. */
  readonly sentAt: number;
}

/** What EventBridge took of some events. */
export interface PutEvents {
  readonly sent: readonly SentEvent[];
  /** Why no more were sent, if they were not. */
  readonly failure?: string;
}

/**
 * Puts events on a bus, in their order, up to the first that EventBridge refuses or takes in no try.
 *
 * @throws UserError, or the error of the call, if it took none.
 */
export async function putEvents(
  client: EventBridgeClient,
  events: readonly FileEvent[],
  options: {
    readonly bus: string;
    /** Events per second; without it as fast as it goes. */
    readonly rate: number | undefined;
    readonly clock: Clock;
    /** Aborted: no more events are sent. */
    readonly signal: AbortSignal;
  },
): Promise<PutEvents> {
  const { rate, clock, signal } = options;
  const started = clock.now();
  const sent: SentEvent[] = [];
  let waiting = [...events];
  for (let tries = 1; waiting.length > 0 && !signal.aborted; ) {
    let due = MAX_ENTRIES;
    if (rate !== undefined) {
      await clock.sleep(started + (sent.length / rate) * 1_000 - clock.now());
      due = Math.floor(((clock.now() - started) / 1_000) * rate) + 1 - sent.length;
    }
    const batch = firstOf(waiting, Math.max(1, Math.min(MAX_ENTRIES, due)));
    let answer: Answer;
    try {
      answer = await putBatch(client, batch, options);
    } catch (error) {
      if (sent.length === 0 || !(error instanceof Error)) throw error;
      return {
        sent,
        failure: `The next call to EventBridge failed (${error.name}); it may have taken up to ten more.`,
      };
    }
    const { taken, refused } = answer;
    sent.push(...taken);
    const ids = new Set(taken.map(({ event }) => event));
    waiting = waiting.filter((event) => !ids.has(event));
    const failure = refused ?? (tries >= MAX_TRIES ? 'EventBridge takes no more events.' : undefined);
    if (taken.length === batch.length) tries = 1;
    else if (failure !== undefined) return stopped(sent, failure, waiting[0]);
    else {
      tries++;
      await clock.sleep(TRY_AGAIN_MS);
    }
  }
  return { sent };
}

function stopped(sent: readonly SentEvent[], failure: string, next: FileEvent | undefined): PutEvents {
  if (sent.length === 0) throw new UserError(`${failure} Nothing was sent.`);
  return { sent, failure: `${failure} The first that was not sent is ${next?.where}.` };
}

function firstOf(events: readonly FileEvent[], count: number): FileEvent[] {
  const batch: FileEvent[] = [];
  let bytes = 0;
  for (const event of events.slice(0, count)) {
    bytes += Buffer.byteLength(event.detail);
    if (batch.length > 0 && bytes > MAX_BYTES) break;
    batch.push(event);
  }
  return batch;
}

interface Answer {
  readonly taken: readonly SentEvent[];
  /** Of the first event that it will never take. */
  readonly refused: string | undefined;
}

async function putBatch(
  client: EventBridgeClient,
  batch: readonly FileEvent[],
  { bus, clock }: { readonly bus: string; readonly clock: Clock },
): Promise<Answer> {
  const sentAt = clock.now();
  const { Entries = [] } = await client.send(
    new PutEventsCommand({
      Entries: batch.map(({ source, detailType, detail }) => ({
        EventBusName: bus,
        Source: source,
        DetailType: detailType,
        Detail: detail,
      })),
    }),
  );
  const taken: SentEvent[] = [];
  let refused: string | undefined;
  for (const [index, event] of batch.entries()) {
    const { EventId: id, ErrorCode: code = 'no reason' } = Entries[index] ?? {};
    if (id) taken.push({ event, id, sentAt });
    else if (!TRANSIENT.has(code)) refused ??= `EventBridge refused ${event.where} (${code}).`;
  }
  return { taken, refused };
}
