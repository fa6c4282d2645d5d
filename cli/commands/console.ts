import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { type ConsoleOptions, hostConsole, withConsoleOptions } from '../console/host-console.ts';

export const consoleCommand = (cli: CommandLine): Command =>
  withConsoleOptions(
    newCommand({
      name: 'console',
      does: 'Serves the console until Ctrl-C, for this machine alone: runs, rejected rows, uploads, redrives, customers and notices, in the browser. Who opens its link does what you may. Shows customer data.',
      examples: [
        ['console', 'prints its link'],
        ['console --open', 'opens it in the browser'],
        ['console --local', 'of the embedded stack; `start` has one already'],
      ],
    }),
  ).action((options: StackOptions & ConsoleOptions) =>
    cli.onStack(
      options,
      async (stack) => {
        await hostConsole(cli, stack, options, (link) => ({
          text: `The console is at ${link}\nCtrl-C ends it. The link holds the key: give it to nobody.`,
          json: { console: link },
        }));
        return undefined;
      },
      { lastsUntilInterrupt: true },
    ),
  );
