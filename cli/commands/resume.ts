import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { resumeRate } from '../rate/change-rate.ts';
import { describeResume } from '../rate/describe-rate.ts';

export const resumeCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'resume',
    does: 'Ends a pause: the rate that was set before or during it holds again, else that of the deployment.',
    examples: [['resume', 'after pause']],
  }).action((options: StackOptions) =>
    cli.onStack(options, async (stack) => describeResume(await resumeRate(stack)), { endsItself: true }),
  );
