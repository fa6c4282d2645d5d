import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createMetrics, type Metrics } from './metrics.ts';

/** What functions wrote to standard output and error: one file per log group, `<group>.log`, where a person can look. */
export interface Logs {
  readonly metrics: Metrics;
  /** Appends one line; `stream` is the execution environment that wrote it. A line of EMF becomes metrics, too. */
  write(group: string, stream: string, line: string): void;
  /** The file of a log group, which exists once something was written. */
  fileOf(group: string): string;
}

export function createLogs({ directory }: { directory: string }): Logs {
  mkdirSync(directory, { recursive: true });
  const metrics = createMetrics(join(directory, 'metrics.jsonl'));
  const known = new Set<string>();

  const fileOf = (group: string): string => join(directory, `${group.replace(/^\/+/, '').replaceAll('..', '_')}.log`);

  return {
    metrics,
    fileOf,
    write(group, stream, line) {
      const file = fileOf(group);
      if (!known.has(file)) {
        mkdirSync(dirname(file), { recursive: true });
        known.add(file);
      }
      appendFileSync(file, `${new Date().toISOString()} [${stream}] ${line}\n`);
      metrics.readLine(line);
    },
  };
}
