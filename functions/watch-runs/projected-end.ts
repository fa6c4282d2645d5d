import type { ChunkProgress } from '../shared/contracts.ts';
import type { RunProgress } from '../shared/run-progress.ts';

/** Milliseconds that the live rate looks back: longer than a worker's backoff of a minute, short enough to see a stop. */
const LOOKS_BACK_MS = 600_000;
/** Milliseconds of work before which no rate can be told that an alarm may go by. */
const TOO_SHORT_MS = 60_000;

/**
 * When a run at work will have an outcome for every row if it goes on as lately, epoch milliseconds; infinite if it stands
 * still. Undefined while nothing can be told: the export is not cut yet, or its chunks have hardly begun.
 *
 * @param begunAt when the run started, or was redriven last.
 * @param tooShort milliseconds of work before which nothing is told.
 */
export function projectedEnd(
  progress: RunProgress,
  begunAt: number,
  now: number,
  tooShort: number = TOO_SHORT_MS,
): number | undefined {
  const { totalRows, rows, attempts } = progress;
  if (totalRows === undefined) return undefined;
  if (rows >= totalRows) return now;
  const workBegan = attempts.reduce(
    (first, { startedAt }) => (startedAt >= begunAt ? Math.min(first, startedAt) : first),
    Number.POSITIVE_INFINITY,
  );
  const from = Math.max(now - LOOKS_BACK_MS, workBegan);
  if (now - from < tooShort) return undefined;
  const perMs = rowsDone(attempts, from, now) / (now - from);
  return perMs > 0 ? now + (totalRows - rows) / perMs : Number.POSITIVE_INFINITY;
}

/** Rows that got their outcome in a time. An attempt begins again with all rows of its chunk; only what it adds counts. */
function rowsDone(attempts: readonly ChunkProgress[], from: number, to: number): number {
  const done = new Map<number, number>();
  let sum = 0;
  for (const { chunk, rows, startedAt, updatedAt } of attempts.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const before = done.get(chunk) ?? 0;
    done.set(chunk, Math.max(before, rows));
    // As if the attempt had been as fast all the time.
    const overlap = Math.max(0, Math.min(updatedAt, to) - Math.max(startedAt, from));
    sum += (Math.max(0, rows - before) * overlap) / Math.max(1, updatedAt - startedAt);
  }
  return sum;
}
