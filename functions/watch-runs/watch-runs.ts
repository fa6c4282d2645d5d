import { DescribeExecutionCommand, paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import { sealed } from '../shared/handler.ts';
import { exportOf } from '../shared/run-input.ts';
import { readRunProgress } from '../shared/run-progress.ts';
import { logger } from '../shared/telemetry.ts';
import { dueRuns, isExportOverdue, laterSuccesses, type WatchedRun } from './night-runs.ts';
import { projectedEnd } from './projected-end.ts';
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
  const isLate = await Promise.all(dueRuns(night, runs).map((run) => willBeLate(run, runs, night, now, deps)));
  return { exportOverdue: isExportOverdue(night, runs), deadlineAtRisk: isLate.includes(true) };
}

/** Newest first, as the service lists them: older ones need not be read. */
async function runsSince(
  { sfn, stateMachineArn }: WatchRunsDependencies,
  since: number,
): Promise<readonly WatchedRun[]> {
  const runs: WatchedRun[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
    for (const { name = '', executionArn = '', status, startDate, redriveDate } of executions) {
      const startedAt = startDate?.getTime() ?? 0;
      if (startedAt <= since) return runs;
      // The one status that is left belongs to chunks.
      if (status === undefined || status === 'PENDING_REDRIVE') continue;
      runs.push({ runId: name, executionArn, status, startedAt, begunAt: redriveDate?.getTime() ?? startedAt });
    }
  }
  return runs;
}

async function willBeLate(
  run: WatchedRun,
  runs: readonly WatchedRun[],
  { doneBy }: Night,
  now: number,
  deps: WatchRunsDependencies,
): Promise<boolean> {
  if (run.status === 'SUCCEEDED') return false;
  if (run.status === 'RUNNING') return ((await endOf(run, now, deps)) ?? now) > doneBy;
  return now > doneBy && !(await isMended(run, runs, deps.sfn));
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

/** Whether the same export succeeded in a later run; another part of the night says nothing about this one. */
async function isMended(run: WatchedRun, runs: readonly WatchedRun[], sfn: SFNClient): Promise<boolean> {
  const later = laterSuccesses(run, runs);
  if (later.length === 0) return false;
  const name = await exportNameOf(run, sfn);
  for (const each of later) {
    if (name !== undefined && (await exportNameOf(each, sfn)) === name) return true;
  }
  return false;
}

async function exportNameOf({ runId, executionArn }: WatchedRun, sfn: SFNClient): Promise<string | undefined> {
  try {
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const started = exportOf(input);
    return started && `${started.bucket}/${started.key}`;
  } catch (error) {
    logger.warn('A run could not be described.', { runId, error: sealed(error) });
    return undefined;
  }
}
