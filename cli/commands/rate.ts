import { Command, Option } from 'commander';
import { API_NAMES, type ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { readCallsNow } from '../rate/calls-now.ts';
import { checkedRate, resetRate, setRate } from '../rate/change-rate.ts';
import { describeRate, describeSet } from '../rate/describe-rate.ts';
import { readRate } from '../rate/rate-state.ts';

type RateOptions = StackOptions & { readonly api?: ApiName };

export const rateCommand = (cli: CommandLine): Command =>
  new Command('rate')
    .description('Shows and changes how many calls per second runs and live events make together.')
    .helpCommand(false)
    .addCommand(show(cli))
    .addCommand(set(cli))
    .addCommand(reset(cli));

const show = (cli: CommandLine): Command =>
  newRateCommand({
    name: 'show',
    does: 'Shows the limit in force and why it is that: as deployed, set, paused, or fallen because the service throttled.',
    examples: [['rate show', 'the limit now']],
  }).action((options: RateOptions) =>
    cli.onStack(options, async (stack) => {
      const rate = await readRate(stack, options.api);
      const calls = rate.api === stack.exportRate.api ? await readCallsNow(stack) : undefined;
      return describeRate(rate, calls, { now: stack.clock.now(), call: stack.call });
    }),
  );

const set = (cli: CommandLine): Command =>
  newRateCommand({
    name: 'set',
    does: 'Sets the limit for everyone, in seconds, also for runs at work. It stays until it is set again or reset.',
    examples: [
      ['rate set 40', 'half of the 80 calls per second that are the default'],
      ['rate reset', "the deployment's again"],
    ],
  })
    .argument('<calls>', 'calls per second')
    .action((calls: string, options: RateOptions) =>
      cli.onStack(
        options,
        async (stack) =>
          describeSet(await setRate(stack, checkedRate(calls, stack, options.api), options.api), stack.call),
        {
          endsItself: true,
        },
      ),
    );

const reset = (cli: CommandLine): Command =>
  newRateCommand({
    name: 'reset',
    does: "Gives the deployment's limit back. A pause goes on.",
    examples: [['rate reset', 'after rate set']],
  }).action((options: RateOptions) =>
    cli.onStack(options, async (stack) => describeSet(await resetRate(stack, options.api), stack.call), {
      endsItself: true,
    }),
  );

const newRateCommand = (definition: Parameters<typeof newCommand>[0]): Command =>
  newCommand(definition).addOption(
    new Option(
      '--api <name>',
      'the API whose calls are meant, as each has a quota of its own (default: the one that exports are sent with)',
    ).choices(API_NAMES),
  );
