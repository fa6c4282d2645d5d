import { Command, InvalidArgumentError } from 'commander';
import { loadMapping } from '../functions/shared/mapping/load.ts';
import { type EmbeddedOptions, main, onEmbeddedStack, withEmbeddedOptions } from './embedded.ts';
import { followEvents } from './send-event-fates.ts';
import { readEventFile } from './send-event-file.ts';
import { putEvents } from './send-event-put.ts';
import { describeFates } from './send-event-result.ts';

interface SendEventOptions extends EmbeddedOptions {
  readonly rate?: number;
}

function eventsPerSecond(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

const command = new Command('npm run send-event --')
  .description('Sends live events of a CRM to the embedded stack, and tells what became of them.')
  .argument('<events>', 'JSON or JSON Lines file, each event as in mappings/live-event.schema.json')
  .option('--rate <n>', 'events per second (default: as fast as it goes)', eventsPerSecond)
  .option('--fresh', 'forget all that the embedded stack holds: profiles, ledger, runs')
  .action(async (path: string, options: SendEventOptions) => {
    const events = readEventFile(path);
    const mapping = loadMapping(options.mapping);
    await onEmbeddedStack(options, async (connected) => {
      const { clients, outputs, clock, stream } = connected;
      const started = clock.now();
      stream.write(`Sending ${events.length} ${events.length === 1 ? 'event' : 'events'} …\n`);
      const sent = await putEvents(clients.events, events, {
        bus: outputs.EventBusName,
        rate: options.rate,
        clock,
        signal: connected.signal,
      });
      stream.write('Waiting until the live queue is empty …\n');
      const fates = await followEvents(sent, mapping, connected);
      const seconds = (clock.now() - started) / 1_000;
      return describeFates(fates, { seconds, deadLetterQueueUrl: outputs.DeadLetterQueueUrl });
    });
  });

main(
  withEmbeddedOptions(command, '0 all events arrived, 1 wrong call, 2 some were put aside or did not arrive in time'),
);
