import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { type ChunkCounts, readChunkFailures } from '../../functions/shared/run-failure/chunk-failures.ts';
import type { RunError } from '../../functions/shared/run-failure/run-error.ts';
import { REDRIVABLE_DAYS, type WayOut, wayOut } from '../../functions/shared/run-failure/way-out.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import { readRunCounts } from '../../functions/shared/run-progress.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { findExecution } from './find-run.ts';
import { errorsOf } from './follow-run.ts';
import { type LaterRun, readLaterRuns } from './later-runs.ts';
import { isRunStatus, type RunStatus } from './list-runs.ts';

const DAY_MS = 86_400_000;

/** What a redrive of a run would do. Times are epoch milliseconds. */
export interface RedrivePlan {
  readonly runId: string;
  readonly executionArn: string;
  readonly status: RunStatus;
  readonly key: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Until when it can be redriven. */
  readonly until: number | undefined;
  /** Why Step Functions does not redrive it; undefined if it does. */
  readonly obstacle: string | undefined;
  readonly errors: readonly RunError[];
  /** If that is no redrive, some of the errors would come again. */
  readonly wayOut: WayOut;
  /** Undefined if it never came to its chunks. */
  readonly chunks: ChunkCounts | undefined;
  /** Rows with an outcome. */
  readonly rows: number;
  readonly totalRows: number | undefined;
  readonly laterRuns: readonly LaterRun[];
}

/**
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run.
 */
export async function readRedrivePlan(run: string, stack: ConnectedStack): Promise<RedrivePlan> {
  const { clients, outputs } = stack;
  const { runId, executionArn } = await findExecution(stack, run);
  const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const startedAt = execution.startDate?.getTime() ?? 0;
  const endedAt = execution.stopDate?.getTime();
  const known = {
    runId,
    executionArn,
    status: isRunStatus(execution.status) ? execution.status : 'RUNNING',
    key: exportOf(execution.input)?.key,
    startedAt,
    endedAt,
    until: endedAt === undefined ? undefined : endedAt + REDRIVABLE_DAYS * DAY_MS,
  } as const;
  if (execution.redriveStatus === 'NOT_REDRIVABLE') {
    const obstacle = execution.redriveStatusReason ?? 'Step Functions gives no reason';
    return {
      ...known,
      obstacle,
      errors: [],
      wayOut: wayOut([]),
      chunks: undefined,
      rows: 0,
      totalRows: undefined,
      laterRuns: [],
    };
  }
  const errors = await errorsOf(clients.sfn, executionArn, execution);
  const { rows, totalRows, exportTime } = await readRunCounts(clients.dynamo, outputs.RunTableName, runId);
  return {
    ...known,
    obstacle: undefined,
    errors,
    wayOut: wayOut(errors.map(({ name }) => name)),
    chunks: (await readChunkFailures(clients.sfn, executionArn))?.counts,
    rows,
    totalRows,
    laterRuns: await readLaterRuns({ ...known, exportTime }, stack),
  };
}
