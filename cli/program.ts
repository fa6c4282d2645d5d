import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandLine } from './command-line.ts';
import { approveCommand } from './commands/approve.ts';
import { consoleCommand } from './commands/console.ts';
import { errorsCommand } from './commands/errors.ts';
import { explainCommand } from './commands/explain.ts';
import { forgetCommand } from './commands/forget.ts';
import { pauseCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { rateCommand } from './commands/rate.ts';
import { redriveCommand } from './commands/redrive.ts';
import { rejectedCommand } from './commands/rejected.ts';
import { reportCommand } from './commands/report.ts';
import { resubmitCommand } from './commands/resubmit.ts';
import { resumeCommand } from './commands/resume.ts';
import { runsCommand } from './commands/runs.ts';
import { sendEventCommand } from './commands/send-event.ts';
import { startCommand } from './commands/start.ts';
import { stopCommand } from './commands/stop.ts';
import { syncCommand } from './commands/sync.ts';
import { testRowCommand } from './commands/test-row.ts';
import { uploadCommand } from './commands/upload.ts';
import { watchCommand } from './commands/watch.ts';

/** All commands, under what they are about. */
const COMMANDS: Readonly<Record<string, readonly ((cli: CommandLine) => Command)[]>> = {
  'An export:': [testRowCommand, planCommand, uploadCommand, syncCommand],
  'Runs:': [consoleCommand, runsCommand, watchCommand, redriveCommand, approveCommand, stopCommand, reportCommand],
  'Rows and customers:': [rejectedCommand, resubmitCommand, explainCommand, forgetCommand],
  'The rate:': [rateCommand, pauseCommand, resumeCommand],
  'More:': [sendEventCommand, errorsCommand, startCommand],
};

export function buildProgram(cli: CommandLine): Command {
  const program = new Command('profile-sync')
    .usage('<command> [options]')
    .description('Keeps Amazon Connect Customer Profiles in step with your customer data: what an operator does.')
    .version(packageJson.version, '-V, --version', 'print the version');
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const command of commands) program.addCommand(command(cli));
  }
  return program;
}
