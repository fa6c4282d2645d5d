import { DescribeStateMachineCommand, paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import { sealed } from '../shared/handler.ts';
import { readRunProgress } from '../shared/run-progress.ts';
import { logger } from '../shared/telemetry.ts';
import { dueRuns, hasExport, isExportExpected, isMendedBy, type WatchedRun } from './night-runs.ts';
import { projectedEnd } from './projected-end.ts';
import { createRunExports, type RunExports } from './run-exports.ts';
import { lastNight, type Night, type Schedule } from './schedule.ts';

export interface WatchRunsDependencies {
  readonly sfn: SFNClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly stateMachineArn: string;
  readonly runTable: string;
  readonly schedule: Schedule;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is wrong with the night whose export was expected last. */
export interface WatchResult {
  /** No export has come. */
  readonly exportOverdue: boolean;
  /** A run was not done in time, or will not be if it goes on as lately. */
  readonly deadlineAtRisk: boolean;
}

/** Looks at the runs of the night whose export was expected last. */
export async function watchRuns(deps: WatchRunsDependencies): Promise<WatchResult> {
  const now = deps.clock.now();
  const night = lastNight(deps.schedule, now);
  const runs = await runsSince(deps, night.opensAt);
  return {
    exportOverdue: !hasExport(night, runs) && isExportExpected(night, await creationOf(deps)),
    deadlineAtRisk: await isAnyLate(night, runs, now, deps),
  };
}

/**
 * Epoch milliseconds. A system that can't be asked counts as old: an alarm too many in its first night is better than none in
 * all others.
 */
async function creationOf({ sfn, stateMachineArn }: WatchRunsDependencies): Promise<number> {
  try {
    const { creationDate } = await sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn, includedData: 'METADATA_ONLY' }),
    );
    return creationDate?.getTime() ?? 0;
  } catch (error) {
    logger.warn('How old the state machine is could not be read.', { error: sealed(error) });
    return 0;
  }
}

/** One run after the other, until one is late: a night may have thousands. */
async function isAnyLate(
  night: Night,
  runs: readonly WatchedRun[],
  now: number,
  deps: WatchRunsDependencies,
): Promise<boolean> {
  const exportOf = createRunExports(deps.sfn);
  for (const run of dueRuns(night, runs)) {
    if (run.status === 'SUCCEEDED') continue;
    const isLate =
      run.status === 'RUNNING'
        ? ((await endOf(run, now, deps)) ?? now) > night.doneBy
        : now > night.doneBy && !(await isMended(run, runs, exportOf));
    if (isLate) return true;
  }
  return false;
}

/**
 * Newest first, as the service lists them: older ones need not be read. It does not say where in the list a run stands that
 * was redriven, so an old one of these ends nothing.
 */
async function runsSince(
  { sfn, stateMachineArn }: WatchRunsDependencies,
  since: number,
): Promise<readonly WatchedRun[]> {
  const runs: WatchedRun[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
    for (const { name = '', executionArn = '', status, startDate, redriveDate } of executions) {
      const startedAt = startDate?.getTime() ?? 0;
      if (startedAt <= since && redriveDate) continue;
      if (startedAt <= since) return runs;
      // The one status that is left belongs to chunks.
      if (status === undefined || status === 'PENDING_REDRIVE') continue;
      runs.push({ runId: name, executionArn, status, startedAt, begunAt: redriveDate?.getTime() ?? startedAt });
    }
  }
  return runs;
}

/** One run that can't be looked at must not hide the others. */
async function endOf(run: WatchedRun, now: number, deps: WatchRunsDependencies): Promise<number | undefined> {
  try {
    const progress = await readRunProgress(deps.dynamo, deps.runTable, run.runId);
    return projectedEnd(progress, run.begunAt, now);
  } catch (error) {
    logger.warn('The progress of a run could not be read.', { runId: run.runId, error: sealed(error) });
    return undefined;
  }
}

/** Whether the same export succeeded in another run; another part of the night says nothing about this one. */
async function isMended(run: WatchedRun, runs: readonly WatchedRun[], exportOf: RunExports): Promise<boolean> {
  const missing = await exportOf(run);
  if (!missing) return false;
  for (const success of runs.filter(({ status }) => status === 'SUCCEEDED')) {
    const synced = await exportOf(success);
    if (synced && isMendedBy({ ...run, export: missing }, { ...success, export: synced })) return true;
  }
  return false;
}
