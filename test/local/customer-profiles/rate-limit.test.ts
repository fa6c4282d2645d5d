import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../local/customer-profiles/rate-limit.ts';
import { DEFAULT_SETTINGS } from '../../../local/customer-profiles/settings.ts';
import { failure, startProfiles } from './profiles-fixture.ts';

describe('the token bucket', () => {
  it('lets at most rate x (w + depth) calls through in any w seconds', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 2, max: 200 }), fc.constantFrom(0.5, 1, 2), (gapsMs, rate, depth) => {
        const bucket = new TokenBucket();
        let now = 0;
        const taken: number[] = [];
        for (const gap of gapsMs) {
          now += gap;
          if (bucket.take(now, rate, depth) > 0) taken.push(now);
        }
        for (const [first, start] of taken.entries()) {
          for (const [last, end] of taken.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(rate * ((end - start) / 1000 + depth) + 1e-6);
          }
        }
      }),
    );
  });

  it('holds the rate exactly under steady pressure', () => {
    const bucket = new TokenBucket();
    const taken = Array.from({ length: 10_000 }, (_, ms) => bucket.take(ms, 100, 0.5)).filter(
      (taken) => taken > 0,
    ).length;
    expect(taken).toBe(50 + 999);
  });

  it('follows a changed rate from the next call on, and always lets one call through in the end', () => {
    const bucket = new TokenBucket();
    expect([
      bucket.take(0, 1, 0.5),
      bucket.take(0, 1, 0.5),
      bucket.take(999, 1, 0.5),
      bucket.take(1000, 1, 0.5),
    ]).toEqual([1, 0, 0, 1]);
    expect([bucket.take(1010, 100, 0.5), bucket.take(1010, 100, 0.5)]).toEqual([1, 0]);
  });
});

describe('the other operations', () => {
  it('have rates of their own, which PutProfileObject does not share', async () => {
    // So slow that no token comes back during the test.
    const profiles = await startProfiles({
      otherRatesPerSecond: { SearchProfiles: 3e-6 },
      bucketDepthSeconds: 1e6,
    });
    const searches = Array.from({ length: 5 }, () => failure(profiles.search('customerKey', ['nobody'])));
    const results = await Promise.all(searches);
    expect(results.filter((result) => result === 'no error')).toHaveLength(3);
    expect(results).toContainEqual({ name: 'ThrottlingException', status: 429 });
    expect(await failure(profiles.put({ customerId: 'A' }))).toBe('no error');
    expect(profiles.service().stats()).toMatchObject({ calls: 1, throttled: 0 });
    await profiles.end();
  });

  it("start with the service's own limits", () => {
    expect(DEFAULT_SETTINGS).toMatchObject({
      putRatePerSecond: 100,
      otherRatesPerSecond: {
        SearchProfiles: 100,
        ListProfileObjects: 100,
        DeleteProfileObject: 100,
        UpdateProfile: 100,
        GetProfileObjectType: 10,
      },
    });
  });
});

describe('PutProfileObject over the rate', () => {
  let profiles: Awaited<ReturnType<typeof startProfiles>>;
  beforeAll(async () => {
    // So slow that no token comes back during the test.
    profiles = await startProfiles({ putRatePerSecond: 6e-6, bucketDepthSeconds: 1e6 });
  });
  afterAll(() => profiles.end());

  it('is throttled with 429 and stores nothing; the counters say how often', async () => {
    const calls = Array.from({ length: 10 }, (_, n) => failure(profiles.put({ customerId: `T${n}` })));
    const results = await Promise.all(calls);
    expect(results.filter((result) => result === 'no error')).toHaveLength(6);
    expect(results).toContainEqual({ name: 'ThrottlingException', status: 429 });
    const stored = await profiles.search(
      'customerKey',
      results.map((_, n) => `T${n}`),
    );
    expect(stored).toHaveLength(6);

    const { perSecond, faults, ...totals } = profiles.service().stats();
    expect(totals).toEqual({ calls: 10, throttled: 4, accepted: 6, unmatched: 0 });
    // The rate throttled them, not a fault.
    expect(faults.throttled).toBe(0);
    expect(perSecond.reduce((sum, { calls }) => sum + calls, 0)).toBe(10);
    expect(perSecond.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(4);
  });

  it('is let through again after the rate was raised', async () => {
    expect(await failure(profiles.put({ customerId: 'later' }))).toMatchObject({ status: 429 });
    profiles.service().configure({ putRatePerSecond: 1e9 });
    expect(await failure(profiles.put({ customerId: 'later' }))).toBe('no error');
  });
});
