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

/**
 * The first run of an export that somebody uploaded for the night, however late.
 *
 * @param isExport tells such a run from that of a correction; it is asked for no more runs than it takes.
 */
export async function firstExport(
  night: Night,
  runs: readonly WatchedRun[],
  isExport: (run: WatchedRun) => Promise<boolean>,
): Promise<WatchedRun | undefined> {
  const ofNight = runs.filter(({ startedAt }) => startedAt > night.opensAt);
  for (const run of ofNight.sort((a, b) => a.startedAt - b.startedAt)) {
    if (await isExport(run)) return run;
  }
  return undefined;
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
 * Whether the run of an export must be done by the night's deadline: if it started before it. What comes afterwards may take
 * its time, but for the first one: an export that itself came after the deadline is late.
 *
 * @param first the night's first export.
 */
export function isDue(
  night: Night,
  { startedAt }: Pick<WatchedRun, 'startedAt'>,
  first: Pick<WatchedRun, 'startedAt'>,
): boolean {
  const isOfNight = startedAt > night.opensAt && startedAt <= night.endsAt;
  return isOfNight && startedAt <= Math.max(night.doneBy, first.startedAt);
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
