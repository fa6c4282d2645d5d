import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumProgress } from '../../cli/run-progress.ts';
import { createRateMeter, secondsLeft } from '../../cli/run-rate.ts';
import type { ChunkProgress } from '../../functions/shared/contracts.ts';

const START = 1_800_000_000_000;

function attempt(over: Partial<ChunkProgress> = {}): ChunkProgress {
  return {
    chunk: 0,
    redrive: 0,
    retry: 0,
    rows: 10,
    synced: 10,
    unchanged: 0,
    stale: 0,
    rejected: 0,
    calls: 10,
    throttled: 0,
    startedAt: START,
    updatedAt: START + 2_000,
    ...over,
  };
}

describe('the progress of a run', () => {
  it("counts a chunk's rows once, from its furthest attempt, whatever order the attempts come in", () => {
    const attempts = [
      attempt({ retry: 0, rows: 4, synced: 4 }),
      attempt({ retry: 1, rows: 7, synced: 7 }),
      attempt({ redrive: 1, retry: 0, rows: 9, synced: 9 }),
      attempt({ redrive: 1, retry: 1, rows: 0, synced: 0 }),
      attempt({ chunk: 1, rows: 3, synced: 1, rejected: 2 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(attempts, { minLength: 5 }), (shuffled) => {
        expect(sumProgress(shuffled)).toMatchObject({ rows: 12, synced: 10, rejected: 2 });
      }),
    );
  });

  it('counts the calls of every attempt: each was spent', () => {
    const attempts = [attempt({ calls: 5, throttled: 5 }), attempt({ retry: 1, calls: 6, throttled: 1 })];
    expect(sumProgress(attempts)).toMatchObject({ calls: 11, throttled: 6 });
  });
});

describe('the rate of a run', () => {
  it('is steady at what workers do, though their notes come in bursts and chunks end', () => {
    const meter = createRateMeter();
    const rates: number[] = [];
    for (let now = START; now < START + 60_000; now += 500) {
      // Four workers, ten calls per second each, a chunk every seven seconds, a note every two.
      const attempts = [0, 1, 2, 3].flatMap((worker) =>
        Array.from({ length: Math.floor((now - START) / 7_000) + 1 }, (_, n) => {
          const startedAt = START + n * 7_000;
          const runningFor = Math.min(now - startedAt, 7_000);
          const noted = runningFor === 7_000 ? 7_000 : Math.floor(runningFor / 2_000) * 2_000;
          return attempt({
            chunk: n * 4 + worker,
            calls: noted / 100,
            startedAt,
            updatedAt: startedAt + noted,
            ...(noted === 7_000 && { ended: 'done' }),
          });
        }),
      );
      rates.push(meter(attempts, now));
    }
    for (const rate of rates.slice(30)) expect(rate).toBeCloseTo(40, 0);
  });

  it('is zero before there is anything to measure', () => {
    expect(createRateMeter()([], START)).toBe(0);
  });

  it('gives the time that is left once rows have outcomes', () => {
    const progress = { rows: 25, totalRows: 100, attempts: [attempt()] };
    expect(secondsLeft(progress, START + 10_000)).toBe(30);
    expect(secondsLeft({ ...progress, rows: 0 }, START + 10_000)).toBeUndefined();
  });
});
