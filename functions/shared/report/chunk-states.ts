import type { ChunkProgress } from '../contracts.ts';

/** One attempt of a chunk, in what a timeline shows of it. Times are epoch milliseconds. */
export interface AttemptView {
  readonly chunk: number;
  readonly redrive: number;
  readonly retry: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `at work`, `done`, or the name of the error that it ended with; `broken off`: it never said how it ended. */
  readonly ended: string;
  /** What came of it: `again`, another attempt followed or will; `failed`, no retry was left; `stopped`, the run ended. */
  readonly state: 'done' | 'at work' | 'again' | 'failed' | 'stopped';
  readonly rows: number;
  readonly calls: number;
  readonly throttled: number;
}

/** A chunk of a run. */
export interface ChunkCell {
  readonly chunk: number;
  /** That of its newest attempt. `stopped`: at work, or waiting for a retry, when the run ended. */
  readonly state: AttemptView['state'] | 'not started';
  readonly rows: number;
  readonly attempts: number;
  readonly calls: number;
  readonly throttled: number;
  /** Milliseconds in which it was worked on, all attempts together. */
  readonly worked: number;
  /** Of the newest attempt that ended badly. */
  readonly error?: string;
}

const AT_WORK = 'at work';
/** How an attempt ended that never said how. */
export const BROKEN_OFF = 'broken off';

/** How often the state SyncChunk is tried again after an error that a worker notes; a redrive begins to count anew. */
export const CHUNK_RETRIES: Readonly<Record<string, number>> = {
  InvalidExport: 0,
  ExportChanged: 0,
  MappingChanged: 0,
  ProfilesAccessDenied: 0,
  ProfilesNotFound: 0,
  ItemsThrottled: 160,
  NoPermit: 3_000,
  ChunkUnfinished: 1_000,
  // It noted nothing, so Lambda or Step Functions ended it.
  [BROKEN_OFF]: 8,
};
/** After any other error. */
export const OTHER_RETRIES = 5;

/** In the order of chunks, then of attempts. @param isAtWork whether the run is RUNNING. */
export function attemptViews(attempts: readonly ChunkProgress[], isAtWork: boolean): readonly AttemptView[] {
  const byChunk = Map.groupBy(attempts, ({ chunk }) => chunk);
  const chunks = [...byChunk.values()].toSorted(([a], [b]) => (a?.chunk ?? 0) - (b?.chunk ?? 0));
  return chunks.flatMap((own) => viewsOfChunk(own, isAtWork));
}

function viewsOfChunk(attempts: readonly ChunkProgress[], isAtWork: boolean): AttemptView[] {
  const ordered = attempts.toSorted((a, b) => a.redrive - b.redrive || a.retry - b.retry);
  const failures = new Map<string, number>();
  return ordered.map((attempt, index) => {
    const { chunk, redrive, retry, startedAt, updatedAt, rows, calls, throttled } = attempt;
    const next = ordered[index + 1];
    const ended = attempt.ended ?? (!next && isAtWork ? AT_WORK : BROKEN_OFF);
    const kind = `${redrive} ${ended}`;
    const times = (failures.get(kind) ?? 0) + 1;
    failures.set(kind, times);
    const goesOn = next ? next.redrive === redrive : isAtWork;
    const state = stateOf(ended, times, goesOn);
    const endedAt = Math.max(startedAt, updatedAt);
    return { chunk, redrive, retry, startedAt, endedAt, ended, state, rows, calls, throttled };
  });
}

/** @param times how often the chunk ended so since the run began or was redriven. */
function stateOf(ended: string, times: number, goesOn: boolean): AttemptView['state'] {
  if (ended === 'done' || ended === AT_WORK) return ended;
  if (goesOn) return 'again';
  return times > (CHUNK_RETRIES[ended] ?? OTHER_RETRIES) ? 'failed' : 'stopped';
}

/**
 * The chunks of a run in order: all of them, or those that were begun if it is not known how many there are.
 *
 * @param isAtWork whether the run is RUNNING.
 */
export function chunkCells(
  attempts: readonly ChunkProgress[],
  totalChunks: number | undefined,
  isAtWork: boolean,
): readonly ChunkCell[] {
  const byChunk = Map.groupBy(attemptViews(attempts, isAtWork), ({ chunk }) => chunk);
  const chunks = new Set([...Array(totalChunks ?? 0).keys(), ...byChunk.keys()]);
  return [...chunks].map((chunk) => cellOf(chunk, byChunk.get(chunk) ?? []));
}

function cellOf(chunk: number, attempts: readonly AttemptView[]): ChunkCell {
  const sum = { rows: 0, calls: 0, throttled: 0, worked: 0 };
  for (const { rows, calls, throttled, startedAt, endedAt } of attempts) {
    // Each attempt begins again with all rows of the chunk, but what was done is done.
    sum.rows = Math.max(sum.rows, rows);
    sum.calls += calls;
    sum.throttled += throttled;
    sum.worked += endedAt - startedAt;
  }
  const state = attempts.at(-1)?.state ?? 'not started';
  const error = attempts.findLast(({ ended }) => ended !== AT_WORK && ended !== 'done')?.ended;
  return { chunk, state, ...sum, attempts: attempts.length, ...(error !== undefined && { error }) };
}
