import { MAX_OPEN_MS, MAX_REDRIVABLE_EVENTS, REDRIVABLE_MS } from '../states/limits.ts';
import type { ExecutionRow } from './queries.ts';

/** Whether an execution may be redriven, in the words of DescribeExecution; `reason`: why not. */
export function redriveStatus(execution: ExecutionRow, now = Date.now()): { status: string; reason?: string } {
  const reason = obstacle(execution, now);
  if (reason !== undefined) return { status: 'NOT_REDRIVABLE', reason };
  return { status: execution.mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}

function obstacle({ status, startDate, stopDate, eventCount }: ExecutionRow, now: number): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED' || status === 'PENDING_REDRIVE') {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (eventCount >= MAX_REDRIVABLE_EVENTS) return 'Execution history event limit exceeded';
  if (now - startDate >= MAX_OPEN_MS) return 'Execution has exceeded the max execution time';
  if (now - (stopDate ?? now) >= REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}
