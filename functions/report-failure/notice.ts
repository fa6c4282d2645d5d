import type { ChunkError } from '../shared/run-failure/chunk-failures.ts';
import { remedyFor } from '../shared/run-failure/error-catalogue.ts';
import type { RunError } from '../shared/run-failure/run-error.ts';
import { REDRIVABLE_DAYS } from '../shared/run-failure/way-out.ts';
import type { RunProgress } from '../shared/run-progress.ts';
import { count } from '../shared/words.ts';
import type { FailedRun, FailedStatus } from './failed-run.ts';
import { type ChunksSeen, chunkErrorsOf, errorsOf, type WhatToDo, whatToDo } from './what-to-do.ts';

/** SNS takes fewer than 100 characters of ASCII. */
const MAX_SUBJECT_LENGTH = 99;
/** More numbers than this help nobody. */
const CHUNKS_NAMED = 5;
const LOCAL = ' (with --local on the embedded stack)';

const ENDED: Readonly<Record<FailedStatus, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'was stopped',
};

/** How far a run got that was cut into chunks. */
export interface Progress
  extends Pick<RunProgress, 'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted'> {
  readonly totalRows: number;
  readonly totalChunks: number;
}

/**
 * The notice of a failed run for a person: counts, numbers, names and addresses, never customer data.
 *
 * @param report its address; undefined if there is none.
 */
export function composeNotice(
  run: FailedRun,
  progress: Progress | undefined,
  chunks: ChunksSeen,
  report?: string,
): { subject: string; message: string } {
  const names = errorsOf(run, chunks).map(({ name }) => name);
  const ended = ENDED[run.status];
  const reason = run.status === 'FAILED' ? `: ${names.join(', ')}` : '';
  const sections = [
    [`Run ${run.runId} ${ended}${reason}.`, ...runLines(run), ...(report ? [`Report: ${report}`] : [])],
    whatFailed(run.error, chunks, chunkErrorsOf(run, chunks)),
    howFar(progress, chunks),
    instructions(whatToDo(run, chunks)),
  ];
  return {
    subject: `Profile sync: a run ${ended}${reason}`.slice(0, MAX_SUBJECT_LENGTH),
    message: sections.map((lines) => `${lines.join('\n')}\n`).join('\n'),
  };
}

function runLines({ export: started, startedAt, endedAt, redriveCount }: FailedRun): string[] {
  return [
    ...(started ? [`Export: s3://${started.bucket}/${started.key}`] : []),
    `Started ${startedAt.toISOString()}${endedAt ? `, ended ${endedAt.toISOString()}` : ''}${redriveCount > 0 ? `, redriven ${times(redriveCount)}` : ''}`,
  ];
}

function whatFailed(error: RunError, chunks: ChunksSeen, chunkErrors: readonly ChunkError[]): string[] {
  if (chunkErrors.length === 0) {
    return ['What failed', ...errorLines(error, ''), ...(chunks === 'unknown' ? [UNKNOWN_CHUNKS] : [])];
  }
  const lines = chunkErrors.flatMap((each) => errorLines(each, ` in ${numbers(each.chunks)}`));
  const seen = chunkErrors.reduce((sum, { chunks: { length } }) => sum + length, 0);
  const failed = typeof chunks === 'object' ? chunks.counts.failed : seen;
  return [
    'What failed',
    ...lines,
    ...(seen < failed ? [`  (${seen} of the ${failed} failed chunks were looked at)`] : []),
  ];
}

const UNKNOWN_CHUNKS = '  The errors of the chunks could not be read; the Map Run of the execution shows them.';

function errorLines({ name, message }: RunError, where: string): string[] {
  const known = remedyFor(name);
  const own = message?.split('\n').map((line) => `    ${line}`) ?? [];
  return [`  ${name}${where}: ${known.meaning}`, ...own];
}

function numbers(chunks: readonly number[]): string {
  const named = chunks.slice(0, CHUNKS_NAMED).join(', ');
  if (chunks.length === 1) return `chunk ${named}`;
  return `${chunks.length} chunks (${named}${chunks.length > CHUNKS_NAMED ? ' …' : ''})`;
}

function howFar(progress: Progress | undefined, chunks: ChunksSeen): string[] {
  if (!progress) return ['How far it got', '  The export was not cut into chunks yet: nothing was sent.'];
  const { rows, totalRows, synced, unchanged, stale, rejected, deleted } = progress;
  return [
    'How far it got',
    `  Rows: ${count(rows)} of ${count(totalRows)} done (synced ${count(synced)}, unchanged ${count(unchanged)}, stale ${count(stale)}, rejected ${count(rejected)}${deleted ? `, deleted ${count(deleted)}` : ''})`,
    ...chunkLine(progress, chunks),
  ];
}

function chunkLine({ totalChunks }: Progress, chunks: ChunksSeen): string[] {
  if (chunks === 'unknown') return [];
  if (!chunks) return [`  Chunks: none of ${count(totalChunks)} started`];
  const { done, failed, stopped, notStarted } = chunks.counts;
  const rest = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(stopped > 0 ? [`${count(stopped)} stopped at work`] : []),
    ...(notStarted > 0 ? [`${count(notStarted)} not started`] : []),
  ];
  return [`  Chunks: ${[`${count(done)} of ${count(totalChunks)} done`, ...rest].join(', ')}`];
}

function instructions({ sentences, byRedrive, ways }: WhatToDo): string[] {
  return [
    'What to do',
    ...sentences.map((sentence) => `  ${sentence}`),
    ...(byRedrive
      ? [
          `  Within ${REDRIVABLE_DAYS} days of its end, by one of:`,
          '  - Redrive, on the page of the execution in the Step Functions console',
        ]
      : []),
    ...ways.flatMap(([first = '', ...rest]) => [
      `  - ${first}${first.startsWith('npx ') ? LOCAL : ''}`,
      ...rest.map((command) => `    and then ${command}`),
    ]),
  ];
}

function times(value: number): string {
  return value === 1 ? 'once' : `${value} times`;
}
