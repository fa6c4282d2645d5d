import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arn } from '../cloudformation/resource-type.ts';
import { type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** What functions wrote to standard output and error: one file per log group, `<group>.log`, where a person can look. */
export interface Logs {
  readonly metrics: Metrics;
  /**
   * Appends one line, if the writer may; else it is gone. `stream` is the execution environment that wrote it. A line of
   * EMF becomes metrics, too.
   */
  write(group: string, stream: string, line: string, who: Principal): void;
  /** The file of a log group, which exists once something was written. */
  fileOf(group: string): string;
}

export function createLogs({
  directory,
  groups,
  refuse = refuseNobody,
}: {
  directory: string;
  /** Names of the log groups of the template; another one has to be made by whoever writes first. */
  groups?: readonly string[];
  refuse?: Refusal;
}): Logs {
  mkdirSync(directory, { recursive: true });
  const metrics = createMetrics(join(directory, 'metrics.jsonl'));
  const made = new Set(groups);
  const opened = new Set<string>();

  const fileOf = (group: string): string => join(directory, `${group.replace(/^\/+/, '').replaceAll('..', '_')}.log`);

  /** On the resources that the refusals of AWS name. */
  function mayWrite(group: string, stream: string, who: Principal): boolean {
    const groupArn = arn('logs', `log-group:${group}`);
    const streamArn = `${groupArn}:log-stream:${stream}`;
    const may = (action: string, resource: string): boolean =>
      refuse(who, { action: `logs:${action}`, resource }) === undefined;
    if (!opened.has(streamArn)) {
      if (groups && !made.has(group) && !may('CreateLogGroup', groupArn)) return false;
      if (!may('CreateLogStream', streamArn)) return false;
      mkdirSync(dirname(fileOf(group)), { recursive: true });
      made.add(group);
      opened.add(streamArn);
    }
    return may('PutLogEvents', streamArn);
  }

  return {
    metrics,
    fileOf,
    write(group, stream, line, who) {
      if (!mayWrite(group, stream, who)) return;
      const file = fileOf(group);
      appendFileSync(file, `${new Date().toISOString()} [${stream}] ${line}\n`);
      metrics.readLine(line);
    },
  };
}
