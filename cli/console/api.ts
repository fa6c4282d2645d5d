/**
 * What the console's server says to its page: GET answers JSON of these shapes, POST takes and answers JSON, files come and
 * go as bytes. Every error is `ProblemView` with a status of 400 (wrong call), 403 (not from the page), 404 or 502 (the service
 * refused or could not be reached). Times are epoch milliseconds.
 */

import type { MarkedDeletes } from '../../functions/shared/contracts.ts';
import type { AttemptView, ChunkCell } from '../../functions/shared/report/chunk-states.ts';
import type { RateSeries } from '../../functions/shared/report/rate-series.ts';
import type { Explanation } from '../customer/explanation.ts';
import type { RateState } from '../rate/rate-state.ts';
import type { RejectedRow } from '../rejected/select-rows.ts';
import type { RunStatus } from '../runs/list-runs.ts';

export interface ProblemView {
  /** What, where, what is allowed, what to do. */
  readonly message: string;
}

/** GET /api/stack: what does not change while the console is open. */
export interface StackView {
  /** Of the stack on AWS, or `embedded stack`. */
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly region: string | undefined;
  readonly exportBucket: string;
  readonly domain: string;
  readonly objectType: string;
  /** What a customer can be searched by beside the customer key, in words such as `e-mail address`. */
  readonly customerKeyField: string;
  readonly searchedBy: readonly string[];
  /** A larger file is refused before it is read. */
  readonly maxExportBytes: number;
}

/** GET /api/now: polled by every page. */
export interface NowView {
  readonly at: number;
  readonly rate: RateState;
  /** Why the limit is not the deployment's; absent if it is. */
  readonly whyLimited?: string;
  readonly runsAtWork: number;
  /** Of all runs at work, over the last twenty seconds. */
  readonly callsPerSecond: number;
  /** Those that need somebody; the notices page has the rest. */
  readonly openNotices: number;
}

export type Outcomes = Readonly<Record<'synced' | 'unchanged' | 'stale' | 'rejected', number>> & {
  /** Absent if none was. */
  readonly deleted?: number;
};

/** One line of the list of runs. */
export interface RunLine extends Outcomes {
  readonly runId: string;
  /** As short as tells it apart. */
  readonly shortId: string;
  readonly status: RunStatus;
  /** In the words of the commands: `running`, `succeeded`, `failed`, `timed out`, `stopped`. */
  readonly state: string;
  readonly key: string | undefined;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly redrivenAt?: number;
  readonly seconds: number;
  /** Rows with an outcome, and all of the export; the latter undefined until it is cut into chunks. */
  readonly rows: number;
  readonly totalRows: number | undefined;
  readonly calls: number;
  readonly throttled: number;
  readonly retries: number;
  readonly error?: string;
}

/** GET /api/runs?limit=N&state=WORD */
export interface RunsView {
  readonly runs: readonly RunLine[];
  /** There are older ones than `limit`. */
  readonly hasMore: boolean;
}

/** What ended a run, and what to do. */
export interface ErrorView {
  readonly name: string;
  readonly meaning: string;
  readonly whatToDo: string;
  /** The error's own text; only of errors of ours. */
  readonly message?: string;
  readonly chunks: readonly number[];
}

export type MachineState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'stopped';

/** GET /api/runs/RUN: polled while the run's page is open. */
export interface RunView extends RunLine {
  readonly at: number;
  readonly executionArn: string | undefined;
  readonly export:
    | { readonly bucket: string; readonly key: string; readonly versionId?: string; readonly exportTime?: number }
    | undefined;
  readonly resync: boolean;
  readonly redrives: number;
  /** Of a run at work. */
  readonly callsPerSecond: number;
  readonly endsAt?: number;
  readonly standsStill: boolean;
  readonly deadline?: number;
  /** Every chunk of the run in order; empty until it is cut, and of a run of more than 5,000 chunks: then only `chunkCounts` tell. */
  readonly cells: readonly ChunkCell[];
  readonly chunkCounts: Readonly<Record<ChunkCell['state'], number>>;
  /** Empty if they are more than 10,000. */
  readonly attempts: readonly AttemptView[];
  readonly rate: RateSeries;
  /** By name of the state; those that are missing were not entered. */
  readonly machine: Readonly<Record<string, MachineState>>;
  readonly errors: readonly ErrorView[];
  readonly canStop: boolean;
  readonly canRedrive: boolean;
  /** What the summary has, once there is one. */
  readonly summary?: {
    readonly duplicates: number;
    /** Set if the mapping deletes. */
    readonly deletes?: MarkedDeletes;
    readonly cleared: number;
    readonly notCleared: number;
    readonly notClearedByField: Readonly<Record<string, number>>;
    readonly notNormalized: number;
    readonly lateErrors: number;
    readonly rejectedByCode: Readonly<Record<string, number>>;
    /** US dollars at list prices, without Amazon Connect itself; undefined if the run did not count what it used. */
    readonly usd?: number;
  };
  /** `/runs/RUN/report.html` is there; runs that failed have one, too. */
  readonly hasReport: boolean;
  readonly resubmissions: readonly { readonly key: string; readonly uploadedAt: number; readonly bytes: number }[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** GET /api/runs/RUN/machine: the state machine that the run was started with, laid out. */
export interface MachineDrawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MachineNode[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly label?: string;
    readonly points: readonly Point[];
  }[];
}

export interface MachineNode {
  /** Of the state; `Start` and `End` for the two ends. */
  readonly name: string;
  /** `Task`, `Map`, `Choice`, … of the states language; undefined for the two ends. */
  readonly type: string | undefined;
  readonly comment?: string;
  /** Name of the Map that holds it. */
  readonly inside?: string;
  /** Middle and size. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** GET /api/runs/RUN/history?limit=N: newest first. */
export interface HistoryView {
  readonly events: readonly {
    readonly id: number;
    readonly at: number;
    readonly state?: string;
    readonly text: string;
    readonly isTrouble: boolean;
  }[];
  readonly hasMore: boolean;
}

/** GET /api/runs/RUN/rejected?code=CODE&page=N (the first is 1); rows are of the deployed mapping's customer key. */
export interface RejectedView {
  readonly extent: 'all' | 'so far' | 'no files';
  readonly rejected: number;
  readonly codes: readonly {
    readonly code: string;
    readonly rows: number;
    readonly meaning: string;
    readonly whatToDo?: string;
  }[];
  readonly rows: readonly RejectedRow[];
  readonly page: number;
  readonly pages: number;
}

/** GET /api/runs/RUN/redrive: what a redrive would do. POST the same address does it: `{ "evenIfItFails": boolean }` → `{}`. */
export interface RedriveView {
  /** In the words of the command, without its last advice. */
  readonly text: string;
  /** Why it can't be done. */
  readonly obstacle?: string;
  /** Why it would fail again; it is done only with `evenIfItFails`. */
  readonly failsAgain?: string;
}

/** POST /api/runs/RUN/stop → what is said of it. */
export interface StoppedView {
  readonly text: string;
}

/**
 * POST /api/exports?name=NAME[&resync=true] and POST /api/runs/RUN/resubmission?name=NAME: the file as the body. It is checked
 * before it goes on; a corrected rejected file that is not one of the run is a ProblemView.
 */
export interface UploadedView {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly startedAt: number;
  /** Of a resync, which is started here. */
  readonly runId?: string;
  /** What the comparison with the rejected rows says, of a resubmission. */
  readonly note?: string;
}

/** GET /api/started?key=KEY&versionId=V&since=MS: the run of an upload; asked again until it is there. */
export interface StartedView {
  readonly runId: string | undefined;
}

/** GET /api/customers?search=TEXT */
export interface CustomerView {
  /** Of TEXT as the customer key. */
  readonly explanation: Explanation;
  readonly verdict: { readonly text: string; readonly next: readonly string[]; readonly isUnknown: boolean };
  /** What happened to the customer that is still known, newest first. */
  readonly history: readonly {
    readonly at: number;
    readonly what: string;
    readonly runId?: string;
    readonly isTrouble: boolean;
  }[];
  /** Customers found by another search key; empty if TEXT is a customer key. */
  readonly candidates: readonly {
    readonly customerKey: string | undefined;
    readonly profileId: string;
    readonly foundBy: string;
  }[];
}

/** GET /api/notices: newest first. */
export interface NoticesView {
  readonly notices: readonly NoticeView[];
}

export interface NoticeView {
  /** Stable, for the page. */
  readonly id: string;
  readonly at: number;
  /** `open`: somebody should do something; `over`: it was mended or goes by itself. */
  readonly is: 'open' | 'over';
  readonly severity: 'failed' | 'attention' | 'information';
  readonly subject: string;
  /** Several lines. */
  readonly message: string;
  readonly runId?: string;
}
