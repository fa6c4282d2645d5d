import type { Command } from 'commander';
import { type CommandLine, type CommandResult, newCommand } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { describePlan } from '../runs/describe-redrive.ts';
import { followRun } from '../runs/follow-run.ts';
import { readRedrivePlan } from '../runs/redrive-plan.ts';
import { checkPlan, startRedrive } from '../runs/redrive-run.ts';
import { asCommandResult } from '../runs/run-result.ts';
import { UserError } from '../user-error.ts';

interface RedriveOptions extends StackOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly follow: boolean;
}

export const redriveCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'redrive',
    does: 'Says what of a failed or stopped run will run again, runs it again, and follows it to the end. What has arrived is not sent again.',
    examples: [
      ['redrive 91f0c2aa', 'the run whose name begins so'],
      ['redrive 91f0c2aa --dry-run', 'only says what it would do'],
      ['redrive 91f0c2aa --no-follow', 'does not wait for its end'],
    ],
    exitCodes: { 2: 'the run failed again' },
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .option('--dry-run', 'say what would run again, and do nothing')
    .option('--yes', 'also if it will fail again, as its error says')
    .option('--no-follow', 'do not wait for the end of the run')
    .action((run: string, options: RedriveOptions) =>
      cli.onStack(options, (stack) => redrive(run, options, stack), { endsItself: true }),
    );

async function redrive(run: string, options: RedriveOptions, stack: ConnectedStack): Promise<CommandResult> {
  if (!options.follow && stack.endsWithCommand) {
    throw new UserError(
      'This command hosts the embedded stack, so the run would end with it: leave out --no-follow, or host the stack in another terminal with npx profile-sync start.',
    );
  }
  const plan = await readRedrivePlan(run, stack);
  checkPlan(plan, options.yes || options.dryRun || false, stack);
  const described = describePlan(plan);
  if (options.dryRun) return described;
  stack.stream.write(`${described.text}\n`);
  await startRedrive(plan, stack);
  if (!options.follow) return asCommandResult({ runId: plan.runId, status: 'RUNNING' }, stack);
  return asCommandResult(await followRun(plan.executionArn, stack), stack);
}
