import { ApiError } from '../json-protocol.ts';
import type { Machinery } from '../states/machinery.ts';
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
  running: Machinery['mapRuns'],
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
      return {
        ...common,
        status: run.status,
        maxConcurrency: run.maxConcurrency,
        toleratedFailurePercentage: run.tolerance.percentage ?? 0,
        toleratedFailureCount: run.tolerance.count ?? 0,
        itemCounts: countsOf(
          queries.itemCounts(run.arn),
          run,
          queries,
          (child) => store.childInput(run.arn, child).items,
        ),
        executionCounts: countsOf(queries.childCounts(run.arn), run, queries, () => 1),
        redriveCount: run.redriveCount,
        ...(run.redriveDate !== undefined && { redriveDate: run.redriveDate / 1000 }),
      };
    },
    UpdateMapRun(params) {
      const { arn, ...run } = get(requiredArn(params, 'mapRunArn', 'mapRun'));
      const controls = running.get(arn);
      if (controls === undefined) throw new ApiError('ValidationException', `The Map Run '${arn}' is not running.`);
      const maxConcurrency = params.integer('maxConcurrency', 0, Number.MAX_SAFE_INTEGER) ?? run.maxConcurrency;
      const tolerance = {
        count: params.integer('toleratedFailureCount', 0, Number.MAX_SAFE_INTEGER) ?? run.tolerance.count,
        percentage: params.number('toleratedFailurePercentage', 0, 100) ?? run.tolerance.percentage,
      };
      store.changeMapRun(arn, maxConcurrency, tolerance);
      controls.tolerate(tolerance);
      controls.limitTo(maxConcurrency);
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

function countsOf(
  counts: ReadonlyMap<string, number>,
  run: MapRunRow,
  queries: Queries,
  weight: (itemIndex: number) => number,
) {
  const of = (status: string) => counts.get(status) ?? 0;
  const lost = queries.unsuccessfulChildren(run.arn).filter((child) => redriveStatus(child).reason);
  return {
    pending: of('PENDING'),
    running: of('RUNNING'),
    succeeded: of('SUCCEEDED'),
    failed: of('FAILED'),
    timedOut: of('TIMED_OUT'),
    aborted: of('ABORTED'),
    total: [...counts.values()].reduce((sum, n) => sum + n, 0),
    // What a ResultWriter wrote is not counted.
    resultsWritten: 0,
    failuresNotRedrivable: lost.reduce((sum, { itemIndex = 0 }) => sum + weight(itemIndex), 0),
    pendingRedrive: of('PENDING_REDRIVE'),
  };
}
