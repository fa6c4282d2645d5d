import type { RunProgress } from '../../functions/shared/run-progress.ts';
import { count, duration, localTime } from '../output/words.ts';
import { whyLimited } from '../rate/rate-state.ts';
import type { LiveStatus } from './live-status.ts';

/** What there is to say of a run at work, besides its rows; always a line each for chunks, outcomes, rate and time. */
export function statusLines(status: LiveStatus): string[] {
  return [chunkTexts(status), outcomeTexts(status.progress), rateTexts(status), timeTexts(status)].map((texts) =>
    texts.join(', '),
  );
}

function chunkTexts({ chunks, progress: { totalChunks = 0 } }: LiveStatus): string[] {
  const { done, atWork, brokenOff, errors } = chunks;
  return [
    `chunks ${count(done)} of ${count(totalChunks)} done`,
    ...(atWork > 0 ? [`${count(atWork)} at work`] : []),
    ...(brokenOff > 0 ? [`${count(brokenOff)} broken off (${errors.join(', ')}), to be tried again`] : []),
  ];
}

type Outcomes = Pick<RunProgress, 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted' | 'cleared'>;

/** The outcomes so far; of what only some mappings do, if there was any. */
export function outcomeTexts({ synced, unchanged, stale, rejected, deleted, cleared }: Outcomes): string[] {
  return [
    `synced ${count(synced)}`,
    `unchanged ${count(unchanged)}`,
    `stale ${count(stale)}`,
    `rejected ${count(rejected)}`,
    ...(deleted ? [`deleted ${count(deleted)}`] : []),
    ...(cleared ? [`cleared ${count(cleared)}`] : []),
  ];
}

function rateTexts({ callsPerSecond, rate, progress: { throttled, retries } }: LiveStatus): string[] {
  const why = whyLimited(rate);
  const calls = callsPerSecond.toFixed(0);
  const limit = `limit ${rate.limit.toFixed(0)} of ${rate.deployed} calls/s (${why})`;
  return [
    ...(why === undefined ? [`about ${calls} of ${rate.deployed} calls/s`] : [`about ${calls} calls/s`, limit]),
    ...(throttled > 0 ? [`throttled ${count(throttled)}`] : []),
    ...(retries > 0 ? [`retries ${count(retries)}`] : []),
  ];
}

function timeTexts({ at, endsAt, deadline }: LiveStatus): string[] {
  return [...(endsAt === undefined ? [] : [endText(at, endsAt)]), deadlineText(at, endsAt, deadline)];
}

function endText(at: number, endsAt: number): string {
  if (endsAt === Number.POSITIVE_INFINITY) return 'standing still';
  return `about ${duration((endsAt - at) / 1000)} left, done at ${localTime(endsAt)}`;
}

function deadlineText(at: number, endsAt: number | undefined, deadline: number | undefined): string {
  if (deadline === undefined) return 'no deadline';
  const time = `deadline ${localTime(deadline)}`;
  if (at > deadline) return `${time} missed`;
  if (endsAt === undefined) return time;
  if (endsAt <= deadline) return `${time} will be met`;
  const late = endsAt === Number.POSITIVE_INFINITY ? '' : ` by ${duration((endsAt - deadline) / 1000)}`;
  return `${time} will be missed${late}`;
}

/** One line of `watch --json`. */
export function statusAsJson({
  runId,
  at,
  progress,
  chunks,
  callsPerSecond,
  rate,
  endsAt,
  deadline,
}: LiveStatus): object {
  const { totalRows, totalChunks, rows, synced, unchanged, stale, rejected, calls, throttled, retries } = progress;
  const isStill = endsAt === Number.POSITIVE_INFINITY;
  return {
    runId,
    status: 'RUNNING',
    at: new Date(at).toISOString(),
    ...{ rows, totalRows: totalRows ?? null, synced, unchanged, stale, rejected },
    ...(progress.deleted && { deleted: progress.deleted }),
    ...(progress.cleared && { cleared: progress.cleared }),
    chunks: { ...chunks, total: totalChunks ?? null },
    ...{ calls, callsPerSecond, limit: rate.limit, deployedLimit: rate.deployed, paused: rate.paused },
    ...{ throttled, retries, standsStill: isStill },
    endsAt: endsAt === undefined || isStill ? null : new Date(endsAt).toISOString(),
    deadline: deadline === undefined ? null : new Date(deadline).toISOString(),
    meetsDeadline: deadline === undefined || endsAt === undefined ? null : endsAt <= deadline,
  };
}
