import type { RunSummary } from '../shared/contracts.ts';
import { REJECT_CODES } from '../shared/rejection.ts';

/** No script, no request to anywhere: the page is read from a bucket, or from a disk. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { padding: .8rem 1rem; border-left: .4rem solid #2e7d32; background: color-mix(in srgb, #2e7d32 12%, transparent); }
.verdict.attention { border-color: #b26a00; background: color-mix(in srgb, #b26a00 15%, transparent); }
.verdict.failed { border-color: #b3261e; background: color-mix(in srgb, #b3261e 15%, transparent); }
code { overflow-wrap: anywhere; }
`;

type Row = readonly [name: string, value: string | number, meaning: string];

/** The report of a run: one page that needs nothing else, with counts and codes only. */
export function reportHtml(summary: RunSummary): string {
  const { rows, calls, seconds } = summary;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Run ${escaped(summary.runId)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(summary.export.key)}</h1>
${verdict(summary)}
<h2>Outcomes</h2>
${table([
  ['synced', summary.synced, 'accepted by Customer Profiles, which still had to apply them'],
  [
    'late errors',
    summary.lateErrors,
    'of these, so far: accepted, and failed afterwards; the next run that holds them sends them again',
  ],
  ['unchanged', summary.unchanged, 'the same as sent before; cost no call'],
  ['stale', summary.stale, 'newer data is known, or another row of this export has the same key'],
  ['rejected', summary.rejected, 'see below'],
  ['rows', rows, 'all records of the export'],
])}
${rejections(summary)}
<h2>Notes</h2>
${table([
  ['duplicates', summary.duplicates, 'rows that another row of this export supersedes'],
  ['not cleared', summary.notCleared, 'records that empty a field sent before; Customer Profiles keeps the old value'],
  ['not normalised', summary.notNormalized, 'values that were sent as they are'],
])}
<h2>Rate</h2>
${table([
  ['calls', calls, 'PutProfileObject'],
  ['throttled', summary.throttled, 'of these calls; sent again later'],
  ['retries', summary.retries, 'attempts of chunks beyond their first'],
  ['seconds', seconds.toFixed(1), 'from the start of the run'],
  ['calls per second', seconds > 0 ? (calls / seconds).toFixed(1) : '–', 'average of the whole run'],
])}
<h2>Run</h2>
${table([
  ['run', summary.runId, ''],
  ['started', summary.startedAt, ''],
  ['export', `s3://${summary.export.bucket}/${summary.export.key}`, summary.export.versionId ?? ''],
  ['export time', summary.export.exportTime, 'when the data was taken'],
  ['chunks', summary.chunks, ''],
  ['summary', summary.files.summary, ''],
])}
</body>
</html>
`;
}

function verdict({ accounted, rows, rejected }: RunSummary): string {
  const rowWord = rows === 1 ? 'row' : 'rows';
  if (!accounted) {
    const text =
      'The totals do not add up to the rows of the export. Start the export again; what arrived is not sent twice.';
    return `<p class="verdict failed">${text}</p>`;
  }
  if (rows === 0) return '<p class="verdict">The export has no rows: there was nothing to sync.</p>';
  if (rejected > 0) {
    const text = `${count(rejected)} of ${count(rows)} ${rowWord} were rejected. Correct the rejected file and upload it as it is.`;
    return `<p class="verdict attention">${text}</p>`;
  }
  return `<p class="verdict">Every one of ${count(rows)} ${rowWord} is accounted for; none was rejected.</p>`;
}

function rejections({ rejectedByCode, files }: RunSummary): string {
  const codes = Object.entries(rejectedByCode).sort(([, a], [, b]) => b - a);
  if (codes.length === 0) return '';
  const meanings: Readonly<Record<string, string>> = REJECT_CODES;
  const file = files.rejected === undefined ? '' : `<p>Rejected rows: <code>${escaped(files.rejected)}</code></p>`;
  return `<h2>Rejected, by code</h2>
${table(codes.map(([code, rows]) => [code, rows, meanings[code] ?? '']))}
${file}`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(([name, value, meaning]) => {
    const cell =
      typeof value === 'number' ? `<td class="number">${count(value)}</td>` : `<td><code>${escaped(value)}</code></td>`;
    return `<tr><th scope="row">${escaped(name)}</th>${cell}<td>${escaped(meaning)}</td></tr>`;
  });
  return `<table>\n${lines.join('\n')}\n</table>`;
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
