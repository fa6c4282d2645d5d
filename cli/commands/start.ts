import { type Command, Option } from 'commander';
import { type CommandLine, newCommand, PROGRAM } from '../command-line.ts';
import { type HostOptions, type StackOptions, withHostOptions } from '../connect/stack-options.ts';
import { type ConsoleOptions, hostConsole, withConsoleOptions } from '../console/host-console.ts';
import { UserError } from '../user-error.ts';

export const startCommand = (cli: CommandLine): Command =>
  withConsoleOptions(
    withHostOptions(
      newCommand({
        name: 'start',
        does: 'Hosts the embedded stack and its console until Ctrl-C, so that further commands with --local share it, each in its own terminal.',
        examples: [
          ['start', 'in a terminal of its own; it prints the link of the console'],
          ['start --open', 'with the console in the browser'],
          ['start --quota 40 --fresh', 'at 40 calls per second, with nothing kept from before'],
        ],
        needsStack: false,
      }),
    ),
  )
    // As all others take it.
    .addOption(new Option('--local').hideHelp())
    .option('--mapping <file>', 'how columns become a profile', 'mappings/customer.json')
    .action((options: StackOptions & HostOptions & ConsoleOptions) =>
      cli.onStack(
        { ...options, local: true },
        async (stack) => {
          const { embeddedAt, endsWithCommand } = stack;
          if (!endsWithCommand) {
            throw new UserError(
              `The embedded stack is hosted by another process already, at ${embeddedAt}: just use it. For a console of it: ${PROGRAM} console --local`,
            );
          }
          await hostConsole(cli, stack, options, (link) => ({
            text: [
              `The embedded stack is at ${embeddedAt}. Ctrl-C ends it; what it holds stays in ${cli.stateDirectory}/.`,
              `Its console: ${link}`,
              `In another terminal: ${PROGRAM} upload samples/customers.csv --local`,
            ].join('\n'),
            json: { url: embeddedAt, console: link },
          }));
          stack.stream.write('Closing the embedded stack …\n');
          return undefined;
        },
        { deploys: true, lastsUntilInterrupt: true },
      ),
    );
