import { count, counted } from '../../words.ts';
import { type AttemptView, attemptViews, BROKEN_OFF, type ChunkCell, chunkCells } from '../chunk-states.ts';
import { chunkTimeline } from '../chunk-timeline.ts';
import { type Html, type HtmlValue, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { lasting, listed } from '../words.ts';
import { type Column, responsive, section, table } from './parts.ts';

const SLOWEST_SHOWN = 10;

export function chunksOverTime({ progress, redrives }: ReportData): Html | undefined {
  const attempts = attemptViews(progress.attempts, false);
  if (attempts.length === 0) return undefined;
  const cells = chunkCells(progress.attempts, progress.totalChunks, false);
  return section(
    'chunks',
    'Chunks',
    html`<p>${chunkSentence(cells, attempts, redrives)}</p>
${responsive((width) => chunkTimeline(attempts, { width }))}
<h3>${cells.length > SLOWEST_SHOWN ? `The ${SLOWEST_SHOWN} that took longest` : 'Each of them'}</h3>
${slowest(cells)}`,
  );
}

function chunkSentence(cells: readonly ChunkCell[], attempts: readonly AttemptView[], redrives: number): string {
  const tried = cells.filter((cell) => cell.attempts > 1).length;
  const names = new Set(attempts.flatMap(({ state, ended }) => (state === 'again' || state === 'failed' ? ended : [])));
  const redriven = redrives > 0 ? ` The run was redriven ${redrives === 1 ? 'once' : `${count(redrives)} times`}.` : '';
  const total = `The export was cut into ${counted(cells.length, 'chunk')}.${redriven}`;
  if (tried === 0) return total;
  const why = names.size > 0 ? `, after ${listed([...names].map(errorWords))}` : '';
  return `${total} ${count(tried)} of them ${tried === 1 ? 'was' : 'were'} tried more than once${why}.`;
}

function errorWords(name: string): string {
  return name === BROKEN_OFF ? 'an end without a word' : name;
}

function errorCell({ state, error }: ChunkCell): HtmlValue {
  if (error === undefined) return '–';
  if (error !== BROKEN_OFF) return html`<code class="name">${error}</code>`;
  return state === 'stopped' ? 'stopped at work' : error;
}

function slowest(cells: readonly ChunkCell[]): Html {
  const begun = cells.filter(({ attempts }) => attempts > 0);
  const hasErrors = begun.some(({ error }) => error !== undefined);
  const rows = begun
    .toSorted((a, b) => b.worked - a.worked)
    .slice(0, SLOWEST_SHOWN)
    .map((cell) => [
      cell.chunk,
      cell.state,
      lasting(cell.worked / 1000),
      cell.attempts,
      cell.rows,
      cell.calls,
      cell.throttled,
      ...(hasErrors ? [errorCell(cell)] : []),
    ]);
  const number = (heading: string): Column => ({ heading, is: 'number' });
  return table(
    [
      { heading: 'chunk' },
      { heading: 'ended' },
      number('time'),
      number('attempts'),
      number('rows'),
      number('calls'),
      number('throttled'),
      ...(hasErrors ? [{ heading: 'last error' }] : []),
    ],
    rows,
  );
}
