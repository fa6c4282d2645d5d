import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { section, table } from './parts.ts';

/** What is no failure and still worth knowing about the data. */
export function dataNotes({ ending }: ReportData): Html | undefined {
  if (ending.is === 'failed') return undefined;
  const { duplicates, notCleared, notNormalized, notClearedByField, cleared = 0, clearedByField } = ending.summary;
  if (duplicates + cleared + notCleared + notNormalized === 0) return undefined;
  const rows = [
    [
      'duplicates',
      duplicates,
      'Rows whose key comes again in the export with a version that is not older. Only the newest row of a key was sent; the others are stale.',
    ],
    ['cleared', cleared, 'Rows that empty a field which was sent before, and that was cleared in the profile, too.'],
    ...byField(clearedByField, 'Cleared in the profile.'),
    [
      'not cleared',
      notCleared,
      'Rows that empty a field which was sent before, and that is not cleared in the profile: it keeps the old value.',
    ],
    ...byField(
      notClearedByField,
      'Old value kept. With clearWhenEmpty in the mapping it is cleared; if the field has that, the next run tries again.',
    ),
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

function byField(counts: Readonly<Record<string, number>> = {}, meaning: string): (Html | number | string)[][] {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([field, count]) => [html`<span class="key sub">in <code>${field}</code></span>`, count, meaning]);
}
