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
  /** `again`: broken off, Step Functions tries it again. `stopped`: at work when the run ended. */
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

/** @param isAtWork whether the run is RUNNING. */
export declare function chunkCells(
  attempts: readonly ChunkProgress[],
  totalChunks: number | undefined,
  isAtWork: boolean,
): readonly ChunkCell[];
