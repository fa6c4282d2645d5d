import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../functions/shared/contracts.ts';
import { reportHtml } from '../../../functions/summarize-run/report.ts';

const summary: RunSummary = {
  runId: 'run-1',
  accounted: true,
  export: { bucket: 'b', key: 'exports/a.csv', exportTime: '2026-11-03T00:00:00.000Z' },
  rows: 12_345,
  synced: 12_000,
  lateErrors: 0,
  unchanged: 300,
  stale: 45,
  rejected: 0,
  rejectedByCode: {},
  rejectedShare: 0,
  duplicates: 0,
  notCleared: 0,
  notNormalized: 0,
  calls: 12_000,
  throttled: 0,
  retries: 0,
  chunks: 7,
  startedAt: '2026-11-03T00:00:00.000Z',
  seconds: 150,
  encoding: 'utf-8',
  files: { summary: 's3://r/summary.json', report: 's3://r/report.html' },
};

describe('the report', () => {
  it.each([
    { over: {}, says: /accounted for; none was rejected/ },
    { over: { rejected: 3, rejectedByCode: { TOO_LONG: 3 } }, says: /3 of 12,345 rows were rejected/ },
    { over: { rows: 0, synced: 0, unchanged: 0, stale: 0 }, says: /no rows: there was nothing to sync/ },
    { over: { accounted: false }, says: /do not add up/ },
  ])('says at the top what came of the run', ({ over, says }) => {
    expect(reportHtml({ ...summary, ...over })).toMatch(says);
  });

  it('explains each code of rejected rows, the most frequent first, and names the file', () => {
    const html = reportHtml({
      ...summary,
      rejected: 4,
      rejectedByCode: { REFUSED: 1, TOO_LONG: 3 },
      files: { ...summary.files, rejected: 's3://r/rejected.csv' },
    });
    expect(html.indexOf('TOO_LONG')).toBeLessThan(html.indexOf('REFUSED'));
    expect(html).toContain('A value is longer than the service allows for its field.');
    expect(html).toContain('s3://r/rejected.csv');
  });

  it('shows late errors beside what was accepted', () => {
    const rows = reportHtml({ ...summary, lateErrors: 7 }).split('<tr>');
    const at = rows.findIndex((row) => row.includes('>synced<'));
    expect(rows[at]).toMatch(/12,000.*accepted by Customer Profiles/);
    expect(rows[at + 1]).toMatch(/late errors.*>7<.*sends them again/);
  });

  it('escapes what comes from outside', () => {
    const html = reportHtml({ ...summary, export: { ...summary.export, key: '"><script>alert(1)</script>&' } });
    expect(html).not.toContain('<script');
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
  });

  it('loads nothing: no script, no address but those it shows', () => {
    const html = reportHtml(summary);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/https?:|src=|href=|url\(/);
  });
});
