import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { checkExportFile } from '../exports/check-export.ts';
import { resubmit } from '../rejected/resubmit.ts';

interface ResubmitCommandOptions extends StackOptions {
  readonly of: string;
  readonly yes?: boolean;
  readonly wait: boolean;
}

export const resubmitCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'resubmit',
    does: "Uploads a corrected rejected file, linked to the run whose rows it corrects, however long ago that was. It is compared with that run's rejected rows before a byte is sent.",
    examples: [
      ['rejected 91f --out corrected.csv', 'first: save the rejected rows, and correct them in the file'],
      ['resubmit corrected.csv --of 91f', 'then: sync what was corrected'],
    ],
    exitCodes: { 2: 'the upload started no run; on an embedded stack that this command hosts also: the run failed' },
  })
    .argument('<file>', 'corrected rejected file, CSV or JSON Lines')
    .requiredOption('--of <run>', 'name of the run that rejected the rows, or the beginning of it')
    .option('--yes', 'also if no row was corrected, or rows were only filled up with empty fields')
    .option('--no-wait', 'end when the file is uploaded, without the name of the new run')
    .action(async (path: string, { of, yes = false, wait, ...options }: ResubmitCommandOptions) => {
      await checkExportFile(path);
      await cli.onStack(options, (stack) => resubmit(stack, path, { of, yes, wait }), { endsItself: true });
    });
