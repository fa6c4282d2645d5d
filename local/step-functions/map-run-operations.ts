import { ApiError } from './api-error.ts';
import { requiredArn } from './arns.ts';
import type { Executions } from './executions.ts';
import { page, pageRequest } from './paging.ts';
import type { Operation } from './protocol.ts';
import type { MapRunRow, Queries } from './queries.ts';

export function mapRunOperations(executions: Executions, queries: Queries): Record<string, Operation> {
  return {
    ListMapRuns(params) {
      const { arn } = executions.get(requiredArn(params, 'executionArn', 'execution'));
      const request = pageRequest(params);
      const rows = queries.mapRuns(arn, request.after, request.size + 1);
      const { items, nextToken } = page(rows, request, ({ id }) => id);
      return { mapRuns: items.map(listItem), nextToken };
    },
    DescribeMapRun(params) {
      const arn = requiredArn(params, 'mapRunArn', 'mapRun');
      const run = queries.mapRun(arn);
      if (run === undefined) throw new ApiError('ResourceNotFound', `Resource not found: '${arn}'`);
      const { stateMachineArn: _, ...common } = listItem(run);
      const counts = countsOf(run, queries);
      return {
        ...common,
        status: run.status,
        maxConcurrency: run.maxConcurrency,
        toleratedFailurePercentage: 0,
        toleratedFailureCount: 0,
        // Without batches, each child has one item.
        itemCounts: counts,
        executionCounts: counts,
        redriveCount: run.redriveCount,
      };
    },
  };
}

function listItem({ arn, executionArn, machineArn, startDate, stopDate }: MapRunRow) {
  return {
    executionArn,
    mapRunArn: arn,
    stateMachineArn: machineArn,
    startDate: startDate / 1000,
    ...(stopDate !== undefined && { stopDate: stopDate / 1000 }),
  };
}

function countsOf(run: MapRunRow, queries: Queries) {
  const total = queries.itemCount(run);
  const counts = queries.childCounts(run);
  const started = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return {
    pending: total - started,
    running: counts.get('RUNNING') ?? 0,
    succeeded: counts.get('SUCCEEDED') ?? 0,
    failed: counts.get('FAILED') ?? 0,
    timedOut: counts.get('TIMED_OUT') ?? 0,
    aborted: counts.get('ABORTED') ?? 0,
    total,
    // There is no ResultWriter yet.
    resultsWritten: 0,
    failuresNotRedrivable: 0,
    pendingRedrive: 0,
  };
}
