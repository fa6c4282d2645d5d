import { resubmits } from '../../functions/shared/export/upload-folders.ts';
import type { CommandResult } from '../command-line.ts';
import { table } from '../output/table.ts';
import { count, duration, localTime } from '../output/words.ts';
import { exportWords } from './export-words.ts';
import type { RunOverview } from './run-overview.ts';
import { colouredState } from './run-state.ts';

const TEXTS = ['run', 'state', 'export', 'started'];
/** Shown for runs that deleted, which most systems never do. */
const DELETED = 'deleted';

/** The table of the last runs. */
export function describeRuns(
  { runs, nameLength }: { readonly runs: readonly RunOverview[]; readonly nameLength: number },
  options: {
    readonly stream: NodeJS.WriteStream;
    /** What to say, and to do, if there are none. */
    readonly none: string;
  },
): CommandResult {
  const { stream, none } = options;
  const outcomes = [
    'synced',
    'unchanged',
    'stale',
    'rejected',
    ...(runs.some(({ deleted }) => deleted) ? [DELETED] : []),
  ];
  const header = [...TEXTS, 'rows', ...outcomes, 'calls', 'duration', 'calls/s'];
  const right = header.flatMap((name, index) => (TEXTS.includes(name) || name === 'duration' ? [] : [index]));
  const rows = runs.map((run) => [
    run.runId.slice(0, nameLength),
    `${colouredState(run.status, stream)}${run.error ? `: ${run.error}` : ''}`,
    exportCell(run, nameLength),
    `${localTime(run.startedAt)}${run.redrivenAt === undefined ? '' : `, redriven ${localTime(run.redrivenAt)}`}`,
    rowsCell(run),
    ...[run.synced, run.unchanged, run.stale, run.rejected].map(count),
    ...(outcomes.includes(DELETED) ? [count(run.deleted ?? 0)] : []),
    count(run.calls),
    duration(run.seconds),
    callsPerSecond(run).toFixed(0),
  ]);
  return {
    text: runs.length === 0 ? none : table(header, rows, { right }),
    json: { runs: runs.map(runAsJson) },
  };
}

function exportCell({ export: started }: RunOverview, nameLength: number): string {
  if (!started) return 'not named';
  const { key, resync } = started;
  const what = exportWords(key, (runId) => runId.slice(0, nameLength));
  return resync ? `${what}, resync` : what;
}

function rowsCell({ status, rows, totalRows }: RunOverview): string {
  if (totalRows === undefined) return '-';
  return status === 'SUCCEEDED' ? count(totalRows) : `${count(rows)} of ${count(totalRows)}`;
}

function callsPerSecond({ calls, seconds }: RunOverview): number {
  return seconds > 0 ? calls / seconds : 0;
}

function runAsJson(run: RunOverview): object {
  const { runId, status, error, export: started, startedAt, redrivenAt, endedAt, rows, totalRows, seconds } = run;
  const { synced, unchanged, stale, rejected, calls, throttled, retries } = run;
  return {
    ...{ runId, status, error: error ?? null },
    export: started ? `s3://${started.bucket}/${started.key}` : null,
    versionId: started?.versionId ?? null,
    resync: started?.resync ?? false,
    corrects: (started && resubmits(started.key)) ?? null,
    startedAt: isoTime(startedAt),
    redrivenAt: isoTime(redrivenAt),
    endedAt: isoTime(endedAt),
    ...{ rows, totalRows: totalRows ?? null, synced, unchanged, stale, rejected, calls, throttled, retries },
    ...(run.deleted && { deleted: run.deleted }),
    ...{ seconds, callsPerSecond: callsPerSecond(run) },
  };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
