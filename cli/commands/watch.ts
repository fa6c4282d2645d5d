import type { Command } from 'commander';
import { type CommandLine, newCommand, wholeNumber } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { followRun } from '../runs/follow-run.ts';
import { createProgressDisplay, jsonLines } from '../runs/progress-display.ts';
import { asCommandResult } from '../runs/run-result.ts';
import { runToWatch } from '../runs/run-to-watch.ts';

interface WatchOptions extends StackOptions {
  readonly every: number;
}

export const watchCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'watch',
    does: 'Shows a run at work until its end: chunks, rows, calls per second against the limit, time left, and whether its deadline will be met. Ctrl-C leaves the run alone.',
    examples: [
      ['watch', 'the newest run'],
      ['watch 91f0c2aa', 'the run whose name begins so'],
      ['watch --json --every 60', 'a JSON object a minute, then the result'],
    ],
    exitCodes: { 2: 'the run failed' },
  })
    .argument('[run]', 'name of the run, or the beginning of it; without it the newest')
    .option('--every <seconds>', 'with --json: between two objects', wholeNumber({ min: 1, max: 3_600 }), 5)
    .action((run: string | undefined, options: WatchOptions) =>
      cli.onStack(
        options,
        async (stack) => {
          const display = options.json
            ? jsonLines(cli.stdout, { everySeconds: options.every, notes: stack.stream })
            : createProgressDisplay(stack.stream);
          return asCommandResult(await followRun(await runToWatch(run, stack), stack, display), stack);
        },
        { endsItself: true },
      ),
    );
