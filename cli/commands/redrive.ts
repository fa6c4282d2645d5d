import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { type HowToRedrive, redrive } from '../runs/redrive-run.ts';

export const redriveCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'redrive',
    does: 'Says what of a failed or stopped run will run again, runs it again, and follows it to the end. What has arrived is not sent again.',
    examples: [
      ['redrive 91f0c2aa', 'the run whose name begins so'],
      ['redrive 91f0c2aa --dry-run', 'only says what it would do'],
      ['redrive 91f0c2aa --no-follow', 'does not wait for its end'],
    ],
    exitCodes: { 2: 'the run failed again' },
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .option('--dry-run', 'say what would run again, and do nothing')
    .option('--yes', 'also if it will fail again, as its error says')
    .option('--no-follow', 'do not wait for the end of the run')
    .action((run: string, options: StackOptions & HowToRedrive) =>
      cli.onStack(options, (stack) => redrive(run, stack, options), { endsItself: true }),
    );
