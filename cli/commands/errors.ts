import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import { describeErrors } from '../errors/describe-errors.ts';

export const errorsCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'errors',
    does: 'Tells what an error of a run, or a code of a rejected row, means and what to do. Without a code, all of them.',
    examples: [
      ['errors', 'the whole catalogue'],
      ['errors MISSING_KEY', 'one code of a rejected row'],
      ['errors ItemsThrottled', 'one error of a run'],
    ],
    needsStack: false,
  })
    .argument('[code]', 'name of an error, or code of a rejected row; upper and lower case are the same')
    .action((code: string | undefined, options: { json?: boolean }) => cli.print(options, describeErrors(code)));
