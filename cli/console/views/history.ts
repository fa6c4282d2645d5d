import { findExecution } from '../../runs/find-run.ts';
import { listedRun } from '../../runs/list-runs.ts';
import type { HistoryView } from '../api.ts';
import { describeHistory } from '../history-text.ts';
import type { Host } from '../host.ts';
import { wholeNumberIn } from '../query.ts';
import { historyOf } from '../run-history.ts';
import { execution } from '../run-reads.ts';

const MAX_EVENTS = 10_000;

export async function historyView(host: Host, run: string, query: URLSearchParams): Promise<HistoryView> {
  const limit = wholeNumberIn(query, 'limit', { min: 1, max: MAX_EVENTS, otherwise: 50 });
  const { executionArn } = await findExecution(host.stack, run);
  const listed = listedRun(await execution(host, executionArn));
  const events = listed ? describeHistory(await historyOf(host, listed)) : [];
  return { events: events.slice(0, limit), hasMore: events.length > limit };
}
