import type { Command } from 'commander';
import { type CommandLine, newCommand, wholeNumber } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { explainCustomer } from '../customer/explain.ts';
import { explainRow } from '../customer/explain-row.ts';
import { UserError } from '../user-error.ts';

const DEFAULT_RUNS = 10;
const MAX_RUNS = 1_000;

interface ExplainOptions extends StackOptions {
  readonly runs: number;
  readonly row?: number;
  readonly of?: string;
}

export const explainCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'explain',
    does: 'Tells all that is known of one customer: what was sent when and by which run, what was rejected, what the profile holds now. Shows customer data.',
    examples: [
      ['explain C-0000001', 'the customer with this key'],
      ['explain --row 48213 --of 91f', 'what became of a row of a run, and its customer'],
      ['explain C-0000001 --runs 100', 'searches the rejected rows of more runs'],
    ],
    exitCodes: {
      2: 'nothing is known of the customer, or the row can not be read any more',
    },
  })
    .argument('[customer-key]', 'as the CRM writes it')
    .option(
      '--runs <n>',
      'how many runs are searched for rejected rows',
      wholeNumber({ min: 1, max: MAX_RUNS }),
      DEFAULT_RUNS,
    )
    .option(
      '--row <n>',
      'row of an export, as reports number them',
      wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    )
    .option('--of <run>', 'the run of that row: its name, or the beginning of it')
    .action(async (customerKey: string | undefined, { row, of, ...options }: ExplainOptions) => {
      const byRow = row !== undefined && of !== undefined;
      if ((row === undefined) !== (of === undefined) || (customerKey === undefined) !== byRow) {
        throw new UserError('Give a customer key, or --row with --of and the run that the row is of.');
      }
      await cli.onStack(options, (stack) =>
        byRow ? explainRow(stack, of, row, options.runs) : explainCustomer(stack, customerKey ?? '', options.runs),
      );
    });
