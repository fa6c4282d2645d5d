import type { ChunkCounts } from '../../functions/shared/run-failure/chunk-failures.ts';
import { remedyFor } from '../../functions/shared/run-failure/error-catalogue.ts';
import type { RunError } from '../../functions/shared/run-failure/run-error.ts';
import type { CommandResult } from '../command-line.ts';
import { count, counted, localTime } from '../output/words.ts';
import type { LaterRun } from './later-runs.ts';
import type { RedrivePlan } from './redrive-plan.ts';
import { stateWord } from './run-state.ts';

/** Later runs that are named one by one. */
const NAMED = 5;

/** What a redrive would do, before anything is done. */
export function describePlan(plan: RedrivePlan): CommandResult {
  const { runId, status, key, startedAt, endedAt, until, errors, laterRuns } = plan;
  const ended = endedAt === undefined ? '' : `, ended ${localTime(endedAt)}`;
  return {
    text: [
      `Run ${runId}, ${stateWord(status)}: ${key ?? 'no export named'}, started ${localTime(startedAt)}${ended}`,
      'What ended it',
      ...errors.flatMap(errorLines),
      'What runs again',
      ...whatRuns(plan).map((line) => `  ${line}`),
      ...(laterRuns.length > 0 ? ['Later exports', ...laterLines(laterRuns)] : []),
      ...(until === undefined ? [] : [`It can be redriven until ${localTime(until)}.`]),
    ].join('\n'),
    json: planAsJson(plan),
  };
}

function errorLines({ name, message }: RunError): string[] {
  const { meaning, whatToDo } = remedyFor(name);
  return [`  ${name}: ${meaning}`, ...(message?.split('\n').map((line) => `    ${line}`) ?? []), `  ${whatToDo}`];
}

function whatRuns({ chunks, rows, totalRows }: RedrivePlan): string[] {
  if (totalRows === undefined) return ['all of it: the export was not cut into chunks yet, so nothing was sent'];
  const missing = totalRows - rows;
  return [
    chunks ? chunkText(chunks) : 'all chunks: none was started',
    `${count(missing)} of ${counted(totalRows, 'row')} ${missing === 1 ? 'has' : 'have'} no outcome yet; what has arrived is not sent again`,
  ];
}

function chunkText({ total, failed, stopped, notStarted }: ChunkCounts): string {
  const parts = [
    ...(failed > 0 ? [`${count(failed)} that failed`] : []),
    ...(stopped > 0 ? [`${count(stopped)} that ${stopped === 1 ? 'was' : 'were'} stopped at work`] : []),
    ...(notStarted > 0 ? [`${count(notStarted)} that never started`] : []),
  ];
  if (parts.length === 0) return `none of the ${counted(total, 'chunk')}: only what comes after them`;
  return `of ${counted(total, 'chunk')}: ${parts.join(', ')}`;
}

function laterLines(laterRuns: readonly LaterRun[]): string[] {
  const named = laterRuns.slice(0, NAMED).map(({ runId, status, key, exportTime }) => {
    const does = status === 'SUCCEEDED' ? 'synced' : 'is syncing';
    const time = exportTime === undefined ? '' : ` of ${new Date(exportTime).toISOString()}`;
    return `  run ${runId} ${does} ${key}${time}`;
  });
  const more = laterRuns.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
    '  Rows that they sent stay as they are: an older row is stale, and costs no call.',
  ];
}

function planAsJson(plan: RedrivePlan): object {
  const { runId, status, key, until, errors, wayOut, chunks, rows, totalRows, laterRuns } = plan;
  return {
    ...{ runId, status, key: key ?? null },
    redrivableUntil: until === undefined ? null : new Date(until).toISOString(),
    errors,
    remedy: wayOut.remedy,
    chunks: chunks ?? null,
    ...{ rows, totalRows: totalRows ?? null },
    laterRuns: laterRuns.map(({ runId, status, key, exportTime }) => ({
      ...{ runId, status, key },
      exportTime: exportTime === undefined ? null : new Date(exportTime).toISOString(),
    })),
  };
}
