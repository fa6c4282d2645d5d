import { resubmits } from '../../functions/shared/export/upload-folders.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { count, localTime } from '../output/words.ts';
import type { RunReport } from './read-report.ts';
import { asCommandResult } from './run-result.ts';
import { outcomeTexts } from './status-text.ts';

/** The report of a run for a person and for a program. */
export function describeReport(report: RunReport, stack: Pick<ConnectedStack, 'call'>): CommandResult {
  switch (report.is) {
    case 'done':
      return describeDone(report, stack);
    case 'failed':
      return describeFailed(report, stack);
    case 'at work':
      return describeAtWork(report, stack);
    case 'unknown':
      return describeUnknown(report, stack);
  }
}

function describeDone(
  { runId, summary, files, resubmissions }: Extract<RunReport, { is: 'done' }>,
  stack: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const { lateErrors, rejected } = summary;
  const corrects = resubmits(summary.export.key);
  const known = asCommandResult({ runId, status: 'SUCCEEDED', summary, files }, stack);
  const lines = [
    known.text,
    `  export        s3://${summary.export.bucket}/${summary.export.key}`,
    corrects !== undefined && `  corrects      rejected rows of run ${corrects}`,
    ...resubmissions.map(
      ({ key, uploadedAt }) => `  resubmitted   ${key.slice(key.lastIndexOf('/') + 1)}, ${localTime(uploadedAt)}`,
    ),
    files && rejected > 0 && `What to do with the rejected rows: ${stack.call(`rejected ${runId}`)}`,
  ];
  return {
    text: lines.filter((line) => line !== false).join('\n'),
    json: {
      ...known.json,
      lateErrors,
      usage: summary.usage ?? null,
      export: summary.export,
      corrects: corrects ?? null,
      resubmissions: resubmissions.map(({ key, uploadedAt, bytes }) => ({ key, uploadedAt, bytes })),
    },
  };
}

function describeFailed(
  { result, report }: Extract<RunReport, { is: 'failed' }>,
  stack: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const { text, json } = asCommandResult(result, stack);
  return failedResult(text, { ...json, files: filesOf(report) }, { runId: result.runId, report }, stack);
}

function describeUnknown(
  { runId, report }: Extract<RunReport, { is: 'unknown' }>,
  stack: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const text = `Step Functions no longer knows the run ${runId}, and it left no summary: it failed or was stopped.`;
  return failedResult(text, { runId, status: 'UNKNOWN', files: filesOf(report) }, { runId, report }, stack);
}

function failedResult(
  text: string,
  json: object,
  { runId, report }: { readonly runId: string; readonly report: string | undefined },
  { call }: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const lines = [
    text,
    ...(report === undefined ? [] : [`  report        ${report}`]),
    `Rows that it rejected: ${call(`rejected ${runId}`)}`,
  ];
  return { text: lines.join('\n'), json, failed: true };
}

function filesOf(report: string | undefined): object | null {
  return report === undefined ? null : { report };
}

function describeAtWork(
  { runId, progress }: Extract<RunReport, { is: 'at work' }>,
  { call }: Pick<ConnectedStack, 'call'>,
): CommandResult {
  const { rows, totalRows, synced, unchanged, stale, rejected, deleted, cleared, calls, throttled } = progress;
  const far =
    totalRows === undefined
      ? 'its export is being read.'
      : `${count(rows)} of ${count(totalRows)} rows are done (${outcomeTexts(progress).join(', ')}).`;
  return {
    text: `Run ${runId} is at work: ${far}\nIt has its report at its end. To follow it: ${call(`watch ${runId}`)}`,
    json: {
      ...{ runId, status: 'RUNNING', rows, totalRows: totalRows ?? null },
      ...{ synced, unchanged, stale, rejected, calls, throttled },
      ...(deleted && { deleted }),
      ...(cleared && { cleared }),
    },
  };
}
