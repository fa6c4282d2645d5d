import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { counted } from '../output/words.ts';
import { followEvents } from './event-fates.ts';
import type { FileEvent } from './event-file.ts';
import { describeFates } from './event-result.ts';
import { putEvents } from './put-events.ts';

/**
 * Puts events on the bus, waits until they have arrived, and tells what became of them.
 *
 * @param rate events per second; without it as fast as it goes.
 */
export async function sendEvents(
  events: readonly FileEvent[],
  rate: number | undefined,
  stack: ConnectedStack,
): Promise<CommandResult> {
  const { clients, outputs, clock, stream, signal } = stack;
  const mapping = stack.mapping();
  const started = clock.now();
  stream.write(`Sending ${counted(events.length, 'event')} …\n`);
  const { sent, failure } = await putEvents(clients.events, events, { bus: outputs.EventBusName, rate, clock, signal });
  stream.write('Waiting until the live queue is empty …\n');
  const fates = await followEvents(sent, mapping, stack);
  const seconds = (clock.now() - started) / 1_000;
  return describeFates(fates, {
    events: events.length,
    failure,
    seconds,
    deadLetterQueueUrl: outputs.DeadLetterQueueUrl,
  });
}
