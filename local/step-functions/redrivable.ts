import type { ExecutionRow } from './queries.ts';

/** Whether an execution may be redriven, in the words of DescribeExecution. */
export function redriveStatus({ status, mapRunArn }: ExecutionRow): { status: string; reason?: string } {
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return { status: 'NOT_REDRIVABLE', reason: `Execution is ${status} and cannot be redriven.` };
  }
  return { status: mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}
