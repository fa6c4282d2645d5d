import { appendFileSync } from 'node:fs';

/** What is kept of one metric with one set of dimensions: CloudWatch's statistics over all its values. */
export interface MetricStatistics {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Metrics that functions emitted in CloudWatch's embedded metric format (EMF), and those that Lambda has of them. */
export interface Metrics {
  record(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    values: readonly number[],
  ): void;
  /** Takes the metrics out of a log line, if it is an EMF document. */
  readLine(line: string): void;
  /** Statistics since the stack started, for the metrics that match each given field. */
  query(filter: { namespace?: string; name?: string }): readonly MetricStatistics[];
}

interface EmfDirective {
  readonly Namespace: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string; readonly Unit?: string }[];
}

/** Keeps statistics in memory, flat however long a run is, and every value in `file` as JSON Lines. */
export function createMetrics(file: string): Metrics {
  const statistics = new Map<string, MetricStatistics>();

  function record(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    values: readonly number[],
  ): void {
    const id = JSON.stringify([namespace, name, dimensions]);
    const old = statistics.get(id);
    statistics.set(id, {
      namespace,
      name,
      dimensions,
      count: (old?.count ?? 0) + values.length,
      sum: values.reduce((sum, value) => sum + value, old?.sum ?? 0),
      minimum: values.reduce((least, value) => Math.min(least, value), old?.minimum ?? Number.POSITIVE_INFINITY),
      maximum: values.reduce((most, value) => Math.max(most, value), old?.maximum ?? Number.NEGATIVE_INFINITY),
    });
    appendFileSync(
      file,
      `${JSON.stringify({ time: new Date().toISOString(), namespace, name, dimensions, values })}\n`,
    );
  }

  return {
    record,
    readLine(line) {
      const document = emfDocument(line);
      if (!document) return;
      for (const directive of document.directives) {
        for (const metric of directive.Metrics ?? []) {
          const values = [document.root[metric.Name]].flat().filter((value) => typeof value === 'number');
          if (values.length === 0) continue;
          for (const names of directive.Dimensions ?? [[]]) {
            record(directive.Namespace, metric.Name, pick(document.root, names), values);
          }
        }
      }
    },
    query: ({ namespace, name }) =>
      [...statistics.values()].filter(
        (entry) => (!namespace || entry.namespace === namespace) && (!name || entry.name === name),
      ),
  };
}

function emfDocument(line: string): { root: Record<string, unknown>; directives: readonly EmfDirective[] } | undefined {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return undefined;
  try {
    const root = JSON.parse(line) as Record<string, unknown> & {
      _aws?: { CloudWatchMetrics?: readonly EmfDirective[] };
    };
    const directives = root._aws?.CloudWatchMetrics;
    return Array.isArray(directives) ? { root, directives } : undefined;
  } catch {
    // Not JSON, so not EMF: an ordinary log line.
    return undefined;
  }
}

function pick(root: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries([...names].sort().map((name) => [name, String(root[name])]));
}
