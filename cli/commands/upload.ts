import { basename } from 'node:path';
import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { asOfTime } from '../exports/as-of.ts';
import { checkExport, checkExportFile } from '../exports/check-export.ts';
import { uploadExport } from '../exports/upload.ts';
import { exportTarget } from '../exports/upload-target.ts';
import { checkWait, uploadResult } from '../exports/uploaded-run.ts';

interface UploadOptions extends StackOptions {
  readonly asOf?: string;
  readonly name?: string;
  readonly wait: boolean;
}

export const uploadCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'upload',
    does: 'Uploads a customer export and names the run that it starts. The file is checked before a byte is sent: its name, its size, and whether its header line fits the mapping.',
    examples: [
      ['upload customers.csv', 'data of now'],
      ['upload customers.csv --as-of 2026-03-31T01:00:00+09:00', 'data of an earlier time'],
      ['upload export.csv --name crm/customers-2026-03-31.csv', 'under another name'],
      ['upload samples/customers.csv --local', 'the sample, on the embedded stack'],
    ],
    exitCodes: { 2: 'the upload started no run; on an embedded stack that this command hosts also: the run failed' },
  })
    .argument('<export>', 'CSV or JSON Lines file')
    .option(
      '--as-of <time>',
      'when the data was taken, ISO 8601 with an offset (default: the time in the name, else now)',
      asOfTime,
    )
    .option('--name <name>', 'of the object, below the prefix of exports; may hold folders (default: that of the file)')
    .option('--no-wait', 'end when the file is uploaded, without the name of the run')
    .action(async (path: string, { asOf, name = basename(path), wait, ...options }: UploadOptions) => {
      await checkExportFile(path, name);
      await cli.onStack(
        options,
        async (stack) => {
          const mapping = stack.mapping();
          checkWait(stack, wait);
          await checkExport(path, mapping, name);
          const target = exportTarget(stack, mapping, name, asOf);
          return uploadResult(stack, await uploadExport(stack, path, target), { wait });
        },
        { endsItself: true },
      );
    });
