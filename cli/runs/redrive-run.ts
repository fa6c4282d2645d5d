import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type CommandResult, PROGRAM } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { describePlan } from './describe-redrive.ts';
import { type FollowedStack, followRun, type RunResult } from './follow-run.ts';
import { type RedrivePlan, readRedrivePlan } from './redrive-plan.ts';
import { asCommandResult } from './run-result.ts';

/** DescribeExecution may show a run for a moment as it was before its redrive. */
const SHOWN_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 250;

export interface HowToRedrive {
  /** Say what would run again, and do nothing. */
  readonly dryRun?: boolean;
  /** Also if the run will fail as before. */
  readonly yes?: boolean;
  /** Wait for the end of the run. */
  readonly follow: boolean;
}

/**
 * Says what of a run will run again, then redrives it.
 *
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run, it can't be redriven, or that does not help.
 */
export async function redrive(
  run: string,
  stack: ConnectedStack,
  { dryRun = false, yes = false, follow }: HowToRedrive,
): Promise<CommandResult> {
  if (!follow && stack.endsWithCommand) {
    throw new UserError(
      `This command hosts the embedded stack, so the run would end with it. Leave out --no-follow, or host the stack in another terminal: ${PROGRAM} start`,
    );
  }
  const plan = await readRedrivePlan(run, stack);
  checkPlan(plan, yes || dryRun, stack);
  const described = describePlan(plan);
  if (dryRun) return described;
  stack.stream.write(`${described.text}\n`);
  return asCommandResult(await redriveRun(plan, stack, { follow }), stack);
}

/**
 * Runs again what did not succeed in a run, and follows it to its end.
 *
 * @throws UserError if the run can't be redriven.
 */
export async function redriveRun(
  { runId, executionArn }: { readonly runId: string; readonly executionArn: string },
  stack: FollowedStack,
  { follow }: Pick<HowToRedrive, 'follow'> = { follow: true },
): Promise<RunResult> {
  const { clients, clock, stream, call } = stack;
  const { sfn } = clients;
  const before = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  try {
    await sfn.send(new RedriveExecutionCommand({ executionArn }));
  } catch (error) {
    if (!(error instanceof ExecutionNotRedrivable)) throw error;
    throw notRedrivable({ runId, status: before.status, reason: before.redriveStatusReason ?? error.message, call });
  }
  stream.write(`Run ${runId} redriven: only what did not succeed runs again.\n`);
  const giveUpAt = clock.now() + SHOWN_WITHIN_MS;
  while ((await redriveCount(sfn, executionArn)) === (before.redriveCount ?? 0) && clock.now() < giveUpAt) {
    await clock.sleep(LOOK_AGAIN_MS);
  }
  return follow ? followRun(executionArn, stack) : { runId, status: 'RUNNING' };
}

async function redriveCount(sfn: SFNClient, executionArn: string): Promise<number> {
  return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).redriveCount ?? 0;
}

/**
 * @param comesAgain the user wants it although it will fail as before.
 * @throws UserError if a redrive can't be done, or does not help.
 */
function checkPlan(plan: RedrivePlan, comesAgain: boolean, { call }: Pick<ConnectedStack, 'call'>): void {
  const obstacle = obstacleOf(plan, call);
  if (obstacle) throw obstacle;
  const inVain = whyInVain(plan);
  if (inVain === undefined || comesAgain) return;
  throw new UserError(`${inVain}\nTo redrive it all the same: ${call(`redrive ${plan.runId} --yes`)}`);
}

/** Why a run can't be redriven. */
export function obstacleOf(plan: RedrivePlan, call: ConnectedStack['call']): UserError | undefined {
  const { runId, status, obstacle } = plan;
  return obstacle === undefined ? undefined : notRedrivable({ runId, status, reason: obstacle, call });
}

/** Why a redrive would fail as the run did; undefined if it may help. */
export function whyInVain({ runId, wayOut }: Pick<RedrivePlan, 'runId' | 'wayOut'>): string | undefined {
  const { remedy, errors } = wayOut;
  const [error] = errors;
  if (remedy === 'redrive' || !error) return undefined;
  const { name, meaning, whatToDo } = error;
  return `A redrive does not help run ${runId}, which failed with ${name}. ${meaning} ${whatToDo}`;
}

function notRedrivable({ runId, status, reason, call }: Obstacle): UserError {
  if (status === 'RUNNING') {
    return new UserError(
      `Run ${runId} is at work: there is nothing to redrive. To look at it: ${call(`watch ${runId}`)}`,
    );
  }
  const uploadAgain = 'To send its export once more, upload it again: rows that were synced cost no call.';
  if (status === 'SUCCEEDED') {
    return new UserError(
      `Run ${runId} succeeded: there is nothing to redrive. ${uploadAgain} Rows that it rejected: ${call(`rejected ${runId}`)}`,
    );
  }
  const why = reason.replace(/\.$/, '');
  return new UserError(`Run ${runId} can't be redriven: ${why}. ${uploadAgain}`);
}

interface Obstacle extends Pick<ConnectedStack, 'call'> {
  readonly runId: string;
  readonly status: string | undefined;
  /** Step Functions' own. */
  readonly reason: string;
}
