import { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { readCallsNow } from '../rate/calls-now.ts';
import { checkedRate, resetRate, setRate } from '../rate/change-rate.ts';
import { describeRate, describeSet } from '../rate/describe-rate.ts';
import { readRate } from '../rate/rate-state.ts';

export const rateCommand = (cli: CommandLine): Command =>
  new Command('rate')
    .description('Shows and changes how many calls per second runs and live events make together.')
    .helpCommand(false)
    .addCommand(show(cli))
    .addCommand(set(cli))
    .addCommand(reset(cli));

const show = (cli: CommandLine): Command =>
  newCommand({
    name: 'show',
    does: 'Shows the limit in force and why it is that: as deployed, set, paused, or fallen because the service throttled.',
    examples: [['rate show', 'the limit now']],
  }).action((options: StackOptions) =>
    cli.onStack(options, async (stack) => {
      const [rate, calls] = [await readRate(stack), await readCallsNow(stack)];
      return describeRate(rate, calls, { now: stack.clock.now(), call: stack.call });
    }),
  );

const set = (cli: CommandLine): Command =>
  newCommand({
    name: 'set',
    does: 'Sets the limit for everyone, in seconds, also for runs at work. It stays until it is set again or reset.',
    examples: [
      ['rate set 40', 'half of the 80 calls per second that are the default'],
      ['rate reset', "the deployment's again"],
    ],
  })
    .argument('<calls>', 'calls per second')
    .action((calls: string, options: StackOptions) =>
      cli.onStack(options, async (stack) => describeSet(await setRate(stack, checkedRate(calls, stack)), stack.call), {
        endsItself: true,
      }),
    );

const reset = (cli: CommandLine): Command =>
  newCommand({
    name: 'reset',
    does: "Gives the deployment's limit back. A pause goes on.",
    examples: [['rate reset', 'after rate set']],
  }).action((options: StackOptions) =>
    cli.onStack(options, async (stack) => describeSet(await resetRate(stack), stack.call), { endsItself: true }),
  );
