import { basename } from 'node:path';
import type { Command } from 'commander';
import { type CommandLine, type CommandResult, newCommand, wholeNumber } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { checkExport, checkExportFile } from '../exports/check-export.ts';
import { deployedLedger } from '../exports/deployed-ledger.ts';
import { type ExportOptions, withExportOptions } from '../exports/export-options.ts';
import { testRow } from '../exports/test-row.ts';
import { describeRow, rowAsJson } from '../exports/test-row-result.ts';
import { describeSent, mayBeSent, sendRow, sentAsJson } from '../exports/test-row-send.ts';
import { checkExportTime, exportTarget } from '../exports/upload-target.ts';
import { printable } from '../output/printable.ts';

interface TestRowOptions extends StackOptions, ExportOptions {
  readonly row: number;
  readonly resync?: boolean;
  readonly send?: boolean;
}

export const testRowCommand = (cli: CommandLine): Command =>
  withExportOptions(
    newCommand({
      name: 'test-row',
      does: 'Shows what one row of an export becomes: its fields, the profile object as it would be sent, and what a run would do with it and why. Sends it if asked to. Prints customer data.',
      examples: [
        ['test-row samples/customers.csv --row 44 --local', 'a row of the sample that is rejected'],
        ['test-row customers.csv --row 2 --send', 'the first row of a CSV, sent alone'],
        ['test-row customers.csv --row 2 --send --resync', 'also if it is unchanged or was refused'],
      ],
      exitCodes: { 2: 'with --send: the row was not accepted' },
    }),
  )
    .requiredOption(
      '--row <n>',
      'its number: the first row of a CSV is 2, that of JSON Lines 1',
      wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    )
    .option('--send', 'send it: uploads this row alone, with its version, and follows the run')
    .option('--resync', 'as a run that sends every row, also those known as unchanged or refused')
    .action(async (path: string, options: TestRowOptions) => {
      await checkExportFile(path, options.name);
      await cli.onStack(options, (stack) => test(path, options, stack), { endsItself: options.send ?? false });
    });

async function test(
  path: string,
  { row, asOf, name = basename(path), resync = false, send = false }: TestRowOptions,
  stack: ConnectedStack,
): Promise<CommandResult> {
  const { clock, signal } = stack;
  const mapping = stack.mapping();
  await checkExport(path, mapping, name);
  const target = exportTarget(stack, name, { asOf, resync });
  checkExportTime(target, mapping, clock.now());
  const tested = await testRow(path, row, { ...deployedLedger(stack), mapping, target, clock, signal, resync });
  const text = describeRow(tested);
  const json = rowAsJson(tested);
  if (!send) return { text, json };
  if (!mayBeSent(tested) || signal.aborted) {
    return { text: `${text}\n\nNot sent.`, json: { ...json, sent: false }, failed: true };
  }
  stack.stream.write(`${printable(text)}\n\n`);
  const sent = await sendRow(tested, stack, resync);
  return { ...describeSent(sent, stack), json: { ...json, sent: true, ...sentAsJson(sent) } };
}
