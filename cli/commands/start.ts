import { type Command, Option } from 'commander';
import { type CommandLine, newCommand, PROGRAM } from '../command-line.ts';
import { connectToEmbedded } from '../connect/embedded.ts';
import { type HostOptions, type StackOptions, withHostOptions } from '../connect/stack-options.ts';
import { UserError } from '../user-error.ts';

export const startCommand = (cli: CommandLine): Command =>
  withHostOptions(
    newCommand({
      name: 'start',
      does: 'Hosts the embedded stack until Ctrl-C, so that further commands with --local share it, each in its own terminal.',
      examples: [
        ['start', 'in a terminal of its own'],
        ['start --quota 40 --fresh', 'at 40 calls per second, with nothing kept from before'],
      ],
      needsStack: false,
    }),
  )
    // As all others take it.
    .addOption(new Option('--local').hideHelp())
    .option('--mapping <file>', 'how columns become a profile', 'mappings/customer.json')
    .action(async (options: StackOptions & HostOptions) => {
      const { stateDirectory, stdout, stderr, signal } = cli;
      const stream = options.json ? stderr : stdout;
      const { url, endsWithCommand, close } = await connectToEmbedded(options, {
        stateDirectory,
        deploys: true,
        stream,
      });
      try {
        if (!endsWithCommand) {
          throw new UserError(`The embedded stack is hosted by another process already, at ${url}: just use it.`);
        }
        cli.print(options, {
          text: [
            `The embedded stack is at ${url}. Ctrl-C ends it; what it holds stays in ${stateDirectory}/.`,
            `In another terminal: ${PROGRAM} upload samples/customers.csv --local`,
          ].join('\n'),
          json: { url },
        });
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        stream.write('Closing the embedded stack …\n');
      } finally {
        await close();
      }
    });
