import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratePlan } from '../../../functions/shared/rate-plan.ts';

const quotas = fc.integer({ min: 5, max: 2_000 });
/** Seconds of SyncChunk's Lambda timeout. */
const TIMEOUT_S = 360;

describe('the rate plan', () => {
  it.each([0.2, 0.9, 3])('can saturate any quota at %s s per call', (latency) => {
    fc.assert(
      fc.property(quotas, (quota) => {
        const { maxConcurrency, maxCallsInFlight } = ratePlan(quota);
        expect((maxConcurrency * maxCallsInFlight) / latency).toBeGreaterThanOrEqual(quota);
      }),
    );
  });

  it('gives chunks that fit a worker at its share of the rate into one invocation', () => {
    fc.assert(
      fc.property(quotas, (quota) => {
        const { maxConcurrency, rowsPerChunk } = ratePlan(quota);
        expect(rowsPerChunk / (quota / maxConcurrency)).toBeLessThan(TIMEOUT_S * 0.9);
      }),
    );
  });

  it('reserves Lambdas for four runs side by side', () => {
    const { maxConcurrency, reservedConcurrency } = ratePlan(80);
    expect([maxConcurrency, reservedConcurrency]).toEqual([5, 20]);
  });

  it.each([
    [5, 2],
    [80, 8],
    [200, 18],
    [100_000, 1_000],
  ])(
    'lets live events alone use a quota of %i with %i batches at once, within what a poller may have',
    (quota, batches) => {
      expect(ratePlan(quota).liveConcurrency).toBe(batches);
    },
  );

  it.each([
    [4, undefined, 'The quota is 4'],
    [80.5, undefined, 'The quota is 80.5'],
    [Number.NaN, undefined, 'The quota is NaN'],
    [80, 41, 'The reserve for live events is 41'],
    [80, -1, 'The reserve for live events is -1'],
  ])('refuses quota %s with reserve %s in words', (quota, reserve, words) => {
    expect(() => ratePlan(quota, reserve)).toThrow(words);
  });

  it('refuses the quota of another API by its name', () => {
    const others = { UpdateProfile: { quota: 4, reserve: 0 } };
    expect(() => ratePlan(80, 8, others)).toThrow('The quota of UpdateProfile is 4');
  });
});
