import { GetQueueAttributesCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { eventRunId } from '../../functions/shared/event-run.ts';
import { columnValues, parseJsonObject } from '../../functions/shared/export/json-object.ts';
import type { Known } from '../../functions/shared/ledger/entry.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from '../connect/ledger.ts';
import type { SentEvent } from './put-events.ts';

const POLL_MS = 250;
/** EventBridge delivers a moment after it took an event: one look at an empty queue says too little. */
const EMPTY_LOOKS = 4;
/** Events that are still on their way then are left to themselves. */
const GIVE_UP_AFTER_MS = 300_000;
/** Of a dead-letter queue so many messages are looked at, and so often in vain. */
const MAX_LETTERS = 1_000;
const VAIN_LOOKS = 3;
const MAX_MESSAGES = 10;

/** What became of the events of one call. */
export interface EventFates {
  readonly sent: number;
  /** Milliseconds from sending to the service's answer, of each event that was accepted; ascending. */
  readonly latencies: readonly number[];
  /** The profile held this content before. */
  readonly unchanged: number;
  /** The ledger holds newer data. */
  readonly stale: number;
  /** In the dead-letter queue, by code. */
  readonly putAside: Readonly<Record<string, number>>;
  /** Still on their way, or nowhere to be found. */
  readonly notArrived: number;
}

/** Waits until the live queue is empty, and tells what became of the events, by the ledger and the dead letters. */
export async function followEvents(
  sent: readonly SentEvent[],
  mapping: Mapping,
  { clients, outputs, clock, signal }: ConnectedStack,
): Promise<EventFates> {
  const ledger = openLedger({ clients, outputs, clock });
  const latencies: number[] = [];
  let waiting = sent.map((event) => ({ ...event, ...contentOf(event, mapping) }));
  let known = new Map<string, Known | undefined>();

  /** An event may be followed by a newer one of its customer soon, so the ledger is looked at again and again. */
  async function lookForAccepted(): Promise<void> {
    const snapshots = await ledger.read(waiting.flatMap(({ customerKey }) => customerKey ?? []));
    known = new Map([...snapshots].map(([key, { entry }]) => [key, entry?.known]));
    waiting = waiting.filter(({ id, customerKey, sentAt }) => {
      const entry = known.get(customerKey ?? '');
      if (entry?.runId !== eventRunId(id)) return true;
      latencies.push(entry.sentAt - sentAt);
      return false;
    });
  }

  const giveUpAt = clock.now() + GIVE_UP_AFTER_MS;
  for (let empty = 0; waiting.length > 0 && empty < EMPTY_LOOKS && clock.now() < giveUpAt && !signal.aborted; ) {
    await clock.sleep(POLL_MS);
    empty = (await isEmpty(clients.sqs, outputs.LiveQueueUrl)) ? empty + 1 : 0;
    await lookForAccepted();
  }

  const codes = waiting.length > 0 ? await deadLetterCodes(clients.sqs, outputs.DeadLetterQueueUrl) : new Map();
  const fates = { unchanged: 0, stale: 0, notArrived: 0 };
  const putAside: Record<string, number> = {};
  const arrived = signal.aborted || (await isEmpty(clients.sqs, outputs.LiveQueueUrl));
  for (const { id, customerKey, fingerprint } of waiting) {
    const code = codes.get(id);
    const entry = known.get(customerKey ?? '');
    if (code !== undefined) putAside[code] = (putAside[code] ?? 0) + 1;
    else if (!entry || !arrived) fates.notArrived += 1;
    else fates[entry.fingerprint === fingerprint ? 'unchanged' : 'stale'] += 1;
  }
  return { sent: sent.length, latencies: latencies.toSorted((a, b) => a - b), putAside, ...fates };
}

function contentOf({ event }: SentEvent, mapping: Mapping) {
  const { values } = columnValues(event.record, mapping.columnNames);
  return {
    customerKey: mapping.customerKey(values[mapping.keyColumn] ?? ''),
    fingerprint: mapping.fingerprint(values),
  };
}

async function isEmpty(sqs: SQSClient, QueueUrl: string): Promise<boolean> {
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.every((name) => Number(Attributes?.[name] ?? 0) === 0);
}

/** The codes of dead letters by the ids of their events; looks without taking anything out. */
async function deadLetterCodes(sqs: SQSClient, QueueUrl: string): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  const seen = new Set<string>();
  for (let vain = 0; vain < VAIN_LOOKS && seen.size < MAX_LETTERS; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: MAX_MESSAGES,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    const before = seen.size;
    for (const { MessageId = '', Body = '', MessageAttributes: { code, ERROR_CODE } = {} } of Messages) {
      seen.add(MessageId);
      const { id } = parseJsonObject(Body) ?? {};
      // EventBridge's own dead letters have an ERROR_CODE; SQS's, after too many receives, no attributes at all.
      codes.set(String(id), code?.StringValue ?? ERROR_CODE?.StringValue ?? 'no code');
    }
    vain = seen.size > before ? 0 : vain + 1;
  }
  return codes;
}
