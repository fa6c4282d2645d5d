import { REJECT_CODES, REJECT_REMEDIES, type RejectCode } from '../../rejection.ts';
import { shellWord } from '../../shell-word.ts';
import { count, counted } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { percent } from '../words.ts';
import { command, section } from './parts.ts';

/** Row numbers shown of each code. */
const ROWS_SHOWN = 20;

export function rejectedRows({ runId, ending, progress }: ReportData): Html | undefined {
  if (ending.is === 'failed') return progress.rejected > 0 ? soFar(progress.rejected, runId) : undefined;
  const { summary } = ending;
  if (summary.rejected === 0) return undefined;
  const codes = Object.entries(summary.rejectedByCode).toSorted(([, a], [, b]) => b - a);
  return section(
    'rejected',
    'Rejected rows',
    html`<p>${counted(summary.rejected, 'row')}, ${percent(summary.rejectedShare)} of the export. Row numbers are those of the export; the first row of a CSV after its header is row 2.</p>
<ul class="codes">
${codes.map(([code, rows]) => codeEntry(code, rows, summary.rejectedRows?.[code]))}</ul>
${summary.files.rejected !== undefined && html`<p>All of them, with the record as it was and the reason, are in <code>${summary.files.rejected}</code>. That file holds customer data.</p>`}`,
  );
}

function codeEntry(code: string, rows: number, numbers: readonly number[] | undefined): Html {
  const known = isKnown(code) ? code : undefined;
  return html`<li>
<h3><code>${code}</code> <span class="amount">${counted(rows, 'row')}</span></h3>
${known && html`<p>${REJECT_CODES[known]} <strong>What to do:</strong> ${REJECT_REMEDIES[known]}</p>`}
<p class="rows">${rowNumbers(rows, numbers ?? [])}</p>
</li>
`;
}

function rowNumbers(rows: number, numbers: readonly number[]): string {
  if (numbers.length === 0) return 'The row numbers are in the rejected file.';
  const shown = numbers.slice(0, ROWS_SHOWN);
  const more = rows - shown.length;
  return `${rows === 1 ? 'Row' : 'Rows'} ${shown.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
}

function isKnown(code: string): code is RejectCode {
  return Object.hasOwn(REJECT_CODES, code);
}

function soFar(rejected: number, runId: string): Html {
  return section(
    'rejected',
    'Rejected rows',
    html`<p>${counted(rejected, 'row')} so far. They are counted by code when the run is done. Until then this shows those of chunks that are done:</p>
${command(`npx profile-sync rejected ${shellWord(runId)}`)}`,
  );
}
