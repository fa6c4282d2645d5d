import { counted } from '../../words.ts';
import { type Html, type HtmlValue, html } from '../html.ts';
import { type Outcome, outcomeBar } from '../outcome-bar.ts';
import type { ReportData } from '../report-data.ts';
import { lasting, percent, rate } from '../words.ts';
import { responsive, section, table } from './parts.ts';

const MEANINGS: Readonly<Record<Outcome, string>> = {
  synced: 'Customer Profiles accepted the row.',
  unchanged: 'The same as what was sent before; cost no call.',
  stale: 'Newer data is known, or another row of this export has the same key.',
  deleted: 'The row is marked as deleted, and its customer was deleted.',
  rejected: 'The row could not be sent, or Customer Profiles refused it.',
};

export function outcomes({ ending, progress, quota, recordsPerPermit }: ReportData): Html | undefined {
  const counts = ending.is === 'done' ? ending.summary : progress;
  const total = ending.is === 'done' ? ending.summary.rows : progress.totalRows;
  if (!total) return undefined;
  const { synced, unchanged, stale, rejected, deleted = 0 } = counts;
  const open = total - synced - unchanged - stale - rejected - deleted;
  const row = (name: Outcome): HtmlValue[] => [
    html`<span class="key"><i class="swatch ${name}"></i>${name}</span>`,
    counts[name] ?? 0,
    percent((counts[name] ?? 0) / total),
    MEANINGS[name],
  ];
  const lateErrors = ending.is === 'done' ? ending.summary.lateErrors : 0;
  const rows: HtmlValue[][] = [
    row('synced'),
    ...(lateErrors > 0
      ? [
          [
            html`<span class="key sub">late errors</span>`,
            lateErrors,
            percent(lateErrors / total),
            'Of the synced, so far: accepted, and failed on afterwards. The next run that holds them sends them again.',
          ],
        ]
      : []),
    row('unchanged'),
    row('stale'),
    ...(deleted > 0 ? [row('deleted')] : []),
    row('rejected'),
    ...(open > 0
      ? [
          [
            html`<span class="key"><i class="swatch open"></i>to do</span>`,
            open,
            percent(open / total),
            'No outcome yet.',
          ],
        ]
      : []),
  ];
  return section(
    'outcomes',
    'Outcomes',
    html`${responsive((width) => outcomeBar({ ...counts, open: Math.max(0, open) }, { width }))}
${table([{ heading: 'outcome' }, { heading: 'rows', is: 'number' }, { heading: 'share', is: 'number' }, { heading: 'meaning', is: 'prose' }], rows)}
${unchanged > 0 && saved(unchanged, quota, recordsPerPermit)}`,
  );
}

/** What the ledger is worth. */
function saved(unchanged: number, quota: number, recordsPerPermit: number): Html {
  const calls = Math.ceil(unchanged / recordsPerPermit);
  const why = recordsPerPermit > 1 && `, as ${recordsPerPermit} records go with one`;
  return html`<p>Because the ledger knew ${counted(unchanged, 'row')} to be unchanged, the run saved ${counted(calls, 'call')}${why}: at the limit of ${rate(quota)} per second that is ${lasting(calls / quota)}.</p>`;
}
