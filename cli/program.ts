import { Command } from 'commander';
import type { CommandLine } from './command-line.ts';
import { errorsCommand } from './commands/errors.ts';
import { rejectedCommand } from './commands/rejected.ts';
import { reportCommand } from './commands/report.ts';
import { resubmitCommand } from './commands/resubmit.ts';
import { sendEventCommand } from './commands/send-event.ts';
import { startCommand } from './commands/start.ts';
import { syncCommand } from './commands/sync.ts';
import { uploadCommand } from './commands/upload.ts';

/** All commands, in the order in which a night needs them. */
export function buildProgram(cli: CommandLine): Command {
  const program = new Command('profile-sync')
    .usage('<command> [options]')
    .description('Keeps Amazon Connect Customer Profiles in step with your customer data: what an operator does.')
    .helpCommand(false);
  const commands = [
    syncCommand,
    uploadCommand,
    reportCommand,
    rejectedCommand,
    resubmitCommand,
    sendEventCommand,
    errorsCommand,
    startCommand,
  ];
  for (const command of commands) program.addCommand(command(cli));
  return program;
}
