import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  paginateListExecutions,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type FollowOptions, followRun, type RunResult, runIdOf } from './follow-run.ts';
import { UserError } from './user-error.ts';

/**
 * Runs again what did not succeed in a run, and follows it to its end.
 *
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run, or it can't be redriven.
 */
export async function redriveRun(run: string, options: FollowOptions): Promise<RunResult> {
  const { sfn } = options.clients;
  const executionArn = await findByName(sfn, options.outputs.StateMachineArn, run);
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
  options.stream.write(`Run ${runIdOf(executionArn)} redriven: only what did not succeed runs again.\n`);
  return followRun(executionArn, options);
}

async function findByName(sfn: SFNClient, stateMachineArn: string, run: string): Promise<string> {
  const found: string[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
    for (const { name, executionArn } of executions) {
      if (name === run && executionArn) return executionArn;
      if (name?.startsWith(run) && executionArn) found.push(executionArn);
    }
  }
  const [executionArn, ...others] = found;
  if (!executionArn) throw new UserError(`There is no run ${run}. Give the name of a run, or the beginning of it.`);
  if (others.length > 0) {
    throw new UserError(
      `${found.length} runs begin with ${run}. Give more of the name: ${found.map(runIdOf).join(', ')}`,
    );
  }
  return executionArn;
}
