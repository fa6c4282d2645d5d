import { DescribeStateMachineCommand, paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import { isOfNight } from '../shared/export/upload-folders.ts';
import { sealed } from '../shared/handler.ts';
import { readRunCounts } from '../shared/run-progress.ts';
import { logger } from '../shared/telemetry.ts';
import { firstExport, isDue, isExportExpected, isMendedBy, type WatchedRun } from './night-runs.ts';
import { projectedEnd } from './projected-end.ts';
import { createRunExports, type RunExports } from './run-exports.ts';
import { lastNight, type Schedule } from './schedule.ts';

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
  const exportOf = createRunExports(deps.sfn);

  /** One that can't be told is taken for an export: the night is not said to be without, and the run has a deadline. */
  async function isExport(run: WatchedRun): Promise<boolean> {
    const started = await exportOf(run);
    return started === undefined || isOfNight(started.key);
  }

  async function isLate(run: WatchedRun): Promise<boolean> {
    if (run.status === 'RUNNING') return ((await endOf(run, now, deps)) ?? now) > night.doneBy && isExport(run);
    return now > night.doneBy && (await isExport(run)) && !(await isMended(run, runs, exportOf));
  }

  const first = await firstExport(night, runs, isExport);
  if (!first) return { exportOverdue: isExportExpected(night, await creationOf(deps)), deadlineAtRisk: false };
  const due = runs.filter((run) => run.status !== 'SUCCEEDED' && isDue(night, run, first));
  return { exportOverdue: false, deadlineAtRisk: await isAny(due, isLate) };
}

/** One after the other, until one is: a night may have thousands of runs. */
async function isAny(runs: readonly WatchedRun[], is: (run: WatchedRun) => Promise<boolean>): Promise<boolean> {
  for (const run of runs) if (await is(run)) return true;
  return false;
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
    const progress = await readRunCounts(deps.dynamo, deps.runTable, run.runId);
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
