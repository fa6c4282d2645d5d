import { type Command, Option } from 'commander';
import { type CommandLine, newCommand, wholeNumber } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { describeRuns } from '../runs/describe-runs.ts';
import { MAX_RUNS, readLastRuns } from '../runs/last-runs.ts';
import { STATE_CHOICES, stateWord } from '../runs/run-state.ts';

interface RunsOptions extends StackOptions {
  readonly limit: number;
  readonly state?: string;
}

export const runsCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'runs',
    does: 'Lists the last runs, newest first: state, export, rows and their outcomes, calls, duration and rate.',
    examples: [
      ['runs', 'the last ten'],
      ['runs --limit 50 --state failed', 'of the failed ones the last fifty'],
      ['runs --json', 'with full names and numbers, for a program'],
    ],
  })
    .option('--limit <n>', 'how many', wholeNumber({ min: 1, max: MAX_RUNS }), 10)
    .addOption(new Option('--state <state>', 'only runs in this state').choices([...STATE_CHOICES.keys()]))
    .action((options: RunsOptions) =>
      cli.onStack(options, async (stack) => {
        const { limit, state } = options;
        const status = state === undefined ? undefined : STATE_CHOICES.get(state);
        return describeRuns(await readLastRuns(stack, { limit, status }), {
          stream: stack.stream,
          none: status
            ? `No run is in the state ${stateWord(status)}.`
            : `There is no run. An upload starts one: ${stack.call('upload FILE')}`,
        });
      }),
    );
