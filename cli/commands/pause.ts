import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { pauseRate } from '../rate/change-rate.ts';
import { describePause } from '../rate/describe-rate.ts';

export const pauseCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'pause',
    does: 'Stops all calls to Customer Profiles, of runs and of live events, until resume. Runs at work wait.',
    examples: [
      ['pause', 'while Customer Profiles is being repaired'],
      ['resume', 'to go on where it stopped'],
    ],
  }).action((options: StackOptions) =>
    cli.onStack(options, async (stack) => describePause(await pauseRate(stack), stack.call), { endsItself: true }),
  );
