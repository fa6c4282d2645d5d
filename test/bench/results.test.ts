import { describe, expect, it } from 'vitest';
import { fallsShort, type Line } from '../../bench/bench.ts';
import { barText, figure, median, ratioText } from '../../bench/figures.ts';
import { linesTable, type Result, resultsPage } from '../../bench/results.ts';

const line: Line = { what: 'one run', ours: '79.6 calls/s', against: 'limit 80 calls/s', ratio: 0.995 };
const atLeast = (ratio: number) => ({ is: 'at least', ratio }) as const;
const atMost = (ratio: number) => ({ is: 'at most', ratio }) as const;

describe('a line', () => {
  it.each([
    [0.97, atLeast(0.97), false],
    [0.969, atLeast(0.97), true],
    [0.001, atMost(0.001), false],
    [0.0011, atMost(0.001), true],
    [Number.NaN, atLeast(0.97), true],
    [Number.NaN, atMost(0.97), true],
    [Number.NEGATIVE_INFINITY, atMost(0.97), true],
    [0, undefined, false],
  ])('with the ratio %d and the bar %j falls short: %s', (ratio, bar, expected) => {
    expect(fallsShort({ ...line, ratio, ...(bar && { bar }) })).toBe(expected);
  });

  it('says so in the table and on the page, and says ok where it reaches its bar', () => {
    const lines = [
      { ...line, bar: atLeast(0.99) },
      { ...line, what: 'four runs', ratio: 0.9, bar: atLeast(0.97) },
    ];
    const results: Result[] = [{ bench: { name: 'rate', title: 'Rate' }, measured: { settings: ['All.'], lines } }];
    const [, ok, short] = linesTable(results).split('\n');
    expect(ok).toMatch(/one run .*99\.5 % {2}at least 99 % {2}ok$/);
    expect(short).toMatch(/four runs .*90 % {2}at least 97 % {2}falls short$/);
    const page = resultsPage(results, ['Machine: one.']);
    expect(page).toContain('| one run | 79.6 calls/s | limit 80 calls/s | 99.5 % | at least 99 % | ok |');
    expect(page).toContain('| four runs | 79.6 calls/s | limit 80 calls/s | 90 % | at least 97 % | falls short |');
  });
});

it.each([
  [0, '0 %'],
  [0.0004, '0.04 %'],
  [0.995, '99.5 %'],
  [1, '100 %'],
  [1.06, '106 %'],
  [2.415, '2.42 ×'],
  [31.04, '31 ×'],
  [1234.5, '1,235 ×'],
  [Number.NaN, '-'],
])('the ratio %d reads %s', (ratio, text) => {
  expect(ratioText(ratio)).toBe(text);
});

it('a bar that is absent reads as nothing', () => {
  expect([barText(undefined), barText(atMost(0.001))]).toEqual(['', 'at most 0.1 %']);
});

it('figures have three digits that count', () => {
  expect([0, 0.012345, 3.456789, 99.94, 1234.5].map(figure)).toEqual(['0', '0.0123', '3.46', '99.9', '1,235']);
});

it('the median of an even number of values lies between the middle two', () => {
  expect([median([3]), median([1, 9, 2]), median([4, 1, 3, 2])]).toEqual([3, 2, 2.5]);
  expect(median([])).toBeNaN();
});
