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
  readonly rows: number;
  readonly calls: number;
  readonly throttled: number;
}

/** A chunk of a run. */
export interface ChunkCell {
  readonly chunk: number;
  /** `again`: broken off, Step Functions tries it again. `stopped`: at work, or waiting for a retry, when the run ended. */
  readonly state: 'done' | 'at work' | 'again' | 'failed' | 'stopped' | 'not started';
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
const BROKEN_OFF = 'broken off';

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
  const ordered = attempts.toSorted((a, b) => a.chunk - b.chunk || a.redrive - b.redrive || a.retry - b.retry);
  return ordered.map((attempt, index) => {
    const { chunk, redrive, retry, startedAt, updatedAt, rows, calls, throttled } = attempt;
    const isNewest = ordered[index + 1]?.chunk !== chunk;
    const ended = attempt.ended ?? (isNewest && isAtWork ? AT_WORK : BROKEN_OFF);
    return { chunk, redrive, retry, startedAt, endedAt: Math.max(startedAt, updatedAt), ended, rows, calls, throttled };
  });
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
  return [...chunks].map((chunk) => cellOf(chunk, byChunk.get(chunk) ?? [], isAtWork));
}

function cellOf(chunk: number, attempts: readonly AttemptView[], isAtWork: boolean): ChunkCell {
  const sum = { rows: 0, calls: 0, throttled: 0, worked: 0 };
  for (const { rows, calls, throttled, startedAt, endedAt } of attempts) {
    // Each attempt begins again with all rows of the chunk, but what was done is done.
    sum.rows = Math.max(sum.rows, rows);
    sum.calls += calls;
    sum.throttled += throttled;
    sum.worked += endedAt - startedAt;
  }
  const error = attempts.findLast(({ ended }) => ended !== AT_WORK && ended !== 'done')?.ended;
  const state = stateOf(attempts, isAtWork);
  return { chunk, state, ...sum, attempts: attempts.length, ...(error !== undefined && { error }) };
}

function stateOf(attempts: readonly AttemptView[], isAtWork: boolean): ChunkCell['state'] {
  const newest = attempts.at(-1);
  if (!newest) return 'not started';
  if (newest.ended === 'done' || newest.ended === AT_WORK) return newest.ended;
  if (isAtWork) return 'again';
  const times = attempts.filter(({ redrive, ended }) => redrive === newest.redrive && ended === newest.ended).length;
  return times > (CHUNK_RETRIES[newest.ended] ?? OTHER_RETRIES) ? 'failed' : 'stopped';
}
