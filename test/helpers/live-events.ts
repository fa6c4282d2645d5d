import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { systemClock } from '../../functions/shared/clock.ts';
import type { QueuedMessage } from '../../local/sqs/sqs.ts';
import { findProfiles } from './profiles.ts';
import { SMALL_KEY } from './small-export.ts';
import type { TestStack } from './stack.ts';

const MAX_ENTRIES = 10;

/** What a CRM does: puts events with these details on the bus; returns their ids. */
export async function sendEvents(
  { stack }: TestStack,
  details: readonly unknown[],
  type = 'Customer Changed',
): Promise<string[]> {
  const { url: endpoint, region, credentials, outputs } = stack;
  const client = new EventBridgeClient({ endpoint, region, credentials });
  const ids: string[] = [];
  for (let from = 0; from < details.length; from += MAX_ENTRIES) {
    const { Entries = [], FailedEntryCount } = await client.send(
      new PutEventsCommand({
        Entries: details.slice(from, from + MAX_ENTRIES).map((detail) => ({
          EventBusName: outputs.EventBusName ?? '',
          Source: 'crm.example',
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    if (FailedEntryCount) throw new Error(JSON.stringify(Entries));
    ids.push(...Entries.map(({ EventId = '' }) => EventId));
  }
  client.destroy();
  return ids;
}

/** The events of small customers (`id,name`), taken now or at this time. */
export function smallEvents(names: Readonly<Record<string, string>>, time = new Date().toISOString()): object[] {
  return Object.entries(names).map(([id, name]) => ({ record: { id, name }, time }));
}

/** Waits until no live event is on its way any more. */
export async function untilLiveQueueIsEmpty({ stack }: TestStack): Promise<void> {
  while (stack.sqs.messages(stack.outputs.LiveQueueUrl ?? '').length > 0) await systemClock.sleep(50);
}

export function deadLetters({ stack }: TestStack): QueuedMessage[] {
  return stack.sqs.messages(stack.outputs.DeadLetterQueueUrl ?? '');
}

export async function nameOf({ stack }: TestStack, customerKey: string): Promise<unknown> {
  const [profile] = await findProfiles(stack, SMALL_KEY, customerKey);
  return profile?.FirstName;
}
