import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Reported } from './report-failure.ts';

/**
 * Once for each notice: an event that comes a second time, or late, must not set off again an alarm that a run which
 * succeeded since has ended. SummarizeRun emits the 0.
 */
export function addFailureMetric(metrics: Pick<Metrics, 'addMetric'>, reported: Reported): void {
  if (reported === 'published') metrics.addMetric('RunFailed', MetricUnit.Count, 1);
}
