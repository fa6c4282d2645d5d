import { describe, expect, it } from 'vitest';
import { createRateMeter } from '../../../cli/runs/run-rate.ts';
import { attempt, START } from '../../helpers/attempt.ts';

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

  it('is told of more attempts than a function takes arguments', () => {
    const attempts = Array.from({ length: 200_000 }, (_, chunk) => attempt({ chunk }));
    expect(createRateMeter()(attempts, START + 60_000)).toBe(0);
  });

  it('is zero before there is anything to measure', () => {
    expect(createRateMeter()([], START)).toBe(0);
  });
});
