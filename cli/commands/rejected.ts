import { type Command, InvalidArgumentError, Option } from 'commander';
import { REJECT_CODES } from '../../functions/shared/rejection.ts';
import { type CommandLine, newCommand, wholeNumber } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { listRejected, printRejected, saveRejected } from '../rejected/list-rejected.ts';

interface RejectedOptions extends StackOptions {
  readonly code?: string;
  readonly limit: number;
  readonly csv?: boolean;
  readonly out?: string;
}

const MAX_LIMIT = 1_000_000;

export const rejectedCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'rejected',
    does: 'Lists the rejected rows of a run: how many by code and what to do, then row, code, customer key and reason. It holds customer data.',
    examples: [
      ['rejected 91f', 'of the run whose name begins so'],
      ['rejected 91f --code TOO_LONG --limit 0', 'all with one code'],
      ['rejected 91f --out corrected.csv', 'the rejected file, to be corrected and resubmitted'],
      ['rejected 91f --csv | head', 'the same on standard output; JSON Lines if the export is so'],
    ],
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .option('--code <code>', 'only rows with this code', rejectCode)
    .option('--limit <n>', 'how many rows are listed; 0: all', wholeNumber({ min: 0, max: MAX_LIMIT }), 50)
    .addOption(new Option('--csv', 'write the rejected file as it is to standard output').conflicts(['json', 'out']))
    .option('--out <file>', 'write the rejected file as it is into this file, which must not be there yet')
    .action((run: string, options: RejectedOptions) =>
      cli.onStack(
        options,
        (stack) => {
          if (options.csv) return printRejected(stack, run, options.code, cli.stdout);
          if (options.out !== undefined) return saveRejected(stack, run, options.code, options.out);
          return listRejected(stack, run, { code: options.code, limit: options.limit || Number.POSITIVE_INFINITY });
        },
        { writesItself: options.csv ?? false },
      ),
    );

function rejectCode(text: string): string {
  const code = text.toUpperCase();
  if (Object.hasOwn(REJECT_CODES, code)) return code;
  throw new InvalidArgumentError(`Allowed: ${Object.keys(REJECT_CODES).join(', ')}.`);
}
