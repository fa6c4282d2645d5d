import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../../functions/shared/report/report.ts';
import type { ReportData } from '../../../../functions/shared/report/report-data.ts';
import { verdictOf } from '../../../../functions/shared/report/sections/verdict.ts';
import { tagsOf, textOf } from '../../../helpers/markup.ts';
import { doneRun } from '../../../helpers/report-data.ts';
import { situations } from '../../../helpers/report-situations.ts';

type Situation = keyof typeof situations;

const all: [Situation, ReportData][] = Object.entries(situations).map(([name, data]) => [name as Situation, data]);
/** Without the spaces that keep a number and its unit on one line. */
const read = (situation: Situation): string => textOf(reportHtml(situations[situation])).replaceAll('\u00a0', ' ');

describe.each(all)('the report of %s', (_, data) => {
  const markup = reportHtml(data);
  const tags = tagsOf(markup);
  const named = (name: string) => tags.filter((tag) => tag.name === name);

  it('is one page that needs nothing else and can do nothing', () => {
    expect(new Set(tags.map(({ name }) => name))).not.toContain('script');
    for (const { attributes } of tags) {
      expect(Object.keys(attributes).filter((name) => /^(on|src|href|style|action)/.test(name))).toEqual([]);
    }
    expect(markup).not.toMatch(/url\(|@import/);
  });

  it('lets the browser use its very style and nothing more', () => {
    const style = markup.match(/<style>([^<]*)<\/style>/)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const [policy] = named('meta').filter(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy?.attributes.content).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(markup.indexOf('Content-Security-Policy')).toBeLessThan(markup.indexOf('<style>'));
  });

  it('has headings in order, and a heading for each table and list of facts', () => {
    const levels = tags.flatMap(({ name }) => (/^h\d$/.test(name) ? Number(name.slice(1)) : []));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    const steps = levels.slice(1).map((level, index) => level - (levels[index] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(1);
    for (const { attributes } of named('th')) expect(attributes.scope).toMatch(/^(row|col)$/);
    const ids = tags.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of named('section')) {
      expect(attributes['aria-label'] ?? ids.find((id) => id === attributes['aria-labelledby'])).toBeDefined();
    }
  });

  it('says nothing that is no value', () => {
    expect(textOf(markup)).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(markup.length).toBeLessThan(300_000);
  });
});

describe('the verdict', () => {
  it.each<{ of: Situation; tone: string; word: string; says: RegExp }>([
    {
      of: 'a run that was done',
      tone: 'good',
      word: 'Done: none is missing',
      says: /^All 2,002 rows were sent\. Every/,
    },
    {
      of: 'a run with rejected rows',
      tone: 'attention',
      word: 'Done: 342 rows rejected',
      says: /^71,000 of 72,000 rows were sent, 600 had .* failed on 3 .* 341 rows were rejected and need a correction; 1 is tried again/,
    },
    {
      of: 'a second night',
      tone: 'good',
      word: 'Done: none is missing',
      says: /^2,000 of 200,000 .*198,000 had not changed/,
    },
    { of: 'an export without rows', tone: 'attention', word: 'Done: nothing to send', says: /has no rows/ },
    { of: 'an export of one row', tone: 'good', word: 'Done: none is missing', says: /^The only row was sent\./ },
    { of: 'totals that do not add up', tone: 'failed', word: 'Not all rows are accounted for', says: /again/ },
    {
      of: 'a run that failed before its rows',
      tone: 'failed',
      word: 'Failed before anything was sent',
      says: /^The export can't be read as the mapping says\. Correct the export and upload it again\.$/,
    },
    {
      of: 'a run that failed half-way',
      tone: 'failed',
      word: 'Failed half-way',
      says: /^858 of 2,002 rows done, 1,144 still to do\. Nothing was lost\. .* Redrive the run by 6 December 2026: only what/,
    },
    { of: 'a run that can not be redriven', tone: 'failed', word: 'Failed half-way', says: /Upload the export again/ },
    {
      of: 'a run that was stopped',
      tone: 'failed',
      word: 'Stopped half-way',
      says: /^14 of 70 rows .*Somebody stopped/,
    },
    {
      of: 'a run that failed at the end',
      tone: 'failed',
      word: 'Failed at the end',
      says: /^Every row is done, but the run is not\./,
    },
    { of: 'a run that was out of time', tone: 'failed', word: 'Out of time half-way', says: /seven days/ },
  ])('of $of is “$word”', ({ of, tone, word, says }) => {
    const verdict = verdictOf(situations[of]);
    expect(verdict).toMatchObject({ tone, word });
    expect(verdict.sentence).toMatch(says);
  });
});

describe('the verdict of a run that was done', () => {
  const attempts = situations['a run that was done'].progress.attempts;
  const said = (over: Parameters<typeof doneRun>[1]) => verdictOf(doneRun(attempts, over)).sentence;

  it.each([
    { over: { rows: 1, synced: 0, unchanged: 1 }, says: 'The only row was not sent, 1 had not changed.' },
    { over: { rows: 9, synced: 0, unchanged: 9 }, says: 'No row of 9 was sent, 9 had not changed.' },
    { over: { rows: 9, synced: 1, stale: 8, duplicates: 7 }, says: '1 of 9 rows was sent, 7 come again in the export' },
    { over: { rows: 9, synced: 1, stale: 8, duplicates: 7 }, says: 'and 1 is older than what is known.' },
    {
      over: { rows: 9, synced: 8, rejected: 1 },
      says: '1 row was rejected and needs a correction. No row is missing.',
    },
    {
      over: { rows: 9, synced: 7, rejected: 2, rejectedByCode: { SERVICE_ERROR: 2 } },
      says: '2 are tried again by the next run that holds them. No row is missing.',
    },
    { over: { rows: 9, synced: 7, deleted: 2 }, says: '7 of 9 rows were sent, 2 customers were deleted.' },
    {
      over: { rows: 9, synced: 3, rejected: 6, deletes: { marked: 6, allowed: false, mappingHash: 'h' } },
      says: '6 of 9 rows are marked as deleted, more than the mapping allows. If that is right, approve it: npx profile-sync approve ',
    },
    { over: { lateErrors: 2 }, says: 'Of those sent, Customer Profiles failed on 2 afterwards.' },
  ])('says “$says”', ({ over, says }) => {
    expect(said(over)).toContain(says);
  });
});

describe('the report', () => {
  it.each<{ promise: string; of: Situation; says: string[] }>([
    {
      promise: 'has the codes of rejected rows, the most frequent first, with row numbers and what to do',
      of: 'a run with rejected rows',
      says: [
        'TOO_LONG 332 rows',
        'Shorten the value',
        'Rows 17, 228, 439,',
        'and 312 more',
        'REFUSED 6 rows',
        'Rows 12, 13, 14',
      ],
    },
    {
      promise: 'says where the row numbers are that it does not have',
      of: 'a run with rejected rows',
      says: ['SERVICE_ERROR 1 row', 'The row numbers are in the rejected file.'],
    },
    {
      promise: 'has the commands that send corrected rows back',
      of: 'a run with rejected rows',
      says: [
        'npx profile-sync rejected c18edc68',
        '--out corrected.csv',
        'npx profile-sync resubmit corrected.csv --of c18',
      ],
    },
    {
      promise: 'tells duplicates, fields that were cleared or keep an old value, and values that were sent as they are',
      of: 'a run with rejected rows',
      says: [
        'duplicates 58',
        'cleared 61',
        'in email 61',
        'not cleared 23',
        'in phone 15',
        'in address.line2 8',
        'not normalised 411',
      ],
    },
    {
      promise: 'holds the calls against the limit',
      of: 'a run with rejected rows',
      says: [
        'per second on average',
        '% of the limit of 80',
        'throttled 3,000 of them (4 %)',
        'the limit in force was lower',
      ],
    },
    {
      promise: 'has the chunks that took longest, with what stopped them',
      of: 'a run with rejected rows',
      says: [
        '5 of them were tried more than once, after ItemsThrottled',
        'The 10 that took longest',
        '3 min 23 s 2 3,000',
      ],
    },
    {
      promise: 'says what the ledger saved',
      of: 'a second night',
      says: ['198,000 rows to be unchanged, the run saved 198,000 calls', 'that is 41 min 15 s'],
    },
    {
      promise: 'says what the ledger saved where ten records go with a call',
      of: 'a second night in batches',
      says: [
        '198,000 rows to be unchanged, the run saved 19,800 calls, as 10 records go with one:',
        'that is 4 min 8 s',
      ],
    },
    {
      promise: 'says so where the calls over time are not known',
      of: 'an older deployment',
      says: ['The calls over time are not known'],
    },
    {
      promise: 'says when it lay still and that it was redriven',
      of: 'a run that was redriven',
      says: ['lay still for 2 d 23 h', 'The run was redriven once', 'at work;'],
    },
    {
      promise: 'explains the error of a failed run and names its chunks',
      of: 'a run that failed half-way',
      says: [
        'ProfilesAccessDenied 4 chunks: 3, 4, 5, 6',
        'every row would fail',
        'Refused (403).',
        'npx profile-sync redrive run-1',
      ],
    },
    {
      promise: 'says until when a failed run can be redriven',
      of: 'a run that failed half-way',
      says: ['A redrive is possible until 2026-12-06 01:00'],
    },
    {
      promise: 'shows the rows without an outcome',
      of: 'a run that failed half-way',
      says: ['to do 1,144 57 %'],
    },
    {
      promise: 'says why a run can not be redriven',
      of: 'a run that can not be redriven',
      says: ['Step Functions does not redrive this run (too old)'],
    },
    { promise: 'counts rejected rows of a stopped run', of: 'a run that was stopped', says: ['1 row so far'] },
  ])('$promise', ({ of, says }) => {
    const text = read(of);
    for (const each of says) expect(text).toContain(each);
  });

  it('offers no redrive where that would fail again', () => {
    expect(read('a run that failed before its rows')).not.toMatch(/A redrive is possible|Redrive the run by/);
    expect(read('a run that can not be redriven')).not.toMatch(/A redrive is possible|Redrive the run by/);
  });

  it('asks nothing of the reader of a run that went well', () => {
    expect(read('a run that was done')).not.toContain('What to do next');
  });
});

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></p><style>*{background:url(http://evil.example)}</style>',
  '<!--',
  ']]>',
  '&lt;script&gt;',
  '<svg/onload=alert(1)>',
  '<meta http-equiv="refresh" content="0">',
];
/** What a run says of itself by one of a few words, or as a time. */
const OWN_WORDS = new Set(['is', 'status', 'startedAt', 'exportTime']);

describe('what the run used', () => {
  it('is told with its price, and what a million such rows use', () => {
    const text = read('a second night');
    expect(text).toContain('What the run used About $0.034, or $0.17 per million rows like these, at list prices');
    expect(text).toContain('Amazon Connect itself, storage, logs and metrics are not in it.');
    // 40 chunks of 5,000 rows, 50 of them sent.
    expect(text).toContain('DynamoDB read units 206,168 1,030,840 $0.026');
    expect(text).toContain('state transitions 88 440 $0.0022');
  });

  it('is told of a run that failed as far as it was noted', () => {
    expect(read('a run that failed half-way')).toMatch(/What the run used .* What was noted until the run ended/);
    expect(read('a run that was done')).not.toContain('What was noted until');
  });

  it('is left out where an older deployment noted nothing', () => {
    expect(read('an older deployment')).not.toContain('What the run used');
    expect(read('a run that was stopped')).not.toContain('What the run used');
  });

  it('has no million of an export without rows', () => {
    expect(read('an export without rows')).toContain('What the run used About $0.00022, at');
    expect(read('an export without rows')).not.toContain('per million');
  });
});

describe('whatever the names in a run', () => {
  it('no value makes markup', () => {
    const evil = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', minLength: 1 }));
    const texts = fc.oneof(
      evil,
      fc.tuple(evil, evil).map(([a, b]) => a + b),
    );
    fc.assert(
      fc.property(fc.constantFrom(...all), texts, ([, data], text) => {
        expect(structure(reportHtml(renamed(data, text)))).toEqual(structure(reportHtml(renamed(data, 'x'))));
      }),
      { numRuns: 150 },
    );
  });
});

/** The same data with another text in place of every name and message. */
function renamed(data: ReportData, text: string): ReportData {
  return withText(data, text) as ReportData;
}

function withText(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((each) => withText(each, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each], index) => {
      if (OWN_WORDS.has(key)) return [key, each];
      const isFreeName = /^[A-Z_]+$/.test(key) || key === 'phone' || key === 'address.line2';
      return [isFreeName ? `${text} ${index}` : key, withText(each, text)];
    }),
  );
}

/** Elements and the names of their attributes; an option of a command is one whatever the command is. */
function structure(markup: string): string[] {
  return tagsOf(markup)
    .filter(({ attributes }) => attributes.class !== 'option')
    .map(({ name, attributes }) => `${name} ${Object.keys(attributes).join(' ')}`);
}
