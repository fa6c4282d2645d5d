/** The shapes that the states of statemachine/profile-sync.asl.json pass to each other. None holds customer data. */

/** `iso-8859-1` is that alone, without the letters that Windows-1252 has in its place of control characters. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' | 'euc-jp' | 'windows-1252' | 'iso-8859-1';

export type Compression = 'gzip' | 'zstd';

/** How the bytes of an export become records. */
export interface ExportFormat {
  readonly type: 'csv' | 'jsonl';
  /** Of the export as it was uploaded; what chunks point at is always UTF-8. */
  readonly encoding: Encoding;
  /** Of the export as it was uploaded; absent if it was not packed. */
  readonly compression?: Compression;
  /** CSV only. */
  readonly delimiter?: ',' | ';' | '\t' | '|';
  /** CSV only: how many columns the header has; a record with another number of fields is ragged. */
  readonly width?: number;
  /**
   * CSV only, if the last columns have no name, as a spreadsheet writes them where some row is wider than the header:
   * how many come before these. A record with text behind them is ragged.
   */
  readonly named?: number;
  /** CSV only: the mapping's own column names (and `_version` in a corrected rejected file) and their positions. */
  readonly columns?: Readonly<Record<string, number>>;
  /** CSV only: the byte range `[start, end)` of the header line without its newline, in what chunks point at. */
  readonly header?: { readonly start: number; readonly end: number };
}

/** Which bytes to read: one version of one object. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  /** Absent for a run's own files, which are written once; then the ETag alone pins the bytes. */
  readonly versionId?: string;
  /** Without quotes. */
  readonly etag: string;
}

/** The export that a run was split from. */
export interface ExportRef extends ObjectVersion {
  readonly bytes: number;
  /** When the data was taken, ISO 8601 UTC. */
  readonly exportTime: string;
  /**
   * LastModified of this object version, ISO 8601 UTC. S3 keeps whole seconds; the milliseconds hold the order among
   * the key's versions of the same second, so that upload times are a total order.
   */
  readonly uploadTime: string;
  readonly format: ExportFormat;
  readonly mappingHash: string;
  /** Set if the mapping deletes. */
  readonly deletes?: MarkedDeletes;
  /** The bytes that the chunks point at: the export itself, or a UTF-8 copy of it. */
  readonly source: ObjectVersion;
}

/** The records of an export that say that their customer was deleted. */
export interface MarkedDeletes {
  readonly marked: number;
  /** False if they are more than the mapping allows and were not approved: then none is deleted. */
  readonly allowed: boolean;
}

/** One line of chunks.jsonl. */
export interface Chunk {
  readonly chunk: number;
  /** Byte range `[start, end)` of `source`. */
  readonly start: number;
  readonly end: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Row numbers whose key comes again in the export with a version that is not older. */
  readonly superseded: readonly number[];
}

/** Deletions that somebody approved, whatever the mapping allows: as many as a run told, and what that mapping makes of them. */
export interface ApprovedDeletes {
  readonly marked: number;
  readonly mappingHash: string;
}

export interface SplitExportInput {
  readonly runId: string;
  readonly resync: boolean;
  readonly bucket: string;
  /** As the event has it; AWS does not document whether it is URL-encoded. */
  readonly key: string;
  readonly versionId?: string;
  readonly approveDeletes?: ApprovedDeletes;
}

export interface SplitExportOutput {
  readonly rows: number;
  readonly chunks: number;
  /** Rows superseded by another row of the same export. */
  readonly duplicates: number;
  readonly resync: boolean;
  readonly export: ExportRef;
  readonly chunksFile: { readonly bucket: string; readonly key: string };
}

export interface SyncChunkInput {
  readonly runId: string;
  /** Step Functions' own counters of this chunk's child execution. */
  readonly attempt: { readonly redrive: number; readonly retry: number };
  readonly resync: boolean;
  readonly export: ExportRef;
  readonly chunk: Chunk;
}

/** `runs/<runId>/results/<chunk>.json`, written by the attempt that finishes the chunk. */
export interface ChunkResult {
  readonly chunk: number;
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  /** Absent if none was. */
  readonly deleted?: number;
  /** Records that emptied a field sent before, which PutProfileObject never clears, and the mapping may leave as it is. */
  readonly notCleared: number;
  /** Values that could not be normalised and were sent as they are. */
  readonly notNormalized: number;
  readonly rejectedByCode: Readonly<Record<string, number>>;
  /** Row numbers of the first rejected rows of each code; absent in results of an older deployment. */
  readonly rejectedRows?: Readonly<Record<string, readonly number[]>>;
  /** Of `notCleared`, by name of the mapping's field; absent in results of an older deployment. */
  readonly notClearedByField?: Readonly<Record<string, number>>;
  /** Records for which fields of the profile were cleared, and how many of each field; absent if there were none. */
  readonly cleared?: number;
  readonly clearedByField?: Readonly<Record<string, number>>;
  /** Key of the chunk's rejected file in RunBucket; absent if no row was rejected. */
  readonly rejectedFile?: string;
}

/**
 * One DynamoDB item of RunTable per chunk and attempt: `run` = runId, `item` = `progress#<chunk>#<redrive>#<retry>`,
 * each number padded to six digits. Overwritten with that attempt's totals, never added to.
 */
export interface ChunkProgress {
  readonly chunk: number;
  readonly redrive: number;
  readonly retry: number;
  /** Records of the chunk with an outcome so far, and the outcomes; `deleted` is absent if none was. */
  readonly rows: number;
  readonly synced: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly deleted?: number;
  /** Records for which fields of the profile were cleared; absent if there were none. */
  readonly cleared?: number;
  /** PutProfileObject calls that were answered or timed out, and those of them answered with a throttle. */
  readonly calls: number;
  readonly throttled: number;
  /** Epoch milliseconds of this attempt's start and of the last update. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** Set when the attempt ended: `done`, or the name of the error that it threw. */
  readonly ended?: string;
  /** Absent in notes of an older deployment, and where the counts alone were read. */
  readonly rate?: AttemptRate;
  /** Absent in notes of an older deployment. */
  readonly use?: FunctionUse;
}

/** What one invocation of a function used, as AWS bills it; without the start of its process. */
export interface FunctionUse {
  /** Milliseconds since the invocation began. */
  readonly ms: number;
  /** Memory of the function. */
  readonly mib: number;
  /** DynamoDB request units. */
  readonly reads: number;
  readonly writes: number;
  /** S3 requests by their two prices: PUT, POST and LIST; all others. */
  readonly puts: number;
  readonly gets: number;
}

/** The calls of an attempt over time, in slots of RATE_SLOT_MS that begin at multiples of it since the epoch. */
export interface AttemptRate {
  /** Number of the first slot: its begin is `firstSlot * RATE_SLOT_MS`. */
  readonly firstSlot: number;
  /** Calls that were answered or timed out in each slot; a slot without one in between is 0. */
  readonly calls: readonly number[];
  /** Those of them answered with a throttle, as long as `calls`; absent if there were none. */
  readonly throttled?: readonly number[];
  /** The limit in force in calls per second, as pairs of an index into `calls` and the limit from there on. */
  readonly limits: readonly (readonly [index: number, limit: number])[];
}

/** Short enough to show a throttle storm; the 180 of an attempt of six minutes still fit its one item of RunTable. */
export const RATE_SLOT_MS = 2_000;

export interface SummarizeRunInput {
  readonly runId: string;
  /** Execution.StartTime, ISO 8601. */
  readonly startedAt: string;
  /** Execution.RedriveCount; absent in runs that an older deployment started. */
  readonly redrives?: number;
  readonly split: SplitExportOutput;
}

/** `summary.json` of a run, and what SummarizeRun returns. */
export interface RunSummary {
  readonly runId: string;
  /** False if rows ≠ synced + unchanged + stale + rejected + deleted, or not every chunk has its result. */
  readonly accounted: boolean;
  readonly export: {
    readonly bucket: string;
    readonly key: string;
    readonly versionId?: string;
    readonly exportTime: string;
  };
  readonly rows: number;
  /** Accepted by Customer Profiles, which is queued there: it may still fail on some of them. */
  readonly synced: number;
  /** Late errors so far: of what this run sent, and the service accepted and failed on before the summary was written. */
  readonly lateErrors: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  /** Customers that are deleted now; absent if none. */
  readonly deleted?: number;
  /** Set if the mapping deletes; with what an approval names. */
  readonly deletes?: MarkedDeletes & ApprovedDeletes;
  readonly rejectedByCode: Readonly<Record<string, number>>;
  /** Row numbers of the first rejected rows of each code; absent in summaries of an older deployment, as are the next. */
  readonly rejectedRows?: Readonly<Record<string, readonly number[]>>;
  readonly notClearedByField?: Readonly<Record<string, number>>;
  /** rejected / rows, 0 for an export without rows. */
  readonly rejectedShare: number;
  readonly duplicates: number;
  readonly notCleared: number;
  /** As in the results of chunks. */
  readonly cleared?: number;
  readonly clearedByField?: Readonly<Record<string, number>>;
  readonly notNormalized: number;
  readonly calls: number;
  readonly throttled: number;
  /** Attempts of chunks beyond their first: Step Functions' retries and redrives. */
  readonly retries: number;
  readonly chunks: number;
  readonly startedAt: string;
  /** From the start of the run to the summary. */
  readonly seconds: number;
  /** Of the export as it was uploaded. */
  readonly encoding: string;
  /** Absent if the export was not packed. */
  readonly compression?: string;
  /** Absent if an older deployment made a part of the run. */
  readonly usage?: RunUsage;
  /** `s3://` addresses. */
  readonly files: { readonly summary: string; readonly report: string; readonly rejected?: string };
}

/**
 * What a run used, as AWS bills it. Its functions counted their own requests and time; an attempt that crashed counts up to its
 * last note. State transitions follow from the states of the run and the attempts of its chunks.
 */
export interface RunUsage {
  /** DynamoDB request units, on demand. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** S3 requests: PUT, POST and LIST; all others. */
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly stateTransitions: number;
}
