import { DescribeExecutionCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { type RunProgress, readRunCounts } from '../../functions/shared/run-progress.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { count, duration } from '../output/words.ts';
import { UserError } from '../user-error.ts';
import { findExecution } from './find-run.ts';
import { isRunStatus, type RunStatus } from './list-runs.ts';
import { stateWord } from './run-state.ts';
import { untilEnded } from './started-run.ts';

/** Milliseconds that a worker goes on after its run was stopped or failed, at most: the time-out of SyncChunk. */
export const WORKERS_END_WITHIN_MS = 360_000;

export interface StoppedRun {
  readonly runId: string;
  /** ABORTED, unless the run ended by itself at that moment. */
  readonly status: RunStatus;
  readonly progress: RunProgress;
}

/**
 * Stops a run at work and waits until it has ended.
 *
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run, or it is not at work.
 */
export async function stopRun(run: string, stack: ConnectedStack): Promise<StoppedRun> {
  const { clients, outputs, clock, call } = stack;
  const { runId, executionArn } = await findExecution(stack, run);
  const { status: before } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (before !== 'RUNNING') {
    const state = isRunStatus(before) ? stateWord(before) : before;
    throw new UserError(
      `Run ${runId} has ended: ${state}. Only a run at work can be stopped; those are: ${call('runs --state running')}`,
    );
  }
  await stopExecution(clients.sfn, executionArn);
  const { status } = await untilEnded(clients.sfn, executionArn, clock, async () => {});
  const progress = await readRunCounts(clients.dynamo, outputs.RunTableName, runId);
  return { runId, status: isRunStatus(status) ? status : 'ABORTED', progress };
}

export async function stopExecution(client: SFNClient, executionArn: string): Promise<void> {
  await client.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'Stopped by the user.' }));
}

export function describeStopped(
  { runId, status, progress }: StoppedRun,
  { call }: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const { rows, totalRows = null, synced, unchanged, stale, rejected, deleted } = progress;
  const counts = { rows, totalRows, synced, unchanged, stale, rejected, ...(deleted && { deleted }) };
  const json = { runId, status, ...counts };
  if (status !== 'ABORTED') return { text: `Run ${runId} ended by itself: ${stateWord(status)}.`, json };
  const done =
    totalRows === null
      ? 'Its export was not cut into chunks yet: nothing was sent.'
      : `${count(rows)} of ${count(totalRows)} rows have an outcome, and what was synced is kept. Workers that were at work end what they have begun, in ${duration(WORKERS_END_WITHIN_MS / 1_000)} at most.`;
  return { text: `Run ${runId} is stopped. ${done}\nTo go on with the rest: ${call(`redrive ${runId}`)}`, json };
}
