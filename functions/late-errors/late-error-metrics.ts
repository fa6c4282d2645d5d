import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LateErrorTally } from './late-errors.ts';

/** In CloudWatch's Embedded Metric Format, with the service as the only dimension. */
export function addLateErrorMetrics(metrics: Pick<Metrics, 'addMetric'>, tally: LateErrorTally): void {
  metrics.addMetric('LateErrors', MetricUnit.Count, tally.late);
  metrics.addMetric('LateErrorsGivenUp', MetricUnit.Count, tally.givenUp);
  metrics.addMetric('LateErrorsForeign', MetricUnit.Count, tally.foreign);
  metrics.addMetric('LateErrorsReturned', MetricUnit.Count, tally.returned);
  if (tally.returnedAge !== undefined) {
    metrics.addMetric('LateErrorsReturnedAge', MetricUnit.Seconds, tally.returnedAge / 1_000);
  }
}
