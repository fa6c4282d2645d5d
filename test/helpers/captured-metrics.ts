import { Metrics } from '@aws-lambda-powertools/metrics';

/** One value of a metric, as CloudWatch takes it out of a function's log. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a function publishes, in place of its log. */
export class CapturedMetrics extends Metrics {
  readonly #values: MetricValue[] = [];

  constructor(serviceName = 'test') {
    super({ namespace: 'ConnectProfileSync', serviceName });
  }

  override publishStoredMetrics(): this {
    if (!this.hasStoredMetrics()) return this;
    const document: Readonly<Record<string, unknown>> & ReturnType<Metrics['serializeMetrics']> =
      this.serializeMetrics();
    for (const { Namespace: namespace, Dimensions: sets, Metrics: names } of document._aws.CloudWatchMetrics) {
      for (const { Name: name } of names) {
        for (const set of sets) {
          const dimensions = Object.fromEntries(set.map((dimension) => [dimension, String(document[dimension])]));
          const values = [document[name]].flat().filter((value) => typeof value === 'number');
          this.#values.push(...values.map((value) => ({ namespace, name, dimensions, value })));
        }
      }
    }
    this.clearMetrics();
    return this;
  }

  /** Everything since the last time, published or not yet. */
  take(): MetricValue[] {
    this.publishStoredMetrics();
    return this.#values.splice(0);
  }
}

/** Values by name. */
export function valuesOf(values: readonly MetricValue[], name: string): number[] {
  return values.filter((each) => each.name === name).map(({ value }) => value);
}
