import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from './system.ts';

/** A metric that the functions of a system emit, told apart from those of other systems by its name alone. */
export function systemMetric({ name }: { readonly name: string }, metricName: string, options: MetricOptions): Metric {
  return new Metric({ namespace: METRICS_NAMESPACE, metricName, dimensionsMap: { service: name }, ...options });
}
