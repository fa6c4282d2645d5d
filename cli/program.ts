import { Command } from 'commander';
import type { CommandLine } from './command-line.ts';
import { errorsCommand } from './commands/errors.ts';
import { planCommand } from './commands/plan.ts';
import { sendEventCommand } from './commands/send-event.ts';
import { startCommand } from './commands/start.ts';
import { syncCommand } from './commands/sync.ts';
import { testRowCommand } from './commands/test-row.ts';

/** All commands, in the order in which a night needs them. */
export function buildProgram(cli: CommandLine): Command {
  const program = new Command('profile-sync')
    .usage('<command> [options]')
    .description('Keeps Amazon Connect Customer Profiles in step with your customer data: what an operator does.')
    .helpCommand(false);
  for (const command of [planCommand, testRowCommand, syncCommand, sendEventCommand, errorsCommand, startCommand])
    program.addCommand(command(cli));
  return program;
}
