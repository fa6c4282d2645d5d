import { count, counted, duration } from '../../words.ts';
import { attemptViews, type ChunkCell, chunkCells } from '../chunk-states.ts';
import { chunkTimeline } from '../chunk-timeline.ts';
import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { responsive, section, table } from './parts.ts';

const SLOWEST_SHOWN = 10;

export function chunksOverTime({ progress, redrives }: ReportData): Html | undefined {
  const attempts = attemptViews(progress.attempts, false);
  if (attempts.length === 0) return undefined;
  const cells = chunkCells(progress.attempts, progress.totalChunks, false);
  return section(
    'chunks',
    'Chunks',
    html`<p>${chunkSentence(cells, redrives)}</p>
${responsive((width) => chunkTimeline(attempts, { width }))}
<h3>${cells.length > SLOWEST_SHOWN ? `The ${SLOWEST_SHOWN} that took longest` : 'Each of them'}</h3>
${slowest(cells)}`,
  );
}

function chunkSentence(cells: readonly ChunkCell[], redrives: number): string {
  const tried = cells.filter(({ attempts }) => attempts > 1);
  const errors = Map.groupBy(
    cells.flatMap(({ error }) => error ?? []),
    (error) => error,
  );
  const names = [...errors].toSorted(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  const redriven = redrives > 0 ? ` The run was redriven ${redrives === 1 ? 'once' : `${count(redrives)} times`}.` : '';
  const total = `The export was cut into ${counted(cells.length, 'chunk')}.`;
  if (tried.length === 0) return `${total}${redriven} None was tried more than once.`;
  const why = names.length > 0 ? `, after ${names.join(', ')}` : '';
  return `${total}${redriven} ${count(tried.length)} of them ${tried.length === 1 ? 'was' : 'were'} tried more than once${why}.`;
}

function slowest(cells: readonly ChunkCell[]): Html {
  const begun = cells.filter(({ attempts }) => attempts > 0);
  const rows = begun
    .toSorted((a, b) => b.worked - a.worked)
    .slice(0, SLOWEST_SHOWN)
    .map(({ chunk, state, rows, worked, calls, throttled, attempts, error }) => [
      chunk,
      state,
      rows,
      duration(worked / 1000),
      calls,
      throttled,
      attempts,
      error === undefined ? '–' : html`<code>${error}</code>`,
    ]);
  const number = (heading: string) => ({ heading, isNumber: true });
  return table(
    [
      number('chunk'),
      { heading: 'ended' },
      number('rows'),
      number('time'),
      number('calls'),
      number('throttled'),
      number('attempts'),
      { heading: 'last error' },
    ],
    rows,
  );
}
