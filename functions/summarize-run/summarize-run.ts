import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunSummary, RunUsage, SummarizeRunInput } from '../shared/contracts.ts';
import { runFiles } from '../shared/export/run-files.ts';
import { reportHtml } from '../shared/report/report.ts';
import type { RunRecord } from '../shared/report/report-data.ts';
import { secondsAtWork } from '../shared/report/work-clock.ts';
import { noteRun, readEarlierRuns } from '../shared/run-history.ts';
import { type RunProgress, readRunProgress } from '../shared/run-progress.ts';
import { withMore } from '../shared/usage/function-use.ts';
import { usageOfRun } from '../shared/usage/run-usage.ts';
import type { UsageMeter } from '../shared/usage/usage-meter.ts';
import { countLateErrors } from './late-errors.ts';
import { writeRejectedFile } from './rejected-file.ts';
import { addsUp, type RunResults, readResults } from './results.ts';

export interface SummarizeRunDependencies {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly runBucket: string;
  readonly runTable: string;
  /** Calls per second of the deployment. */
  readonly quota: number;
  /** How many records go with one of these calls. */
  readonly recordsPerPermit: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** @default - the summary does not say what the run used. */
  readonly meter?: UsageMeter;
}

/** What follows the summary: report and summary themselves, and the note in the history. */
const LAST_WORDS = { puts: 2, writes: 1 };

/** Adds up what the chunks say, writes the run's rejected file, report.html and summary.json, and notes it in the history. */
export async function summarizeRun(input: SummarizeRunInput, deps: SummarizeRunDependencies): Promise<RunSummary> {
  const { s3, dynamo, runBucket, runTable, quota, recordsPerPermit } = deps;
  const { runId, split, redrives = 0 } = input;
  const used = deps.meter?.start();
  const results = await readResults(s3, runBucket, runId, split.chunks);
  const progress = await readRunProgress(dynamo, runTable, runId);
  const lateErrors = await countLateErrors(s3, runBucket, runId);
  const now = deps.now();
  const history = { client: dynamo, runTable, now };
  const startedAt = Date.parse(input.startedAt);
  const earlier = await readEarlierRuns(history, { runId, startedAt, key: split.export.key });
  if (results.rejectedFiles.length > 0) {
    const { source, format } = split.export;
    const key = runFiles.rejected(runId, format.type);
    await writeRejectedFile(s3, { bucket: runBucket, key, parts: results.rejectedFiles, source, format });
  }

  const usage = used && usageOfRun(progress, { redrives, summarizeUse: withMore(used(), LAST_WORDS) });
  const summary = toSummary(input, { ...results, lateErrors }, progress, { runBucket, now, usage });
  const record = recordOf(summary, progress, redrives);
  const report = reportHtml({
    ...{ runId, export: summary.export, startedAt, endedAt: now },
    ...{ redrives, quota, recordsPerPermit, ending: { is: 'done', summary }, progress, earlier },
  });
  const put = (Key: string, Body: string, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket: runBucket, Key, Body, ContentType }));
  await put(runFiles.report(runId), report, 'text/html; charset=utf-8');
  await put(runFiles.summary(runId), `${JSON.stringify(summary, undefined, 2)}\n`, 'application/json');
  if (summary.accounted) await noteRun(history, record);
  return summary;
}

/** Of a run that was redriven the time at work, which is what compares: it may have lain still for days. */
function recordOf(summary: RunSummary, { attempts }: RunProgress, redrives: number): RunRecord {
  const seconds = redrives > 0 ? secondsAtWork(attempts) : summary.seconds;
  const { runId, rows, synced, unchanged, stale, rejected, deleted } = summary;
  const { lateErrors, duplicates, notCleared, calls, throttled, retries } = summary;
  return {
    ...{ runId, key: summary.export.key, startedAt: Date.parse(summary.startedAt), seconds },
    ...{ rows, synced, unchanged, stale, rejected, ...(deleted !== undefined && { deleted }) },
    ...{ lateErrors, duplicates, notCleared, calls, throttled, retries },
  };
}

function toSummary(
  { runId, startedAt, split }: SummarizeRunInput,
  { totals, rejectedFiles, isComplete, ...counts }: RunResults & { readonly lateErrors: number },
  { calls, throttled, retries }: RunProgress,
  { runBucket, now, usage }: { readonly runBucket: string; readonly now: number; readonly usage: RunUsage | undefined },
): RunSummary {
  const { bucket, key, versionId, exportTime, format, mappingHash, deletes } = split.export;
  const address = (file: string): string => `s3://${runBucket}/${file}`;
  return {
    runId,
    accounted: isComplete && totals.rows === split.rows && addsUp({ ...totals, ...counts }),
    export: { bucket, key, ...(versionId !== undefined && { versionId }), exportTime },
    // What SplitExport counted: the results must add up to it, not the other way round.
    ...totals,
    rows: split.rows,
    ...counts,
    ...(deletes && { deletes: { ...deletes, mappingHash } }),
    rejectedShare: split.rows === 0 ? 0 : totals.rejected / split.rows,
    duplicates: split.duplicates,
    calls,
    throttled,
    retries,
    chunks: split.chunks,
    startedAt,
    seconds: (now - Date.parse(startedAt)) / 1000,
    encoding: format.encoding,
    ...(format.compression && { compression: format.compression }),
    ...(usage && { usage }),
    files: {
      summary: address(runFiles.summary(runId)),
      report: address(runFiles.report(runId)),
      ...(rejectedFiles.length > 0 && { rejected: address(runFiles.rejected(runId, format.type)) }),
    },
  };
}
