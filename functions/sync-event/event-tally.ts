import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ClearResult } from '../shared/profiles/profile-clearer.ts';
import type { PutResult } from '../shared/profiles/profile-writer.ts';
import type { Outcome } from '../shared/sync/outcome.ts';

/** What became of the messages of one invocation. */
export class EventTally {
  synced = 0;
  unchanged = 0;
  stale = 0;
  rejected = 0;
  calls = 0;
  throttled = 0;
  clears = 0;
  throttledClears = 0;
  #limit: number | undefined;
  readonly #latencies: number[] = [];
  readonly #returnedAges: number[] = [];

  /** No event deletes. */
  add({ kind }: Outcome): void {
    if (kind !== 'deleted') this[kind] += 1;
  }

  addCall(result: PutResult['kind']): void {
    this.calls += 1;
    if (result === 'throttled') this.throttled += 1;
  }

  /** Fields of a profile were to be cleared. */
  addClear(result: ClearResult['kind']): void {
    this.clears += 1;
    if (result === 'throttled') this.throttledClears += 1;
  }

  /** @param milliseconds from the event's arrival in the queue until the service accepted it. */
  addLatency(milliseconds: number): void {
    this.#latencies.push(milliseconds);
  }

  /** @param milliseconds since the event's arrival in the queue. */
  addReturned(milliseconds: number): void {
    this.#returnedAges.push(milliseconds);
  }

  /** @param limit calls per second in force. */
  addLimit(limit: number): void {
    this.#limit = limit;
  }

  get returned(): number {
    return this.#returnedAges.length;
  }

  /** In CloudWatch's Embedded Metric Format, with the service as the only dimension. */
  addTo(metrics: Pick<Metrics, 'addMetric'>): void {
    metrics.addMetric('LiveEventsSynced', MetricUnit.Count, this.synced);
    metrics.addMetric('LiveEventsUnchanged', MetricUnit.Count, this.unchanged);
    metrics.addMetric('LiveEventsStale', MetricUnit.Count, this.stale);
    metrics.addMetric('LiveEventsRejected', MetricUnit.Count, this.rejected);
    metrics.addMetric('LiveEventsReturned', MetricUnit.Count, this.returned);
    metrics.addMetric('LiveCalls', MetricUnit.Count, this.calls);
    metrics.addMetric('LiveThrottledCalls', MetricUnit.Count, this.throttled);
    if (this.clears > 0) {
      metrics.addMetric('Clears', MetricUnit.Count, this.clears);
      metrics.addMetric('ThrottledClears', MetricUnit.Count, this.throttledClears);
    }
    if (this.#limit !== undefined) metrics.addMetric('RateLimit', MetricUnit.CountPerSecond, this.#limit);
    for (const age of this.#returnedAges) metrics.addMetric('LiveReturnedAge', MetricUnit.Seconds, age / 1_000);
    for (const latency of this.#latencies) metrics.addMetric('LiveLatency', MetricUnit.Milliseconds, latency);
  }
}
