import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunSummary } from '../shared/contracts.ts';

/**
 * The metrics of a run, in CloudWatch's Embedded Metric Format. The service is their only dimension: one per run would
 * make new metrics each night, which no alarm could name.
 */
export function addRunMetrics(metrics: Pick<Metrics, 'addMetric'>, summary: RunSummary): void {
  metrics.addMetric('RowsSynced', MetricUnit.Count, summary.synced);
  metrics.addMetric('RowsUnchanged', MetricUnit.Count, summary.unchanged);
  metrics.addMetric('RowsStale', MetricUnit.Count, summary.stale);
  metrics.addMetric('RowsRejected', MetricUnit.Count, summary.rejected);
  metrics.addMetric('RejectedShare', MetricUnit.Percent, summary.rejectedShare * 100);
  metrics.addMetric('NotCleared', MetricUnit.Count, summary.notCleared);
  if (summary.deletes) metrics.addMetric('RowsDeleted', MetricUnit.Count, summary.deleted ?? 0);
  if (summary.cleared) metrics.addMetric('Cleared', MetricUnit.Count, summary.cleared);
  metrics.addMetric('Calls', MetricUnit.Count, summary.calls);
  metrics.addMetric('ThrottledCalls', MetricUnit.Count, summary.throttled);
  metrics.addMetric('ChunkRetries', MetricUnit.Count, summary.retries);
  metrics.addMetric('RunSeconds', MetricUnit.Seconds, summary.seconds);
  // A run whose rows do not add up fails yet; ReportFailure emits the 1.
  if (summary.accounted) metrics.addMetric('RunFailed', MetricUnit.Count, 0);
}
