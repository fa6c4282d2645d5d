import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { section, table } from './parts.ts';

/** What is no failure and still worth knowing about the data. */
export function dataNotes({ ending }: ReportData): Html | undefined {
  if (ending.is === 'failed') return undefined;
  const { duplicates, notCleared, notNormalized, notClearedByField = {} } = ending.summary;
  if (duplicates + notCleared + notNormalized === 0) return undefined;
  const fields = Object.entries(notClearedByField).toSorted(([, a], [, b]) => b - a);
  const rows = [
    [
      'duplicates',
      duplicates,
      'Rows whose key comes again in the export with a version that is not older. Only the newest row of a key was sent; the others are stale.',
    ],
    [
      'not cleared',
      notCleared,
      'Rows that empty a field which was sent before. Customer Profiles never clears a field, so the profile keeps the old value.',
    ],
    ...fields.map(([field, count]) => [
      html`<span class="key sub">in <code>${field}</code></span>`,
      count,
      'Old value kept. Where it must go, clear it in Customer Profiles itself.',
    ]),
    [
      'not normalised',
      notNormalized,
      'Values, such as phone numbers, that could not be read and were sent as they are.',
    ],
  ].filter(([, count]) => count !== 0);
  return section(
    'notes',
    'Worth knowing about the data',
    table([{ heading: 'what' }, { heading: 'count', is: 'number' }, { heading: 'meaning', is: 'prose' }], rows),
  );
}
