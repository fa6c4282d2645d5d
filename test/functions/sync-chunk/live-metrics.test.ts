import { describe, expect, it } from 'vitest';
import { createLiveMetrics } from '../../../functions/sync-chunk/live-metrics.ts';
import { CapturedMetrics, valuesOf } from '../../helpers/captured-metrics.ts';

function setUp(limit: () => number | undefined = () => 80) {
  let now = 0;
  const metrics = new CapturedMetrics();
  const live = createLiveMetrics({ metrics, clock: { now: () => now }, limit });
  const callAfter = (seconds: number, result: 'accepted' | 'throttled') => {
    now += seconds * 1_000;
    live.addCall(result);
  };
  return { metrics, live, callAfter };
}

describe('live metrics', () => {
  it('come every twenty seconds, each call in one of them', () => {
    const { metrics, live, callAfter } = setUp();
    for (let second = 1; second <= 50; second += 1) callAfter(1, second % 5 === 0 ? 'throttled' : 'accepted');
    live.end();
    const published = metrics.take();
    expect(valuesOf(published, 'BatchCalls')).toEqual([20, 20, 10]);
    expect(valuesOf(published, 'BatchThrottledCalls')).toEqual([4, 4, 2]);
    expect(valuesOf(published, 'RateLimit')).toEqual([80, 80, 80]);
  });

  it('tell of clearings only where there are any', () => {
    const { metrics, live, callAfter } = setUp();
    live.addClear('cleared');
    live.addClear('throttled');
    for (const seconds of [20, 1]) callAfter(seconds, 'accepted');
    live.end();
    const published = metrics.take();
    expect(valuesOf(published, 'Clears')).toEqual([2]);
    expect(valuesOf(published, 'ThrottledClears')).toEqual([1]);
    live.addClear('notFound');
    live.end();
    expect(valuesOf(metrics.take(), 'Clears')).toEqual([1]);
  });

  it('of a chunk without a call are the limit alone', () => {
    const { metrics, live } = setUp();
    live.end();
    expect(metrics.take()).toMatchObject([{ name: 'RateLimit', value: 80 }]);
  });

  it('of a worker that never reached the budget are none', () => {
    const { metrics, live } = setUp(() => undefined);
    live.end();
    expect(metrics.take()).toEqual([]);
  });
});
