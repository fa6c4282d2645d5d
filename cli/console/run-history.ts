import { type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import type { ListedRun } from '../runs/list-runs.ts';
import type { Host } from './host.ts';
import { goodFor, stateOf } from './run-reads.ts';

const PAGE_SIZE = 1_000;

/** All events of a run, oldest first, without data. They are few: its chunks have histories of their own. */
export function historyOf(host: Host, run: ListedRun): Promise<readonly HistoryEvent[]> {
  const { stack, recall } = host;
  return recall(`history ${stateOf(run)}`, goodFor(run, host), async () => {
    const request = { executionArn: run.executionArn, maxResults: PAGE_SIZE, includeExecutionData: false };
    const all: HistoryEvent[] = [];
    for await (const { events = [] } of paginateGetExecutionHistory({ client: stack.clients.sfn }, request)) {
      all.push(...events);
    }
    return all;
  });
}
