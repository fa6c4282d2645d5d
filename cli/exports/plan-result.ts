import { basename } from 'node:path';
import type { CommandResult } from '../command-line.ts';
import { oneLine } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { count, duration, localTime } from '../output/words.ts';
import { perSecond } from '../rate/describe-rate.ts';
import { type RateState, whyLimited } from '../rate/rate-state.ts';
import type { Plan } from './plan.ts';

/** In what a plan is carried out. */
export interface Circumstances {
  readonly rate: RateState;
  /** Of clearing fields; undefined if the deployment clears none. */
  readonly clearRate?: RateState | undefined;
  /** Of deleting customers; undefined if the deployment deletes none. */
  readonly deleteRate?: RateState | undefined;
  /** How many records go with one call, as the rate counts it. */
  readonly recordsPerPermit: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** By when a run that starts now must be done, epoch milliseconds; undefined if there is no such time. */
  readonly deadline: number | undefined;
}

/** A plan for a person and for a program. */
export function describePlan(
  path: string,
  plan: Plan,
  circumstances: Circumstances,
  options: {
    /** Show the first rejected rows. */
    readonly rejected: boolean;
    /** The call that carries it out. */
    readonly toDoIt: string;
  },
): CommandResult {
  const { rows, synced, unchanged, stale, duplicates, rejected, rejectedByCode, waiting, firstRejected } = plan;
  const { rate, clearRate, deleteRate, deadline } = circumstances;
  const { sent, cleared, deleted, deletes } = plan;
  const calls = Math.ceil(sent / circumstances.recordsPerPermit);
  const slowest = slowestOf([
    workOf('the calls', calls, rate),
    ...(clearRate && cleared > 0 ? [workOf('clearing', cleared, clearRate)] : []),
    ...(deleteRate && deleted > 0 ? [workOf('deleting', deleted, deleteRate)] : []),
  ]);
  const { seconds } = slowest;
  const codes = Object.entries(rejectedByCode).map(([code, rejections]) => `${code} ${count(rejections)}`);
  const lines: (readonly [name: string, value: string] | false)[] = [
    ['rows', count(rows)],
    ['synced', `${count(sent)} to be sent${synced > sent ? `, ${count(synced - sent)} only to be cleared` : ''}`],
    ['unchanged', count(unchanged)],
    ['stale', `${count(stale)}${duplicates > 0 ? ` (${count(duplicates)} repeated in the export)` : ''}`],
    ['rejected', `${count(rejected)}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`],
    deletes !== undefined && [
      'deleted',
      deletes.allowed ? madeDeletes(deleted, deleteRate) : heldDeletes(deletes.marked),
    ],
    waiting > 0 && ['waiting', `${count(waiting)}, whose customers another worker is just sending: it decides`],
    ['calls', callWords(calls, circumstances.recordsPerPermit)],
    cleared > 0 &&
      clearRate !== undefined && ['cleared', `fields of ${count(cleared)} profile(s), ${beside(clearRate)}`],
    ['time', timeNeeded(slowest)],
    deadline !== undefined && ['deadline', `${localTime(deadline)}${whetherMet(seconds, circumstances.now, deadline)}`],
  ];
  return {
    text: [
      `A run of ${basename(path)} now, with the data of ${localTime(plan.exportTime)}, would do this:`,
      ...lines.flatMap((line) => (line ? `  ${line[0].padEnd(14)}${line[1]}` : [])),
      ...(options.rejected && rejected > 0 ? ['', rejectedTable(plan)] : []),
      '',
      'Nothing was sent or changed. What other runs and live events write until then may change it.',
      `To do it: ${options.toDoIt}`,
    ].join('\n'),
    json: {
      ...{ file: path, exportTime: isoTime(plan.exportTime) },
      ...{ rows, synced, unchanged, stale, duplicates, rejected, rejectedByCode, waiting, calls },
      ...(clearRate && { cleared }),
      ...(deletes && { deleted, deletes }),
      ...{ limit: rate.limit, seconds: seconds ?? null, deadline: deadline === undefined ? null : isoTime(deadline) },
      ...(options.rejected && { firstRejected }),
    },
  };
}

function madeDeletes(deleted: number, rate: RateState | undefined): string {
  return rate && deleted > 0 ? `${count(deleted)}, ${beside(rate)}` : count(deleted);
}

function heldDeletes(marked: number): string {
  return `none: ${count(marked)} row(s) are marked as deleted, more than the mapping allows in one run; they wait for an approval`;
}

function beside({ limit }: RateState): string {
  return `at ${perSecond(limit)} beside the other calls`;
}

/** The calls of one API, which has a rate of its own. */
interface Work {
  readonly what: string;
  /** Undefined: never. */
  readonly seconds: number | undefined;
  readonly rate: RateState;
}

function workOf(what: string, calls: number, rate: RateState): Work {
  return { what, seconds: rate.limit > 0 ? Math.ceil(calls / rate.limit) : undefined, rate };
}

function slowestOf(works: readonly Work[]): Work {
  const lasting = ({ seconds = Number.POSITIVE_INFINITY }: Work): number => seconds;
  return works.reduce((one, other) => (lasting(other) > lasting(one) ? other : one));
}

function callWords(calls: number, recordsPerPermit: number): string {
  if (calls === 0 || recordsPerPermit === 1) return count(calls);
  return `${count(calls)} or more, with up to ${recordsPerPermit} records each`;
}

function timeNeeded({ what, seconds, rate }: Work): string {
  if (seconds === undefined) return 'no call is made before the pause ends';
  const why = whyLimited(rate);
  return `${duration(seconds)} for ${what}, at ${perSecond(rate.limit)}${why ? ` (${why})` : ''}`;
}

function whetherMet(seconds: number | undefined, now: number, deadline: number): string {
  if (seconds === undefined) return '';
  const early = (deadline - now) / 1_000 - seconds;
  return early >= 0 ? ': met, if it starts now' : `: missed by ${duration(-early)}, if it starts now`;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function rejectedTable({ rejected, firstRejected }: Plan): string {
  const rows = firstRejected.map(({ row, code, reason }) => [String(row), code, oneLine(reason)]);
  const more = rejected - rows.length;
  return [
    table(['row', 'code', 'reason'], rows, { right: [0] }),
    ...(more > 0 ? [`… and ${count(more)} more.`] : []),
  ].join('\n');
}
