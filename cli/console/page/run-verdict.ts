import { count, counted, duration } from '../../../functions/shared/words.ts';
import type { RunView } from '../api.ts';

/** A worker notes its progress every two seconds. */
const NOTED_LATELY_MS = 10_000;

/** The first thing that somebody wants to know of a run, in a sentence or two. */
export function runVerdict(run: RunView): string {
  const { runId, status, rows, totalRows, rejected, errors, summary } = run;
  if (status === 'RUNNING') return atWork(run);
  if (status === 'SUCCEEDED') {
    if (rows === 0) return 'Done. The export has no rows: there was nothing to sync.';
    if (summary?.deletes?.allowed === false) {
      return `Done, but nothing was deleted: ${counted(summary.deletes.marked, 'row')} ${summary.deletes.marked === 1 ? 'is' : 'are'} marked as deleted, more than the mapping allows. If that is right: npx profile-sync approve ${runId}`;
    }
    if (rejected === 0) return 'Done. Every row is accounted for, and none was rejected.';
    return `Done. ${count(rejected)} of ${counted(rows, 'row')} ${rejected === 1 ? 'was' : 'were'} rejected and can be corrected; every other row is accounted for.`;
  }
  const done =
    totalRows === undefined
      ? 'The export was not cut into chunks yet: nothing was sent.'
      : `${count(rows)} of ${counted(totalRows, 'row')} have an outcome.`;
  return `${errors[0]?.meaning ?? 'The run ended before it was done.'} ${done}${lastWorkers(run)}`;
}

/** Workers that were at work when a run ended finish what they have begun, unseen by Step Functions. */
function lastWorkers({ at, attempts }: RunView): string {
  const workers = attempts.filter(({ state, endedAt }) => state === 'stopped' && at - endedAt < NOTED_LATELY_MS).length;
  if (workers === 0) return '';
  return ` ${counted(workers, 'worker')} still ${workers === 1 ? 'sends' : 'send'} what was begun, for six minutes at most: the figures go on until then.`;
}

function atWork({ at, rows, totalRows, endsAt, standsStill, chunkCounts }: RunView): string {
  if (totalRows === undefined) return 'The export is read once and cut into chunks.';
  if (rows >= totalRows && chunkCounts['at work'] + chunkCounts.again + chunkCounts['not started'] === 0) {
    return 'Every row has its outcome. The totals are added up.';
  }
  const done = `${count(rows)} of ${counted(totalRows, 'row')} have an outcome.`;
  if (standsStill) return `${done} It stands still: nothing may be sent now.`;
  return endsAt === undefined ? done : `${done} About ${duration(Math.max(1, (endsAt - at) / 1000))} left.`;
}
