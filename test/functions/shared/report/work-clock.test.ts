import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIES_STILL_AFTER_MS, workClock, workSpans } from '../../../../functions/shared/report/work-clock.ts';
import { START } from '../../../helpers/attempt.ts';

const anyAttempts = fc.array(
  fc
    .record({ begin: fc.nat(10_000_000), length: fc.nat(400_000) })
    .map(({ begin, length }) => ({ startedAt: START + begin, updatedAt: START + begin + length })),
  { minLength: 1, maxLength: 20 },
);

describe('the time of a run at work', () => {
  it('leaves out when the run lay still, and nothing else', () => {
    fc.assert(
      fc.property(anyAttempts, (attempts) => {
        const { total, pauses } = workClock(workSpans(attempts));
        const begin = Math.min(...attempts.map(({ startedAt }) => startedAt));
        const end = Math.max(...attempts.map(({ updatedAt }) => updatedAt));
        expect(total + pauses.reduce((sum, { lasted }) => sum + lasted, 0)).toBe(end - begin);
        for (const { lasted } of pauses) expect(lasted).toBeGreaterThan(LIES_STILL_AFTER_MS);
      }),
    );
  });

  it('never runs backwards, and each attempt takes as long as it took', () => {
    fc.assert(
      fc.property(anyAttempts, (attempts) => {
        const { at, total } = workClock(workSpans(attempts));
        for (const { startedAt, updatedAt } of attempts) {
          expect(at(updatedAt) - at(startedAt)).toBe(updatedAt - startedAt);
          expect(at(startedAt)).toBeGreaterThanOrEqual(0);
          expect(at(updatedAt)).toBeLessThanOrEqual(total);
        }
      }),
    );
  });

  it('stands while the run lies still', () => {
    const day = 86_400_000;
    const clock = workClock([
      { from: START, until: START + 1_000 },
      { from: START + day, until: START + day + 500 },
    ]);
    expect([START - 5, START + 400, START + day / 2, START + day + 100, START + 2 * day].map(clock.at)).toEqual([
      0, 400, 1_000, 1_100, 1_500,
    ]);
    expect(clock.pauses).toEqual([{ after: 1_000, lasted: day - 1_000 }]);
  });
});
