import type { DatabaseSync } from 'node:sqlite';
import type { ExecutionRow, Queries } from './queries.ts';
import type { SqliteStore } from './store.ts';

const CAUSE = 'The process that ran this execution ended.';

/**
 * Ends as ABORTED what a process that died, or was closed, left RUNNING, children and Map Runs included, and returns
 * the parent executions among it.
 */
export function abortLeftRunning(database: DatabaseSync, store: SqliteStore, queries: Queries): ExecutionRow[] {
  const stopDate = Date.now();
  const left = queries.running();
  database.exec('BEGIN');
  for (const execution of left) {
    const { eventCount } = execution;
    const event = {
      id: eventCount + 1,
      previousEventId: eventCount,
      timestamp: stopDate,
      details: { cause: CAUSE },
      branch: '',
    };
    store.addEvent(execution.arn, { ...event, type: 'ExecutionAborted' });
    store.endExecution(execution.arn, { status: 'ABORTED', cause: CAUSE, stopDate });
  }
  for (const { arn } of queries.runningMapRuns()) store.endMapRun(arn, 'ABORTED', stopDate);
  database.exec('COMMIT');
  return left.filter(({ mapRunArn }) => mapRunArn === undefined);
}
