import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { runFiles } from '../shared/export/run-files.ts';
import { reportHtml } from '../shared/report/report.ts';
import type { RunProgress } from '../shared/run-progress.ts';
import { logger } from '../shared/telemetry.ts';
import type { FailedRun } from './failed-run.ts';
import { type ChunksSeen, errorsOf, whatToDo } from './what-to-do.ts';

export interface FailurePageDependencies {
  readonly s3: S3Client;
  readonly runBucket: string;
  /** Calls per second of the deployment. */
  readonly quota: number;
  /** How many records go with one of these calls. */
  readonly recordsPerPermit: number;
}

/** What there is to say of the run. */
interface Seen {
  readonly progress: RunProgress;
  readonly chunks: ChunksSeen;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** SummarizeRun has written a report of such a run, which has its totals. */
const REPORTED_BEFORE = 'RowsUnaccounted';

/**
 * Writes report.html of a failed run. A notice without it is better than none, so what goes wrong is logged.
 *
 * @returns its address; undefined if it could not be written.
 */
export async function writeFailurePage(
  run: FailedRun,
  seen: Seen,
  deps: FailurePageDependencies,
): Promise<string | undefined> {
  const Key = runFiles.report(run.runId);
  const address = `s3://${deps.runBucket}/${Key}`;
  if (run.error.name === REPORTED_BEFORE) return address;
  try {
    const Body = failurePage(run, seen, deps);
    const ContentType = 'text/html; charset=utf-8';
    await deps.s3.send(new PutObjectCommand({ Bucket: deps.runBucket, Key, Body, ContentType }));
    return address;
  } catch (error) {
    logger.warn('The report could not be written.', { error: error instanceof Error ? error.name : 'unknown' });
    return undefined;
  }
}

function failurePage(
  run: FailedRun,
  { progress, chunks, now }: Seen,
  { quota, recordsPerPermit }: FailurePageDependencies,
): string {
  const { runId, status, notRedrivable } = run;
  return reportHtml({
    ...{ runId, export: run.export, startedAt: run.startedAt.getTime(), endedAt: run.endedAt?.getTime() ?? now },
    ...{ redrives: run.redriveCount, quota, recordsPerPermit, progress },
    ending: {
      ...{ is: 'failed', status, errors: errorsOf(run, chunks) },
      chunks: typeof chunks === 'object' ? chunks.counts : undefined,
      ...(notRedrivable !== undefined && { notRedrivable }),
      commands: whatToDo(run, chunks).ways.map((commands) => commands.join(' && ')),
    },
    // A run that broke off compares with none that was done.
    earlier: [],
  });
}
