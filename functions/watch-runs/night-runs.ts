import type { RunExport } from '../shared/run-input.ts';
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

/** Whether somebody has uploaded an export for the night, however late. */
export function hasExport(night: Night, runs: readonly WatchedRun[]): boolean {
  return runs.some(({ startedAt }) => startedAt > night.opensAt);
}

/**
 * A night that was there before the system expects no export, or every deployment of a new one would begin with an alarm.
 *
 * @param createdAt when the system was deployed first, epoch milliseconds.
 */
export function isExportExpected(night: Night, createdAt: number): boolean {
  return night.exportBy >= createdAt;
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

/** A run and the export that it was started for. */
export interface StartedRun {
  readonly startedAt: number;
  readonly export: RunExport;
}

/**
 * Whether a success makes good that a run of the same night ended without one: a later one of the same key, or an earlier one
 * of the same version, whose duplicate the run was. A version that came after the success has yet to arrive, and a resync is
 * no duplicate.
 */
export function isMendedBy(run: StartedRun, success: StartedRun): boolean {
  const [missing, synced] = [run.export, success.export];
  if (missing.bucket !== synced.bucket || missing.key !== synced.key) return false;
  if (success.startedAt > run.startedAt) return true;
  // A run that was started by hand names no version.
  return !missing.resync && missing.versionId !== undefined && missing.versionId === synced.versionId;
}
