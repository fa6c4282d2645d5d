import { readDeadline } from '../runs/deadline.ts';
import type { ListedRun } from '../runs/list-runs.ts';
import { endOf } from '../runs/live-status.ts';
import type { Host } from './host.ts';
import { FOREVER, progressOf, rateNow } from './run-reads.ts';

/** When a run at work will be done, and by when it must be. Times are epoch milliseconds. */
export interface Prospects {
  readonly at: number;
  /** As `LiveStatus.endsAt`: infinite if it stands still. */
  readonly endsAt: number | undefined;
  readonly deadline: number | undefined;
}

/** @param key of its export; undefined if its input names none. */
export async function prospectsOf(
  host: Host,
  { runId, startedAt, begunAt }: ListedRun,
  key: string | undefined,
): Promise<Prospects> {
  const { stack, recall } = host;
  const deadline = await recall(`deadline ${runId}`, FOREVER, () => readDeadline({ startedAt, key }, stack));
  const progress = await progressOf(host, runId);
  const rate = await rateNow(host);
  const at = stack.clock.now();
  return { at, endsAt: endOf(progress, rate, begunAt, at), deadline };
}
