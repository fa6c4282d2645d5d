import type { ChunkProgress } from '../../functions/shared/contracts.ts';
import { type RunProgress, readRunCounts } from '../../functions/shared/run-progress.ts';
import type { WatchedRun } from '../../functions/watch-runs/night-runs.ts';
import { projectedEnd } from '../../functions/watch-runs/projected-end.ts';
import { type RatedStack, type RateState, readRate } from '../rate/rate-state.ts';
import { newestAttempts } from './newest-attempts.ts';
import { createRateMeter } from './run-rate.ts';

/** Milliseconds of work after which its end is told: too early for an alarm, but a person sees it change. */
const FIRST_TOLD_AFTER_MS = 5_000;

/** A run at work, at one moment. Times are epoch milliseconds. */
export interface LiveStatus {
  readonly runId: string;
  readonly at: number;
  readonly progress: RunProgress;
  readonly chunks: ChunkStates;
  /** Of this run alone. */
  readonly callsPerSecond: number;
  /** The limit that all runs and live events share. */
  readonly rate: RateState;
  /** When it will be done if it goes on as lately; infinite if it stands still, undefined before that can be told. */
  readonly endsAt: number | undefined;
  /** By when it must be done. */
  readonly deadline: number | undefined;
}

/** How many chunks were begun, by what their newest attempt noted of itself. */
export interface ChunkStates {
  readonly done: number;
  readonly atWork: number;
  /** Broken off with an error: Step Functions tries them again, or the run fails of one of them. */
  readonly brokenOff: number;
  /** Names of these errors. */
  readonly errors: readonly string[];
}

/** @param deadline undefined if there is none. */
export function createStatusReader(
  { runId, begunAt }: Pick<WatchedRun, 'runId' | 'begunAt'>,
  deadline: number | undefined,
  stack: RatedStack,
): () => Promise<LiveStatus> {
  const { clients, outputs, clock } = stack;
  const callsPerSecond = createRateMeter();
  return async () => {
    const progress = await readRunCounts(clients.dynamo, outputs.RunTableName, runId);
    const rate = await readRate(stack);
    const at = clock.now();
    return {
      runId,
      at,
      progress,
      chunks: chunkStates(progress.attempts),
      callsPerSecond: callsPerSecond(progress.attempts, at),
      rate,
      endsAt: endOf(progress, rate, begunAt, at),
      deadline,
    };
  };
}

/** As `LiveStatus.endsAt`. */
export function endOf(progress: RunProgress, rate: RateState, begunAt: number, at: number): number | undefined {
  return rate.paused ? Number.POSITIVE_INFINITY : projectedEnd(progress, begunAt, at, FIRST_TOLD_AFTER_MS);
}

export function chunkStates(attempts: readonly ChunkProgress[]): ChunkStates {
  const newest = newestAttempts(attempts);
  const done = newest.filter(({ ended }) => ended === 'done').length;
  const atWork = newest.filter(({ ended }) => ended === undefined).length;
  const errors = new Set(newest.flatMap(({ ended }) => (ended === undefined || ended === 'done' ? [] : ended)));
  return { done, atWork, brokenOff: newest.length - done - atWork, errors: [...errors].sort() };
}
