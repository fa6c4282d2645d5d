import { basename } from 'node:path';
import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { checkExport, checkExportFile } from '../exports/check-export.ts';
import { type ExportOptions, withExportOptions } from '../exports/export-options.ts';
import { uploadExport } from '../exports/upload.ts';
import { checkExportTime, exportTarget } from '../exports/upload-target.ts';
import { checkWait, uploadResult } from '../exports/uploaded-run.ts';

interface UploadOptions extends StackOptions, ExportOptions {
  readonly wait: boolean;
}

export const uploadCommand = (cli: CommandLine): Command =>
  withExportOptions(
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
    }),
  )
    .option('--no-wait', 'end when the file is uploaded, without the name of the run')
    .action(async (path: string, { asOf, name = basename(path), wait, ...options }: UploadOptions) => {
      await checkExportFile(path, name);
      await cli.onStack(
        options,
        async (stack) => {
          const mapping = stack.mapping();
          checkWait(stack, wait);
          await checkExport(path, mapping, name);
          const target = exportTarget(stack, name, { asOf });
          checkExportTime(target, mapping, stack.clock.now());
          return uploadResult(stack, await uploadExport(stack, path, target), { wait });
        },
        { endsItself: true },
      );
    });
