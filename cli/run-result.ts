import type { RunResult } from './follow-run.ts';
import { count } from './progress-display.ts';

/** The result of a run for a person. */
export function describeResult(result: RunResult): string {
  if (!('summary' in result)) {
    const cause = errorMessage(result.cause);
    const stopped = result.status === 'ABORTED';
    return [
      `Run ${result.runId} ${stopped ? 'was stopped' : `ended ${result.status}`}${result.error ? `: ${result.error}` : ''}.`,
      ...(cause ? [`  ${cause}`] : []),
      '  What was synced is kept: the same command sends only the rest.',
    ].join('\n');
  }
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

/** The result as one JSON object: the contract of `--json`. */
export function resultAsJson(result: RunResult): string {
  if (!('summary' in result)) {
    const { runId, status, error, cause } = result;
    return JSON.stringify({ runId, status, error, cause: errorMessage(cause) });
  }
  const { runId, status, summary, files } = result;
  const { rows, synced, unchanged, stale, rejected, duplicates, calls, throttled, retries, seconds } = summary;
  return JSON.stringify({
    ...{ runId, status, rows, synced, unchanged, stale, rejected },
    ...{ duplicates, calls, throttled, retries, seconds, files },
  });
}

/** The cause of a Lambda's error is its whole payload as JSON; a person needs its message. */
function errorMessage(cause: string): string {
  try {
    const { errorMessage: message } = JSON.parse(cause) as { errorMessage?: string };
    return message ?? cause;
  } catch {
    return cause;
  }
}
