import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { WatchResult } from './watch-runs.ts';

/** Both at each look, so that an alarm recovers by a 0 and not by silence. */
export function addWatchMetrics(
  metrics: Pick<Metrics, 'addMetric'>,
  { exportOverdue, deadlineAtRisk }: WatchResult,
): void {
  metrics.addMetric('ExportOverdue', MetricUnit.Count, Number(exportOverdue));
  metrics.addMetric('DeadlineAtRisk', MetricUnit.Count, Number(deadlineAtRisk));
}
