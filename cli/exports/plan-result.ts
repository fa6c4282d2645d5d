import { basename } from 'node:path';
import type { CommandResult } from '../command-line.ts';
import { table } from '../output/table.ts';
import { count, duration, localTime } from '../output/words.ts';
import type { Plan } from './plan.ts';

/** How fast a run is, in calls per second. */
export interface RateInForce {
  /** Of the deployment, or an operator's. */
  readonly quota: number;
  /** Below the quota if the service throttles, 0 if an operator paused the calls. */
  readonly limit: number;
}

/** A plan for a person and for a program. */
export function describePlan(
  path: string,
  plan: Plan,
  { quota, limit }: RateInForce,
  options: { readonly rejected: boolean; readonly call: (command: string) => string },
): CommandResult {
  const { rows, synced, unchanged, stale, duplicates, rejected, rejectedByCode, waiting, firstRejected } = plan;
  const seconds = limit > 0 ? synced / limit : undefined;
  const codes = Object.entries(rejectedByCode).map(([code, rejections]) => `${code} ${count(rejections)}`);
  const lines: (readonly [name: string, value: string] | false)[] = [
    ['rows', count(rows)],
    ['synced', `${count(synced)} to be sent`],
    ['unchanged', count(unchanged)],
    ['stale', `${count(stale)}${duplicates > 0 ? ` (${count(duplicates)} repeated in the export)` : ''}`],
    ['rejected', `${count(rejected)}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`],
    waiting > 0 && ['waiting', `${count(waiting)}, whose customers another worker is just sending: it decides`],
    ['calls', count(synced)],
    ['time', timeNeeded(seconds, quota, limit)],
  ];
  return {
    text: [
      `A run of ${basename(path)} now, with the data of ${localTime(plan.exportTime)}, would do this:`,
      ...lines.flatMap((line) => (line ? `  ${line[0].padEnd(14)}${line[1]}` : [])),
      ...(options.rejected && rejected > 0 ? ['', rejectedTable(plan)] : []),
      '',
      'Nothing was sent or changed. Whatever other runs and live events write until then may change it.',
      `To do it: ${options.call(`upload ${path}`)}`,
    ].join('\n'),
    json: {
      ...{ file: path, exportTime: new Date(plan.exportTime).toISOString() },
      ...{ rows, synced, unchanged, stale, duplicates, rejected, rejectedByCode, waiting, calls: synced },
      ...{ limit, seconds: seconds === undefined ? null : Math.ceil(seconds) },
      ...(options.rejected && { firstRejected }),
    },
  };
}

function timeNeeded(seconds: number | undefined, quota: number, limit: number): string {
  if (seconds === undefined) return 'none of the calls is made as long as they are paused';
  const rate = limit < quota ? `${count(Math.round(limit))} of ${count(quota)}` : count(quota);
  return `${duration(Math.ceil(seconds))} for the calls, at ${rate} per second`;
}

function rejectedTable({ rejected, firstRejected }: Plan): string {
  const rows = firstRejected.map(({ row, code, reason }) => [String(row), code, reason]);
  const more = rejected - rows.length;
  return [
    table(['row', 'code', 'reason'], rows, { right: [0] }),
    ...(more > 0 ? [`… and ${count(more)} more.`] : []),
  ].join('\n');
}
