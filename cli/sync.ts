import { Command } from 'commander';
import { type EmbeddedOptions, main, runOnEmbeddedStack, withEmbeddedOptions } from './embedded.ts';
import { syncExport } from './sync-export.ts';
import { checkExportFile } from './upload.ts';

interface SyncOptions extends EmbeddedOptions {
  readonly resync?: boolean;
}

const command = new Command('npm run sync --')
  .description('Syncs a customer export into Customer Profiles on the embedded stack.')
  .argument('<export>', 'CSV or JSON Lines file')
  .option('--resync', 'send every row, also those that the ledger knows as unchanged or refused')
  .option('--fresh', 'forget all that the embedded stack holds: profiles, ledger, runs')
  .action(async (path: string, options: SyncOptions) => {
    await checkExportFile(path);
    await runOnEmbeddedStack(options, (follow) => syncExport(path, { ...follow, resync: options.resync ?? false }));
  });

main(withEmbeddedOptions(command));
