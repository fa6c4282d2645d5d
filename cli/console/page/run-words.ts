/** What the page says of runs, in the words of the commands. */

import { count, counted, duration } from '../../../functions/shared/words.ts';
import { localTime } from '../../output/words.ts';
import type { MachineState, RunLine, RunView } from '../api.ts';

/** How a state looks: by colour and sign, and always beside its word. */
export type Tone = 'good' | 'bad' | 'warn' | 'running' | 'quiet';

const RUN_TONES: Readonly<Record<RunLine['status'], Tone>> = {
  RUNNING: 'running',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'bad',
  ABORTED: 'warn',
};

export function toneOfRun(status: RunLine['status']): Tone {
  return RUN_TONES[status];
}

const MACHINE_TONES: Readonly<Record<MachineState, Tone>> = {
  waiting: 'quiet',
  running: 'running',
  succeeded: 'good',
  failed: 'bad',
  stopped: 'warn',
};

export function toneOfState(state: MachineState): Tone {
  return MACHINE_TONES[state];
}

type ChunkState = keyof RunView['chunkCounts'];

/** In the order in which they are listed. */
export const CHUNK_WORDS: Readonly<Record<ChunkState, string>> = {
  done: 'done',
  'at work': 'at work',
  again: 'to be tried again',
  failed: 'failed',
  stopped: 'stopped',
  'not started': 'not started',
};

/** What the export is called: the last part of its key. */
export function exportName(key: string | undefined): string {
  return key === undefined ? 'No export named' : (key.split('/').at(-1) ?? key);
}

/** The one sentence that is read first. */
export function verdict(run: RunView): string {
  switch (run.status) {
    case 'RUNNING':
      return runningVerdict(run);
    case 'SUCCEEDED':
      return doneVerdict(run);
    default:
      return `${ENDED[run.status]}${atRow(run)}${why(run)}. ${wayOn(run)}`;
  }
}

const ENDED = { FAILED: 'Failed', TIMED_OUT: 'Timed out', ABORTED: 'Stopped' } as const;

function runningVerdict({ rows, totalRows, standsStill, endsAt, at }: RunView): string {
  if (totalRows === undefined) return 'At work: the export is being cut into chunks.';
  const far = `${count(rows)} of ${counted(totalRows, 'row')} have an outcome`;
  if (rows >= totalRows) return `At work: ${far}; the run is being summed up.`;
  if (standsStill) return `Standing still: ${far}, and no call has arrived for a while.`;
  return endsAt === undefined ? `At work: ${far}.` : `At work: ${far}; about ${duration((endsAt - at) / 1000)} left.`;
}

function doneVerdict({ rows, rejected }: RunView): string {
  if (rows === 0) return 'Done: the export has no rows.';
  const all = `Done: ${rows === 1 ? 'the one row is' : `all ${count(rows)} rows are`} accounted for`;
  if (rejected === 0) return `${all}, and none was rejected.`;
  return `${all}; ${count(rejected)} ${rejected === 1 ? 'was rejected and needs' : 'were rejected and need'} a correction.`;
}

function atRow({ rows, totalRows }: RunView): string {
  if (totalRows === undefined) return ' before the export was cut into chunks';
  return ` after ${count(rows)} of ${counted(totalRows, 'row')}`;
}

function why({ errors, error }: RunView): string {
  const name = errors[0]?.name ?? error;
  return name === undefined ? '' : `: ${name}`;
}

function wayOn({ canRedrive, totalRows, rows }: RunView): string {
  if (!canRedrive) return 'It cannot be redriven.';
  if (totalRows === undefined) return 'Nothing was sent. A redrive starts from the beginning.';
  return rows === 0 ? 'A redrive goes on from there.' : 'What has arrived stays; a redrive sends only the rest.';
}

/** Of a run at work, if there is a deadline. */
export function deadlineText({ at, deadline, endsAt, standsStill }: RunView): string | undefined {
  if (deadline === undefined) return undefined;
  const time = `Deadline ${localTime(deadline)}`;
  if (at > deadline) return `${time}: missed`;
  if (standsStill) return `${time}: will be missed`;
  if (endsAt === undefined) return time;
  if (endsAt <= deadline) return `${time}: will be met`;
  return `${time}: will be missed by ${duration((endsAt - deadline) / 1000)}`;
}

/** For a screen reader, when it changes. */
export function stateSentence(run: RunView): string {
  const { failed } = run.chunkCounts;
  return `Run of ${exportName(run.key)}: ${run.state}${failed > 0 ? `, ${counted(failed, 'chunk')} failed` : ''}.`;
}

/** `4 min ago`, for what is not long ago; else the time. */
export function ago(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  if (seconds < 5) return 'just now';
  return seconds < 86_400 ? `${duration(seconds)} ago` : localTime(time);
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} KB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}
