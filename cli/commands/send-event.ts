import { type Command, InvalidArgumentError } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import { type HostOptions, type StackOptions, withHostOptions } from '../connect/stack-options.ts';
import { readEventFile } from '../live/event-file.ts';
import { sendEvents } from '../live/send-events.ts';

interface SendEventOptions extends StackOptions, HostOptions {
  readonly rate?: number;
}

export const sendEventCommand = (cli: CommandLine): Command =>
  withHostOptions(
    newCommand({
      name: 'send-event',
      does: 'Sends live events of a CRM to the event bus, and tells what became of them.',
      examples: [
        ['send-event samples/events.jsonl --local', 'the sample, on the embedded stack'],
        ['send-event events.jsonl --rate 5', 'five events per second'],
      ],
      exitCodes: { 2: 'some events were not sent, were put aside, or did not arrive in time' },
    }),
  )
    .argument('<events>', 'JSON or JSON Lines file, each event as in mappings/live-event.schema.json')
    .option('--rate <n>', 'events per second (default: as fast as it goes)', eventsPerSecond)
    .action(async (path: string, options: SendEventOptions) => {
      const events = readEventFile(path);
      await cli.onStack(options, (stack) => sendEvents(events, options.rate, stack), { endsItself: true });
    });

function eventsPerSecond(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
