import type { RunSummary } from '../contracts.ts';
import type { ChunkCounts, ChunkError } from '../run-failure/chunk-failures.ts';
import type { RunProgress } from '../run-progress.ts';

/** What the report of a run says: counts, codes, names and addresses, never customer data. Times are epoch milliseconds. */
export interface ReportData {
  readonly runId: string;
  /** Undefined if the run's input names none. */
  readonly export:
    | RunSummary['export']
    | { readonly bucket: string; readonly key: string; readonly versionId?: string }
    | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly redrives: number;
  /** Calls per second of the deployment. */
  readonly quota: number;
  /** How many records go with one of these calls. */
  readonly recordsPerPermit: number;
  readonly ending: RunDone | RunFailed;
  readonly progress: RunProgress;
  /** Runs that were done before, newest first, ten at most. */
  readonly earlier: readonly RunRecord[];
}

export interface RunDone {
  readonly is: 'done';
  readonly summary: RunSummary;
}

export interface RunFailed {
  readonly is: 'failed';
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** What ended it, as the notice has it. */
  readonly errors: readonly ChunkError[];
  /** Undefined if the run never came to its chunks. */
  readonly chunks: ChunkCounts | undefined;
  /** Step Functions' reason, if it refuses to redrive the run. */
  readonly notRedrivable?: string;
  /** Shell commands. */
  readonly commands: readonly string[];
}

/** What is kept of a run that was done, for the reports of later ones. */
export interface RunRecord {
  readonly runId: string;
  /** Of its export. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  /** Absent if none was. */
  readonly deleted?: number;
  readonly lateErrors: number;
  readonly duplicates: number;
  readonly notCleared: number;
  readonly calls: number;
  readonly throttled: number;
  readonly retries: number;
}
