import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { approve, type HowToApprove } from '../runs/approve-run.ts';

export const approveCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'approve',
    does: 'Approves the deletions of a run that were more than the mapping allows: starts its export again, with exactly so many deletions allowed.',
    examples: [
      ['approve 91f0c2aa', 'the run whose name begins so'],
      ['approve 91f0c2aa --no-follow', 'does not wait for the end of the new run'],
      ['rejected 91f0c2aa --code DELETE_NOT_APPROVED', 'look at the rows before'],
    ],
    exitCodes: { 2: 'the new run failed' },
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .option('--no-follow', 'do not wait for the end of the new run')
    .action((run: string, options: StackOptions & HowToApprove) =>
      cli.onStack(options, (stack) => approve(run, stack, options), { endsItself: true }),
    );
