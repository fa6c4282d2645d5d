import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkProgress } from '../../../functions/shared/contracts.ts';
import { type RunProgress, sumProgress } from '../../../functions/shared/run-progress.ts';
import { projectedEnd } from '../../../functions/watch-runs/projected-end.ts';
import { attempt, START } from '../../helpers/attempt.ts';

const MINUTE = 60_000;

function progressOf(totalRows: number | undefined, attempts: readonly ChunkProgress[]): RunProgress {
  return { totalRows, totalChunks: 1, ...sumProgress(attempts), attempts };
}

/** Minutes from the start until the end that is projected in a given minute. */
function endOf(totalRows: number | undefined, minute: number, attempts: readonly ChunkProgress[], begunMinute = 0) {
  const end = projectedEnd(progressOf(totalRows, attempts), START + begunMinute * MINUTE, START + minute * MINUTE);
  return end === undefined ? undefined : (end - START) / MINUTE;
}

/** An attempt that had so many rows done from one minute to another. */
function work(rows: number, from: number, to: number, over: Partial<ChunkProgress> = {}): ChunkProgress {
  return attempt({ rows, synced: rows, startedAt: START + from * MINUTE, updatedAt: START + to * MINUTE, ...over });
}

describe('the projected end of a run', () => {
  it('is when the rows left are done at the rate of now', () => {
    expect(endOf(1_000, 4, [work(100, 0, 4), work(100, 0, 4, { chunk: 1 })])).toBe(4 + 800 / 50);
  });

  it('follows the last ten minutes, not the whole run', () => {
    const fast = work(9_000, 0, 90);
    const slow = work(100, 90, 100, { chunk: 1 });
    expect(endOf(10_100, 100, [fast, slow])).toBe(100 + 1_000 / 10);
  });

  it('is never, if nothing moved in the last ten minutes', () => {
    expect(endOf(1_000, 30, [work(100, 0, 4)])).toBe(Number.POSITIVE_INFINITY);
  });

  it('is now, if every row has its outcome', () => {
    expect(endOf(100, 30, [work(100, 0, 4)])).toBe(30);
  });

  it.each([
    ['before the export is cut', undefined, 5, []],
    ['before a chunk begins', 1_000, 5, []],
    ['in the first minute of work', 1_000, 5, [work(1, 4.5, 5)]],
  ] as const)('is unknown %s', (_, rows, minute, attempts) => {
    expect(endOf(rows, minute, attempts)).toBeUndefined();
  });

  it('is told sooner to whom it may change soon', () => {
    const progress = progressOf(1_000, [work(100, 0, 0.5)]);
    expect(projectedEnd(progress, START, START + MINUTE / 2)).toBeUndefined();
    expect(projectedEnd(progress, START, START + MINUTE / 2, MINUTE / 2)).toBe(START + MINUTE / 2 + 4.5 * MINUTE);
  });

  it('counts from the first chunk, however long the export took to be cut', () => {
    expect(endOf(1_000, 17, [work(100, 15, 17)])).toBe(17 + 900 / 50);
  });

  it('counts what an attempt adds, not what an earlier one had done already', () => {
    const attempts = [work(80, 0, 2), work(100, 2, 4, { retry: 1 })];
    expect(endOf(1_000, 4, attempts)).toBe(4 + 900 / 25);
  });

  it('counts from the redrive, not over the time in which the run lay still', () => {
    const attempts = [work(100, 0, 4), work(50, 200, 202, { redrive: 1, chunk: 1 })];
    expect(endOf(1_000, 202, attempts, 199)).toBe(202 + 850 / 25);
  });

  it('comes no later if more is done', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 400 }), (rows, more) => {
        const less = endOf(1_000, 5, [work(rows, 0, 5)]) ?? 0;
        expect(endOf(1_000, 5, [work(rows + more, 0, 5)])).toBeLessThanOrEqual(less);
      }),
    );
  });
});
