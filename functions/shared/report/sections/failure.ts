import type { ChunkCounts } from '../../run-failure/chunk-failures.ts';
import { remedyFor } from '../../run-failure/error-catalogue.ts';
import { count, counted } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData, RunFailed } from '../report-data.ts';
import { errorNames } from '../run-end.ts';
import { listed } from '../words.ts';
import { section } from './parts.ts';

/** More numbers than this help nobody. */
const CHUNKS_NAMED = 10;

/** The report is written within seconds of the end. */
const LAST_WORKERS = html`<p class="hint">Workers that were at work then went on with what they had begun, for six minutes at most. What they sent meanwhile is not counted here; the console counts it, and so does the report after a redrive.</p>`;

/** What ended the run, for who mends it. */
export function failure({ ending, progress }: ReportData): Html | undefined {
  if (ending.is === 'done') return undefined;
  const errors = ending.errors.length > 0 ? ending.errors : errorNames(ending).map((name) => ({ name, chunks: [] }));
  return section(
    'failure',
    ending.status === 'ABORTED' ? 'Why it ended' : 'What failed',
    html`<ul class="codes">
${errors.map(errorEntry)}</ul>
${
  ending.chunks
    ? html`${chunkLine(ending.chunks)}
${LAST_WORKERS}`
    : progress.attempts.length === 0 && html`<p>The run did not come to its chunks.</p>`
}`,
  );
}

function errorEntry({ name, message, chunks }: RunFailed['errors'][number]): Html {
  return html`<li>
<h3><code>${name}</code>${chunks.length > 0 && html` <span class="amount">${chunkNumbers(chunks)}</span>`}</h3>
<p>${remedyFor(name).meaning}</p>
${message !== undefined && html`<pre class="message"><code>${message}</code></pre>`}
</li>
`;
}

function chunkNumbers(chunks: readonly number[]): string {
  const named = chunks.slice(0, CHUNKS_NAMED).map(count).join(', ');
  return `${chunks.length === 1 ? 'chunk' : `${count(chunks.length)} chunks:`} ${named}${chunks.length > CHUNKS_NAMED ? ' …' : ''}`;
}

function chunkLine(chunks: ChunkCounts): Html {
  const parts = [
    `${count(chunks.done)} ${chunks.done === 1 ? 'was' : 'were'} done`,
    ...(chunks.failed > 0 ? [`${count(chunks.failed)} failed`] : []),
    ...(chunks.stopped > 0 ? [`${count(chunks.stopped)} stopped at work`] : []),
    ...(chunks.notStarted > 0 ? [`${count(chunks.notStarted)} not started`] : []),
  ];
  return html`<p>Of ${counted(chunks.total, 'chunk')}, ${listed(parts)}.</p>`;
}
