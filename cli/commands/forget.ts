import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { forgetCustomer } from '../customer/forget.ts';

interface ForgetOptions extends StackOptions {
  readonly yes?: boolean;
  readonly wholeProfile?: boolean;
}

export const forgetCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'forget',
    does: 'Erases a customer: profile, ledger entry, rows in rejected files, late errors. Says first what it finds, afterwards what is left, and what it can not reach.',
    examples: [
      ['forget C-0000001', 'only says what would be erased'],
      ['forget C-0000001 --yes', 'erases it'],
      ['forget C-0000001 --whole-profile --yes', 'also a profile into which others have put data'],
    ],
    exitCodes: { 2: 'something is left, or only part of a profile could go' },
  })
    .argument('<customer-key>', 'as the CRM writes it')
    .option('--yes', 'erase; it can not be undone')
    .option('--whole-profile', 'delete the profile also if other object types or customers are in it')
    .action((customerKey: string, { yes = false, wholeProfile = false, ...options }: ForgetOptions) =>
      cli.onStack(options, (stack) => forgetCustomer(stack, customerKey, { yes, wholeProfile }), { endsItself: true }),
    );
