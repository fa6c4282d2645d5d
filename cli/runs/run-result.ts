import { costOfUsage } from '../../functions/shared/cost/usage-cost.ts';
import { remedyFor } from '../../functions/shared/run-failure/error-catalogue.ts';
import { wayOut } from '../../functions/shared/run-failure/way-out.ts';
import type { CommandResult } from '../command-line.ts';
import { costWords, count } from '../output/words.ts';
import type { FailedResult, LeftResult, RunResult, SucceededResult } from './follow-run.ts';

/** How the user calls another command on the same stack. */
type Call = (command: string) => string;

export function asCommandResult(result: RunResult, { call }: { readonly call: Call }): CommandResult {
  return { text: describeResult(result, call), json: resultAsJson(result), failed: 'errors' in result };
}

/** The result of a run for a person. */
export function describeResult(result: RunResult, call: Call): string {
  if ('summary' in result) return describeSuccess(result, call);
  return 'errors' in result ? describeFailure(result, call) : describeLeft(result, call);
}

function describeLeft({ runId }: LeftResult, call: Call): string {
  return `Run ${runId} goes on. To look at it again: ${call(`watch ${runId}`)}; to stop it: ${call(`stop ${runId}`)}`;
}

function describeSuccess({ runId, summary, files }: SucceededResult, call: Call): string {
  const { rows, synced, lateErrors, unchanged, stale, duplicates, rejected, rejectedByCode, calls, throttled } =
    summary;
  const { deleted = 0, deletes } = summary;
  const codes = Object.entries(rejectedByCode).map(([code, rejections]) => `${code} ${count(rejections)}`);
  const lines: (readonly [name: string, value: string] | false)[] = [
    ['rows', count(rows)],
    ['synced', `${count(synced)} accepted${lateErrors > 0 ? `, ${count(lateErrors)} late errors so far` : ''}`],
    ['unchanged', count(unchanged)],
    ['stale', `${count(stale)}${duplicates > 0 ? ` (${count(duplicates)} repeated in the export)` : ''}`],
    ['rejected', `${count(rejected)}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`],
    deletes !== undefined && ['deleted', deletes.allowed ? count(deleted) : heldWords(runId, deletes.marked, call)],
    ['calls', `${count(calls)}${throttled > 0 ? `, ${count(throttled)} of them throttled` : ''}`],
    ['retries', count(summary.retries)],
    ['seconds', summary.seconds.toFixed(1)],
    summary.usage !== undefined && ['used', costWords(costOfUsage(summary.usage))],
    summary.notNormalized > 0 && ['sent as is', `${count(summary.notNormalized)} values that could not be normalised`],
    summary.cleared !== undefined && ['cleared', `fields of ${count(summary.cleared)} profile(s) that records emptied`],
    summary.notCleared > 0 && [
      'not cleared',
      `${count(summary.notCleared)} record(s) emptied a field; the profile keeps its old value`,
    ],
    ['report', files?.report ?? 'the run bucket keeps the files of this run no longer'],
    files?.rejected !== undefined && ['rejected rows', files.rejected],
  ];
  return [
    `Run ${runId} succeeded.${rows === 0 ? ' The export has no rows: there was nothing to sync.' : ''}`,
    ...lines.flatMap((line) => (line ? `  ${line[0].padEnd(14)}${line[1]}` : [])),
  ].join('\n');
}

function heldWords(runId: string, marked: number, call: Call): string {
  return `none: ${count(marked)} row(s) are marked as deleted, more than the mapping allows; if that is right: ${call(`approve ${runId}`)}`;
}

function describeFailure({ runId, status, errors }: FailedResult, call: Call): string {
  const { remedy } = wayOut(errors.map(({ name }) => name));
  const lines = errors.flatMap(({ name, message }) => {
    const { meaning, whatToDo } = remedyFor(name);
    return [
      `  ${name}: ${meaning}`,
      ...(message?.split('\n').map((line) => `    ${line}`) ?? []),
      `  ${whatToDo}`,
      ...(remedy === 'redrive' ? [`    ${call(`redrive ${runId}`)}`] : []),
    ];
  });
  return [`Run ${runId} ended ${status}.`, ...lines].join('\n');
}

/** The contract of `--json`. */
export function resultAsJson(result: RunResult): object {
  if (!('summary' in result)) return result;
  const { runId, status, summary, files } = result;
  const { rows, synced, unchanged, stale, rejected, duplicates, calls, throttled, retries, seconds } = summary;
  return {
    ...{ runId, status, rows, synced, unchanged, stale, rejected },
    ...(summary.deletes && { deleted: summary.deleted ?? 0, deletes: summary.deletes }),
    ...{ duplicates, ...(summary.cleared && { cleared: summary.cleared }) },
    ...{ calls, throttled, retries, seconds, files: files ?? null },
  };
}
