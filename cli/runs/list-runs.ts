import {
  type DescribeExecutionCommandOutput,
  type ExecutionStatus,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { WatchedRun } from '../../functions/watch-runs/night-runs.ts';

/** A run as the list of executions has it. Times are epoch milliseconds. */
export interface ListedRun extends WatchedRun {
  readonly redrivenAt?: number;
  /** Absent while it is at work. */
  readonly endedAt?: number;
}

export type RunStatus = ListedRun['status'];

/** As many as a page has room for: ListExecutions may be called a few times per second only. */
const PAGE_SIZE = 1_000;

/** Newest first by their start, as the service lists them; it does not say where a run stands that was redriven. */
export async function* listRuns(
  client: SFNClient,
  stateMachineArn: string,
  statusFilter?: RunStatus,
): AsyncGenerator<ListedRun> {
  const request = { stateMachineArn, maxResults: PAGE_SIZE, ...(statusFilter && { statusFilter }) };
  for await (const { executions = [] } of paginateListExecutions({ client }, request)) {
    for (const execution of executions) {
      const run = listedRun(execution);
      if (run) yield run;
    }
  }
}

/** Undefined of what is no run. */
export function listedRun({
  name = '',
  executionArn = '',
  status,
  startDate,
  stopDate,
  redriveDate,
}: Pick<DescribeExecutionCommandOutput, 'name' | 'executionArn' | 'status' | 'startDate' | 'stopDate' | 'redriveDate'>):
  | ListedRun
  | undefined {
  if (!isRunStatus(status)) return undefined;
  const startedAt = startDate?.getTime() ?? 0;
  const redrivenAt = redriveDate?.getTime();
  return {
    runId: name,
    executionArn,
    status,
    startedAt,
    begunAt: redrivenAt ?? startedAt,
    ...(redrivenAt !== undefined && { redrivenAt }),
    ...(stopDate && status !== 'RUNNING' && { endedAt: stopDate.getTime() }),
  };
}

/** The one status that is left belongs to chunks. */
export function isRunStatus(status: ExecutionStatus | undefined): status is RunStatus {
  return status !== undefined && status !== 'PENDING_REDRIVE';
}
