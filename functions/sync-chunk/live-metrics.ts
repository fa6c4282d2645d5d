import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Clock } from '../shared/clock.ts';
import type { DeleteResult } from '../shared/profiles/customer-deleter.ts';
import type { ClearResult } from '../shared/profiles/profile-clearer.ts';
import type { PutResult } from '../shared/profiles/profile-writer.ts';
import { logger } from '../shared/telemetry.ts';

/** Milliseconds between two publications of one worker: several in each of CloudWatch's minutes, few lines of log. */
const PUBLISH_EVERY_MS = 20_000;

/** What a worker calls while it is at it: alarms and the dashboard can't wait for the end of a run. */
export interface LiveMetrics {
  addCall(result: PutResult['kind']): void;
  /** Fields of a profile were to be cleared. */
  addClear(result: ClearResult['kind']): void;
  /** A customer was to be deleted. */
  addDelete(result: DeleteResult['kind']): void;
  /** Publishes what is not yet published. */
  end(): void;
}

export function createLiveMetrics(options: {
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Calls per second in force, as far as the worker knows. */
  readonly limit: () => number | undefined;
}): LiveMetrics {
  const { metrics, clock } = options;
  let calls = 0;
  let throttled = 0;
  let clears = 0;
  let throttledClears = 0;
  let deletes = 0;
  let throttledDeletes = 0;
  let publishedAt = clock.now();

  /** Metrics are worth less than the chunk: what can't be published is logged and left out. */
  function publish(): void {
    publishedAt = clock.now();
    const limit = options.limit();
    try {
      if (calls > 0) {
        metrics.addMetric('BatchCalls', MetricUnit.Count, calls);
        metrics.addMetric('BatchThrottledCalls', MetricUnit.Count, throttled);
      }
      if (clears > 0) {
        metrics.addMetric('Clears', MetricUnit.Count, clears);
        metrics.addMetric('ThrottledClears', MetricUnit.Count, throttledClears);
      }
      if (deletes > 0) {
        metrics.addMetric('Deletes', MetricUnit.Count, deletes);
        metrics.addMetric('ThrottledDeletes', MetricUnit.Count, throttledDeletes);
      }
      if (limit !== undefined) metrics.addMetric('RateLimit', MetricUnit.CountPerSecond, limit);
      if (calls > 0 || clears > 0 || deletes > 0 || limit !== undefined) metrics.publishStoredMetrics();
    } catch (error) {
      logger.warn('Live metrics could not be published.', { error: error instanceof Error ? error.name : 'unknown' });
    }
    calls = 0;
    throttled = 0;
    clears = 0;
    throttledClears = 0;
    deletes = 0;
    throttledDeletes = 0;
  }

  function publishInTime(): void {
    if (clock.now() - publishedAt >= PUBLISH_EVERY_MS) publish();
  }

  return {
    addCall(result) {
      calls += 1;
      if (result === 'throttled') throttled += 1;
      publishInTime();
    },
    addClear(result) {
      clears += 1;
      if (result === 'throttled') throttledClears += 1;
      publishInTime();
    },
    addDelete(result) {
      deletes += 1;
      if (result === 'throttled') throttledDeletes += 1;
      publishInTime();
    },
    end: publish,
  };
}
