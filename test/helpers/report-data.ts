import {
  type AttemptRate,
  type ChunkProgress,
  type FunctionUse,
  RATE_SLOT_MS,
  type RunSummary,
} from '../../functions/shared/contracts.ts';
import type { ReportData, RunFailed, RunRecord } from '../../functions/shared/report/report-data.ts';
import { type RunProgress, sumProgress } from '../../functions/shared/run-progress.ts';
import { usageOfRun } from '../../functions/shared/usage/run-usage.ts';
import { attempt } from './attempt.ts';

const BEGAN = Date.UTC(2026, 10, 22, 1, 0, 4);
const DAY_MS = 86_400_000;
const KEY = 'exports/customers-2026-11-22.csv';
const RUN = 'c18edc68-55f1-4b0a-9f0c-0a6f5c2c1d11_8b2f0f3e-7c55-4a39-8e0e-3f5e8f6a2b90';
const EXPORT = {
  bucket: 'crm-exports',
  key: KEY,
  versionId: '3HL4kqtJlcpXroDTDmJ',
  exportTime: '2026-11-22T00:30:00.000Z',
};

/** What a run noted of its chunks. */
interface Plan {
  readonly chunks: number;
  readonly rowsPerChunk: number;
  readonly workers: number;
  /** Calls per second of the whole run. */
  readonly rate?: number;
  readonly unchangedShare?: number;
  /** Chunks whose first attempt is throttled half-way. */
  readonly throttled?: readonly number[];
  /** As an older deployment noted it. */
  readonly withoutRate?: boolean;
  /** When this part of the run began, epoch milliseconds. */
  readonly from?: number;
}

/** Attempts of chunks that workers take one after the other, each at its share of the rate. */
export function workedAttempts({ chunks, rowsPerChunk, workers, ...plan }: Plan): ChunkProgress[] {
  const { rate = 80, unchangedShare = 0, throttled = [], withoutRate = false, from = BEGAN + 3_000 } = plan;
  const share = rate / workers;
  const free = Array.from({ length: workers }, (_, worker) => from + worker * 150);
  const attempts: ChunkProgress[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const worker = free.indexOf(Math.min(...free));
    let startedAt = free[worker] ?? from;
    const unchanged = Math.round(rowsPerChunk * unchangedShare);
    const calls = rowsPerChunk - unchanged;
    const add = (over: Partial<ChunkProgress> & { calls: number; throttled: number }, retry: number): number => {
      const updatedAt = Math.round(startedAt + 400 + (over.calls / share) * (900 + ((chunk * 37) % 240)));
      const rated = withoutRate
        ? {}
        : {
            rate: rateOf(startedAt, updatedAt, over.calls, over.throttled, rate),
            use: chunkUse(rowsPerChunk, over.calls, updatedAt - startedAt),
          };
      attempts.push(
        attempt({
          chunk,
          retry,
          rows: rowsPerChunk,
          synced: calls,
          unchanged,
          startedAt,
          updatedAt,
          ...rated,
          ...over,
        }),
      );
      return updatedAt;
    };
    if (throttled.includes(chunk)) {
      const ended = add(
        {
          calls: Math.round(calls * 0.7),
          throttled: Math.round(calls * 0.2),
          synced: Math.round(calls / 2),
          rows: Math.round(rowsPerChunk / 2),
          ended: 'ItemsThrottled',
        },
        0,
      );
      startedAt = ended + 2_500;
      free[worker] = add({ calls: Math.round(calls / 2), throttled: 0, ended: 'done' }, 1);
    } else {
      free[worker] = add({ calls, throttled: 0, ended: 'done' }, 0);
    }
  }
  return attempts;
}

function chunkUse(rows: number, calls: number, ms: number): FunctionUse {
  return { ms, mib: 1_024, reads: rows + 3 * calls + 4, writes: 3 * calls + 3, puts: 1, gets: 1 };
}

const SPLIT_USE: FunctionUse = { ms: 400, mib: 1_769, reads: 0, writes: 1, puts: 1, gets: 3 };
const SUMMARIZE_USE: FunctionUse = { ms: 300, mib: 1_769, reads: 8, writes: 1, puts: 4, gets: 7 };

function rateOf(startedAt: number, updatedAt: number, calls: number, throttled: number, limit: number): AttemptRate {
  const firstSlot = Math.floor(startedAt / RATE_SLOT_MS);
  const slots = Math.floor(updatedAt / RATE_SLOT_MS) - firstSlot + 1;
  const perSlot = Array.from(
    { length: slots },
    (_, index) => Math.round((calls * (index + 1)) / slots) - Math.round((calls * index) / slots),
  );
  const late = (index: number): number => Math.round((throttled * Math.max(0, index - slots / 2)) / (slots / 2));
  const limits: [number, number][] =
    throttled > 0
      ? [
          [0, limit],
          [Math.floor(slots * 0.6), Math.max(5, limit / 2)],
        ]
      : [[0, limit]];
  return {
    firstSlot,
    calls: perSlot,
    ...(throttled > 0 && { throttled: perSlot.map((_, index) => late(index + 1) - late(index)) }),
    limits,
  };
}

export function progressOf(attempts: readonly ChunkProgress[], totalRows?: number, totalChunks?: number): RunProgress {
  const exportTime = Date.parse(EXPORT.exportTime);
  return { totalRows, totalChunks, exportTime, splitUse: SPLIT_USE, ...sumProgress(attempts), attempts };
}

/** The report of a run that was done. */
export function doneRun(
  attempts: readonly ChunkProgress[],
  over: Partial<RunSummary> = {},
  data: Partial<ReportData> = {},
): ReportData {
  const chunks = new Set(attempts.map(({ chunk }) => chunk)).size;
  const sums = sumProgress(attempts);
  const endedAt = Math.max(BEGAN, ...attempts.map(({ updatedAt }) => updatedAt)) + 2_000;
  const redrives = Math.max(0, ...attempts.map(({ redrive }) => redrive));
  const progress = progressOf(attempts, over.rows ?? sums.rows, chunks);
  const usage = usageOfRun(progress, { redrives, summarizeUse: SUMMARIZE_USE });
  const address = (name: string): string => `s3://crm-runs/runs/${RUN}/${name}`;
  const summary: RunSummary = {
    runId: RUN,
    accounted: true,
    export: EXPORT,
    ...sums,
    lateErrors: 0,
    rejectedByCode: {},
    rejectedShare: (over.rejected ?? sums.rejected) / Math.max(1, over.rows ?? sums.rows),
    duplicates: 0,
    notCleared: 0,
    notNormalized: 0,
    chunks,
    startedAt: new Date(BEGAN).toISOString(),
    seconds: (endedAt - BEGAN) / 1000,
    encoding: 'utf-8',
    ...(usage && { usage }),
    files: {
      summary: address('summary.json'),
      report: address('report.html'),
      ...((over.rejected ?? 0) > 0 && { rejected: address('rejected.csv') }),
    },
    ...over,
  };
  return {
    runId: RUN,
    export: EXPORT,
    startedAt: BEGAN,
    endedAt,
    redrives,
    quota: 80,
    recordsPerPermit: 1,
    ending: { is: 'done', summary },
    progress,
    earlier: [],
    ...data,
  };
}

/** The report of a run that failed. */
export function failedRun(
  over: Partial<RunFailed> = {},
  progress: RunProgress = progressOf([]),
  data: Partial<ReportData> = {},
): ReportData {
  const endedAt = Math.max(BEGAN, ...progress.attempts.map(({ updatedAt }) => updatedAt)) + 2_000;
  const { exportTime, ...exported } = EXPORT;
  return {
    runId: RUN,
    export: exported,
    startedAt: BEGAN,
    endedAt,
    redrives: 0,
    quota: 80,
    recordsPerPermit: 1,
    ending: { is: 'failed', status: 'FAILED', errors: [], chunks: undefined, commands: [], ...over },
    progress,
    earlier: [],
    ...data,
  };
}

/** @param rows of each night, the newest first. */
export function nightsBefore(...rows: readonly number[]): RunRecord[] {
  return rows.map((each, index) => ({
    runId: `run-${index}`,
    key: KEY.replace('22', String(21 - index)),
    startedAt: BEGAN - (index + 1) * DAY_MS,
    seconds: each / 76,
    rows: each,
    synced: Math.round(each * 0.97),
    unchanged: Math.round(each * 0.03),
    stale: 0,
    rejected: index % 3,
    lateErrors: 0,
    duplicates: 0,
    notCleared: 0,
    calls: Math.round(each * 0.97),
    throttled: 0,
    retries: 0,
  }));
}
