import { DescribeExecutionCommand, ExecutionNotRedrivable, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { UserError } from '../user-error.ts';
import { findExecution } from './find-run.ts';
import { type FollowedStack, followRun, type RunResult, runIdOf } from './follow-run.ts';

/**
 * Runs again what did not succeed in a run, and follows it to its end.
 *
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run, or it can't be redriven.
 */
export async function redriveRun(run: string, stack: FollowedStack): Promise<RunResult> {
  const { sfn } = stack.clients;
  const { executionArn } = await findExecution(stack, run);
  try {
    await sfn.send(new RedriveExecutionCommand({ executionArn }));
  } catch (error) {
    if (!(error instanceof ExecutionNotRedrivable)) throw error;
    const { status, redriveStatusReason } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const reason = redriveStatusReason ?? error.message;
    throw new UserError(
      `Run ${runIdOf(executionArn)} is ${status}: ${reason}. To send an export once more, upload it again: rows that were synced cost no call.`,
    );
  }
  stack.stream.write(`Run ${runIdOf(executionArn)} redriven: only what did not succeed runs again.\n`);
  return followRun(executionArn, stack);
}
