import type { ChunkProgress } from '../contracts.ts';

/**
 * Milliseconds without any worker after which a run counts as lying still: longer than Step Functions waits between two
 * attempts, so that only what lies between the end of a run and its redrive is one.
 */
export const LIES_STILL_AFTER_MS = 90_000;

/** A stretch of time, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** When workers were at work on a run: one span, and one more for each time that it lay still in between. */
export function workSpans(attempts: readonly Pick<ChunkProgress, 'startedAt' | 'updatedAt'>[]): readonly Span[] {
  const spans: { from: number; until: number }[] = [];
  for (const { startedAt, updatedAt } of attempts.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const last = spans.at(-1);
    if (last && startedAt - last.until <= LIES_STILL_AFTER_MS) last.until = Math.max(last.until, updatedAt);
    else spans.push({ from: startedAt, until: Math.max(startedAt, updatedAt) });
  }
  return spans;
}
