import { describe, expect, it } from 'vitest';
import { differences } from '../../../../functions/shared/report/sections/earlier.ts';
import { nightsBefore } from '../../../helpers/report-data.ts';

const [usual = nightsBefore(0)[0]] = nightsBefore(10_000);
const nights = nightsBefore(10_000, 10_100, 9_900, 500);
const said = (over: Partial<NonNullable<typeof usual>>, isRedriven = false): string => {
  if (!usual) throw new Error('no run');
  return differences({ ...usual, key: 'exports/customers-2026-11-22.csv', ...over }, isRedriven, nights)
    .join(' ')
    .replaceAll('\u00a0', ' ');
};

describe('a run compared with earlier ones', () => {
  it.each([
    {
      of: 'one like them',
      over: {},
      says: /^Rows and rejected rows are much like those of the 4 runs before\.$/,
    },
    {
      of: 'fewer rows',
      over: { rows: 6_000 },
      says: /^6,000 rows, 40 % fewer than usual \(9,950\)\. Is the export complete\?$/,
    },
    { of: 'more rows', over: { rows: 20_000 }, says: /^20,000 rows, 101 % more than usual \(9,950\)\.$/ },
    { of: 'a slow one', over: { seconds: 600 }, says: /^The run took 10 min, 2 min 1\d s is usual\.$/ },
    {
      of: 'many rejected rows',
      over: { rejected: 300 },
      says: /^3 % of the rows were rejected, under 0\.1 % is usual\.$/,
    },
    { of: 'a few rejected rows', over: { rejected: 20 }, says: /^Rows and rejected/ },
    {
      of: 'an export of another name',
      over: { key: 'exports/partners.csv' },
      says: /^No earlier run is known of an export/,
    },
  ])('says so of $of', ({ over, says }) => {
    expect(said(over)).toMatch(says);
  });

  it('goes by the middle of them: one odd night changes nothing', () => {
    expect(said({ rows: 9_950 })).toContain('much like');
  });

  it('leaves the time of a redriven run alone', () => {
    expect(said({ seconds: 300_000 }, true)).not.toContain('took');
  });
});
