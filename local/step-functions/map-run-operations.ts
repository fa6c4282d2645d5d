import type { Machinery } from '../states/machinery.ts';
import { ApiError } from './api-error.ts';
import { requiredArn } from './arns.ts';
import type { Executions } from './executions.ts';
import { page, pageRequest } from './paging.ts';
import type { Operation } from './protocol.ts';
import type { MapRunRow, Queries } from './queries.ts';
import { redriveStatus } from './redrivable.ts';
import type { SqliteStore } from './store.ts';

export function mapRunOperations(
  executions: Executions,
  store: SqliteStore,
  queries: Queries,
  children: Machinery['children'],
): Record<string, Operation> {
  const get = (arn: string) => {
    const run = queries.mapRun(arn);
    if (run === undefined) throw new ApiError('ResourceNotFound', `Resource not found: '${arn}'`);
    return run;
  };
  return {
    ListMapRuns(params) {
      const { arn } = executions.get(requiredArn(params, 'executionArn', 'execution'));
      const request = pageRequest(params);
      const rows = queries.mapRuns(arn, request.after, request.size + 1);
      const { items, nextToken } = page(rows, request, ({ id }) => id);
      return { mapRuns: items.map(listItem), nextToken };
    },
    DescribeMapRun(params) {
      const run = get(requiredArn(params, 'mapRunArn', 'mapRun'));
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
        ...(run.redriveDate !== undefined && { redriveDate: run.redriveDate / 1000 }),
      };
    },
    UpdateMapRun(params) {
      const { arn } = get(requiredArn(params, 'mapRunArn', 'mapRun'));
      const pool = children.get(arn);
      if (pool === undefined) throw new ApiError('ValidationException', `The Map Run '${arn}' is not running.`);
      if (params.has('toleratedFailureCount') || params.has('toleratedFailurePercentage')) {
        throw new ApiError('ValidationException', 'The embedded Step Functions tolerates no failures.');
      }
      const maxConcurrency = params.integer('maxConcurrency', 0, Number.MAX_SAFE_INTEGER);
      if (maxConcurrency === undefined) return {};
      store.limitMapRun(arn, maxConcurrency);
      pool.limitTo(maxConcurrency);
      return {};
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
    failuresNotRedrivable: queries.unsuccessfulChildren(run.arn).filter((child) => redriveStatus(child).reason).length,
    pendingRedrive: counts.get('PENDING_REDRIVE') ?? 0,
  };
}
