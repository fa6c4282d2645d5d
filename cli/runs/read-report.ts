import { join } from 'node:path';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { type RunProgress, readRunCounts } from '../../functions/shared/run-progress.ts';
import { countLateErrors } from '../../functions/summarize-run/late-errors.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type Resubmission, resubmissionsOf } from '../exports/resubmissions.ts';
import type { FoundRun } from './find-run.ts';
import { errorsOf, type FailedResult } from './follow-run.ts';
import { readSummary } from './read-summary.ts';
import { fetchReport, fetchRunFiles, type RunFiles } from './run-files.ts';

type Stack = Pick<ConnectedStack, 'clients' | 'outputs' | 'runsFolder'>;

/** What a run left behind, or how far it is. */
export type RunReport =
  | {
      readonly is: 'done';
      readonly runId: string;
      /** With the late errors of now. */
      readonly summary: RunSummary;
      /** Where the files were fetched to; undefined if the run bucket keeps them no longer. */
      readonly files: RunFiles | undefined;
      readonly resubmissions: readonly Resubmission[];
    }
  | { readonly is: 'failed'; readonly result: FailedResult; readonly report: FetchedReport }
  | { readonly is: 'at work'; readonly runId: string; readonly progress: RunProgress }
  /** Step Functions has forgotten it, and it left no summary. */
  | { readonly is: 'unknown'; readonly runId: string; readonly report: FetchedReport };

/** Where the report was fetched to; undefined if there is none. That of a failed run is written some seconds after its end. */
type FetchedReport = string | undefined;

/** Fetches summary, report and rejected rows of a run that is done, and the report of one that failed. */
export async function readReport(stack: Stack, { runId, executionArn }: FoundRun): Promise<RunReport> {
  const { clients, outputs } = stack;
  if (executionArn === undefined) {
    const summary = await readSummary(stack, runId);
    if (!summary) return { is: 'unknown', runId, report: await reportOf(stack, runId) };
    if (summary.accounted) return doneReport(stack, summary);
    return failedReport(stack, { runId, status: 'FAILED', errors: [{ name: 'RowsUnaccounted' }] });
  }
  const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { status = 'FAILED', output } = execution;
  if (status === 'SUCCEEDED' && output !== undefined) return doneReport(stack, JSON.parse(output));
  if (status === 'RUNNING') {
    return { is: 'at work', runId, progress: await readRunCounts(clients.dynamo, outputs.RunTableName, runId) };
  }
  return failedReport(stack, { runId, status, errors: await errorsOf(clients.sfn, executionArn, execution) });
}

async function failedReport(stack: Stack, result: FailedResult): Promise<RunReport> {
  return { is: 'failed', result, report: await reportOf(stack, result.runId) };
}

function reportOf({ clients, outputs, runsFolder }: Stack, runId: string): Promise<FetchedReport> {
  return fetchReport(clients.s3, { bucket: outputs.RunBucketName, runId }, join(runsFolder, runId));
}

async function doneReport(stack: Stack, summary: RunSummary): Promise<RunReport> {
  const { runId } = summary;
  const { s3 } = stack.clients;
  return {
    is: 'done',
    runId,
    summary: { ...summary, lateErrors: await countLateErrors(s3, stack.outputs.RunBucketName, runId) },
    files: await fetchRunFiles(s3, summary.files, join(stack.runsFolder, runId)),
    resubmissions: await resubmissionsOf(stack, runId),
  };
}

/** Where the report was fetched to, if there is one. */
export function reportPage(report: RunReport): string | undefined {
  if (report.is === 'at work') return undefined;
  return report.is === 'done' ? report.files?.report : report.report;
}
