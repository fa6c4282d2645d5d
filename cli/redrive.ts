import { Command } from 'commander';
import { type EmbeddedOptions, main, runOnEmbeddedStack, withEmbeddedOptions } from './embedded.ts';
import { redriveRun } from './redrive-run.ts';

const command = new Command('npm run redrive --')
  .description('Runs again what did not succeed in a failed or stopped run on the embedded stack.')
  .argument('<run>', 'name of the run, or the beginning of it')
  .action((run: string, options: EmbeddedOptions) => runOnEmbeddedStack(options, (follow) => redriveRun(run, follow)));

main(withEmbeddedOptions(command));
