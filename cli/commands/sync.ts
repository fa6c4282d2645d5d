import type { Command } from 'commander';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { type CommandLine, newCommand } from '../command-line.ts';
import { type HostOptions, type StackOptions, withHostOptions } from '../connect/stack-options.ts';
import { checkExportFile } from '../exports/check-export.ts';
import { type ExportOptions, withExportOptions } from '../exports/export-options.ts';
import { describeNoRun } from '../exports/run-of-upload.ts';
import { syncExport } from '../exports/sync-export.ts';
import { asCommandResult } from '../runs/run-result.ts';

interface SyncOptions extends StackOptions, HostOptions, ExportOptions {
  readonly resync?: boolean;
}

export const syncCommand = (cli: CommandLine): Command =>
  withExportOptions(
    withHostOptions(
      newCommand({
        name: 'sync',
        does: 'Uploads a customer export, follows its run to the end, and fetches its report and its rejected rows.',
        examples: [
          ['sync samples/customers.csv --local', 'the sample, on the embedded stack'],
          ['sync customers.csv', 'an export, on AWS'],
          ['sync customers.csv --resync', 'every row again, changed or not'],
        ],
        exitCodes: { 2: 'the run failed, or the upload started none' },
      }),
    ),
  )
    .option('--resync', 'send every row, also those that the ledger knows as unchanged or refused')
    .action(async (path: string, options: SyncOptions) => {
      await checkExportFile(path, options.name);
      if (options.mapping) loadMapping(options.mapping);
      await cli.onStack(
        options,
        async (stack) => {
          const result = await syncExport(path, stack, options);
          return 'status' in result ? asCommandResult(result, stack) : describeNoRun(result, stack);
        },
        { deploys: true, endsItself: true },
      );
    });
