import type { Night } from './schedule.ts';

/** A run as the list of executions has it. Times are epoch milliseconds. */
export interface WatchedRun {
  readonly runId: string;
  readonly executionArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startedAt: number;
  /** When it started, or was redriven last. */
  readonly begunAt: number;
}

/**
 * From the time by which an export is expected until the next one is: nobody has uploaded one. A night that was there before
 * the system expects none, or every deployment of a new one would begin with an alarm.
 *
 * @param createdAt when the system was deployed first, epoch milliseconds.
 */
export function isExportOverdue(night: Night, runs: readonly WatchedRun[], createdAt: number): boolean {
  return night.exportBy >= createdAt && !runs.some(({ startedAt }) => startedAt > night.opensAt);
}

/**
 * The runs that must be done by the night's end: those that started before it. What comes after them, as the correction of
 * a rejected file does, may take its time. An export that itself came after the end is late by its first run.
 *
 * @returns oldest first.
 */
export function dueRuns(night: Night, runs: readonly WatchedRun[]): WatchedRun[] {
  const ofNight = runs
    .filter(({ startedAt }) => startedAt > night.opensAt && startedAt <= night.endsAt)
    .sort((a, b) => a.startedAt - b.startedAt);
  const due = ofNight.filter(({ startedAt }) => startedAt <= night.doneBy);
  return due.length > 0 ? due : ofNight.slice(0, 1);
}

/** The runs that could have mended a run that ended without success. */
export function laterSuccesses(run: WatchedRun, runs: readonly WatchedRun[]): WatchedRun[] {
  return runs.filter(({ status, startedAt }) => status === 'SUCCEEDED' && startedAt > run.startedAt);
}
