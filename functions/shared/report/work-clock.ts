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

/** The time in which at least one worker was at work. */
export function secondsAtWork(attempts: readonly Pick<ChunkProgress, 'startedAt' | 'updatedAt'>[]): number {
  let [worked, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { startedAt, updatedAt } of attempts.toSorted((a, b) => a.startedAt - b.startedAt)) {
    worked += Math.max(0, updatedAt - Math.max(startedAt, until));
    until = Math.max(until, updatedAt);
  }
  return worked / 1000;
}

/** The time of a run without those in which it lay still: what charts have on their axis. */
export interface WorkClock {
  /** Milliseconds at work until that moment, epoch milliseconds. */
  readonly at: (time: number) => number;
  /** Milliseconds at work in all. */
  readonly total: number;
  /** Where the run lay still: after how many milliseconds at work, and how long. */
  readonly pauses: readonly { readonly after: number; readonly lasted: number }[];
}

/** @param spans in order, as `workSpans` has them. */
export function workClock(spans: readonly Span[]): WorkClock {
  let total = 0;
  const begun = spans.map(({ from, until }) => {
    const after = total;
    total += until - from;
    return { from, until, after };
  });
  const at = (time: number): number => {
    const span = begun.findLast(({ from }) => from <= time);
    return span ? span.after + Math.min(time, span.until) - span.from : 0;
  };
  const pauses = begun
    .slice(1)
    .map(({ from, after }, index) => ({ after, lasted: from - (begun[index]?.until ?? from) }));
  return { at, total, pauses };
}
