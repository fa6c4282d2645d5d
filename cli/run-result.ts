import { remedyFor } from '../functions/shared/run-failure/error-catalogue.ts';
import type { FailedResult, RunResult } from './follow-run.ts';
import { count } from './progress-display.ts';

/** The result of a run for a person. */
export function describeResult(result: RunResult): string {
  if (!('summary' in result)) return describeFailure(result);
  const { summary, files } = result;
  const codes = Object.entries(summary.rejectedByCode).map(([code, rows]) => `${code} ${count(rows)}`);
  const lines: [string, string][] = [
    ['rows', count(summary.rows)],
    ['synced', count(summary.synced)],
    ['unchanged', count(summary.unchanged)],
    [
      'stale',
      `${count(summary.stale)}${summary.duplicates > 0 ? ` (${count(summary.duplicates)} repeated in the export)` : ''}`,
    ],
    ['rejected', `${count(summary.rejected)}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`],
    [
      'calls',
      `${count(summary.calls)}${summary.throttled > 0 ? `, ${count(summary.throttled)} of them throttled` : ''}`,
    ],
    ['retries', count(summary.retries)],
    ['seconds', summary.seconds.toFixed(1)],
    ...(summary.notNormalized > 0
      ? ([['sent as is', `${count(summary.notNormalized)} values that could not be normalised`]] as [string, string][])
      : []),
    ...(summary.notCleared > 0
      ? ([['not cleared', `${count(summary.notCleared)} records emptied a field; the profile keeps its old value`]] as [
          string,
          string,
        ][])
      : []),
    ['report', files.report],
    ...(files.rejected ? ([['rejected rows', files.rejected]] as [string, string][]) : []),
  ];
  return [`Run ${result.runId} succeeded.`, ...lines.map(([name, value]) => `  ${name.padEnd(14)}${value}`)].join('\n');
}

function describeFailure({ runId, status, errors }: FailedResult): string {
  const lines = errors.flatMap(({ name, message }) => {
    const { meaning, whatToDo, remedy } = remedyFor(name);
    return [
      `  ${name}: ${meaning}`,
      ...(message?.split('\n').map((line) => `    ${line}`) ?? []),
      `  ${whatToDo}`,
      ...(remedy === 'redrive' ? [`    npm run redrive -- ${runId}`] : []),
    ];
  });
  return [`Run ${runId} ended ${status}.`, ...lines].join('\n');
}

/** The result as one JSON object: the contract of `--json`. */
export function resultAsJson(result: RunResult): string {
  if (!('summary' in result)) return JSON.stringify(result);
  const { runId, status, summary, files } = result;
  const { rows, synced, unchanged, stale, rejected, duplicates, calls, throttled, retries, seconds } = summary;
  return JSON.stringify({
    ...{ runId, status, rows, synced, unchanged, stale, rejected },
    ...{ duplicates, calls, throttled, retries, seconds, files },
  });
}
