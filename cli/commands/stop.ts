import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { describeStopped, stopRun } from '../runs/stop-run.ts';

export const stopCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'stop',
    does: 'Stops a run at work. What was synced is kept, and a redrive goes on with the rest.',
    examples: [
      ['stop 91f0c2aa', 'the run whose name begins so'],
      ['runs --state running', 'which runs are at work'],
      ['pause', 'to have all runs wait instead'],
    ],
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .action((run: string, options: StackOptions) =>
      cli.onStack(options, async (stack) => describeStopped(await stopRun(run, stack), stack), { endsItself: true }),
    );
