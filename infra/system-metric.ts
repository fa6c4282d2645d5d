import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';

/** Of every metric that the functions emit. */
const NAMESPACE = 'ConnectProfileSync';

/** A metric that the functions of a system emit, told apart from those of other systems by its name alone. */
export function systemMetric({ name }: { readonly name: string }, metricName: string, options: MetricOptions): Metric {
  return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { service: name }, ...options });
}
