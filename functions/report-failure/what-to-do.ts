import type { ChunkError, ChunkFailures } from '../shared/run-failure/chunk-failures.ts';
import { wayOut } from '../shared/run-failure/way-out.ts';
import { redriveWays, uploadWays, type Way } from './commands.ts';
import type { FailedRun } from './failed-run.ts';

/** What is known of the chunks: undefined if the run never came to them. */
export type ChunksSeen = ChunkFailures | 'unknown' | undefined;

/** What somebody should do about a run. */
export interface WhatToDo {
  /** Without commands. */
  readonly sentences: readonly string[];
  readonly byRedrive: boolean;
  /** Each does it. */
  readonly ways: readonly Way[];
}

/** A Map fails of its chunks: their errors say more than its own. */
export function chunkErrorsOf(run: FailedRun, chunks: ChunksSeen): readonly ChunkError[] {
  return run.status === 'FAILED' && typeof chunks === 'object' ? chunks.errors : [];
}

/** What ended the run: the errors of its chunks, or its own. */
export function errorsOf(run: FailedRun, chunks: ChunksSeen): readonly ChunkError[] {
  const chunkErrors = chunkErrorsOf(run, chunks);
  return chunkErrors.length > 0 ? chunkErrors : [{ ...run.error, chunks: [] }];
}

export function whatToDo(run: FailedRun, chunks: ChunksSeen): WhatToDo {
  const { remedy, errors } = wayOut(errorsOf(run, chunks).map(({ name }) => name));
  if (remedy === 'redrive' && run.notRedrivable !== undefined) {
    const sentence = `The run can't be redriven (${run.notRedrivable}). Start the export again, by a new upload: rows that were synced cost no call.`;
    return { sentences: [sentence], byRedrive: false, ways: uploadWays(run) };
  }
  const sentences = [...new Set(errors.map((error) => error.whatToDo))];
  const byRedrive = remedy === 'redrive';
  return { sentences, byRedrive, ways: byRedrive ? redriveWays(run) : uploadWays(run) };
}
