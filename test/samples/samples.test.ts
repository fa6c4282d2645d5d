import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { exportCsv } from '../../samples/export-csv.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLE = join(ROOT, 'samples/customers.csv');
const sample = readFileSync(SAMPLE, 'utf8');
const mapping = loadMapping(join(ROOT, 'mappings/customer.json'));
const directory = mkdtempSync(join(tmpdir(), 'sample-'));
afterAll(() => rmSync(directory, { recursive: true }));

function textOf(options: Partial<Parameters<typeof exportCsv>[0]>): string {
  return [...exportCsv({ rows: 2_000, seed: 1, night: 1, churn: 1, ...options })].join('');
}

/** Each data row as its fields, ragged ones too. */
function rowsOf(text: string): { header: string[]; rows: string[][] } {
  const [header = [], ...rows]: string[][] = parse(text, { relax_column_count: true });
  return { header, rows };
}

/** The records that fit the header, by column. */
function recordsOf(text: string): Record<string, string>[] {
  const { header, rows } = rowsOf(text);
  return rows
    .filter((row) => row.length === header.length)
    .map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
}

describe('samples/customers.csv', () => {
  const { header, rows } = rowsOf(sample);
  const records = recordsOf(sample);

  it('is what the default command makes, byte for byte', () => {
    const out = join(directory, 'customers.csv');
    execFileSync(process.execPath, [join(ROOT, 'samples/generate.ts'), '--out', out]);
    expect(readFileSync(out).equals(readFileSync(SAMPLE))).toBe(true);
  });

  it('has 2,000 rows and every column of the mapping', () => {
    expect(rows).toHaveLength(2_000);
    expect(header).toEqual(expect.arrayContaining([...mapping.columns]));
  });

  it('has a few bad rows of each kind, and stays below a share of 1 % that needs attention', () => {
    const ragged = rows.map((row) => row.length - header.length).filter((difference) => difference !== 0);
    expect(new Set(ragged)).toEqual(new Set([-2, 1]));
    const codes = records.flatMap((record) => {
      const values = mapping.columns.map((column) => record[column] ?? '');
      const identity = mapping.identify(values, Date.now());
      const mapped = mapping.toObject(values);
      if (!identity.ok) return [identity.rejection.code];
      return mapped.ok ? [] : [mapped.rejection.code];
    });
    expect(new Set(codes)).toEqual(new Set(['MISSING_KEY', 'TOO_LONG', 'BAD_UPDATED_AT', 'MISSING_VALUE']));
    expect(ragged.length + codes.length).toBe(10);
  });

  it('repeats customers near and far, with newer, equal and older times', () => {
    const firstByKey = new Map<string, number>();
    const repeats = records.flatMap((record, index) => {
      const first = firstByKey.get(record.customer_id ?? '');
      if (first === undefined) firstByKey.set(record.customer_id ?? '', index);
      return first === undefined ? [] : [{ first, index }];
    });
    expect(repeats.length).toBeGreaterThanOrEqual(20);
    expect(repeats.some(({ first, index }) => index - first < 10)).toBe(true);
    expect(repeats.some(({ first, index }) => index - first > 1_000)).toBe(true);
    const order = repeats.map(({ first, index }) =>
      Math.sign(Date.parse(records[index]?.updated_at ?? '') - Date.parse(records[first]?.updated_at ?? '')),
    );
    expect(new Set(order)).toEqual(new Set([-1, 0, 1]));
  });

  it.each([
    ['a newline in a field', (field: string) => field.includes('\n')],
    ['a quote in a field', (field: string) => field.includes('"')],
    ['a comma in a field', (field: string) => field.includes(',')],
    ['kanji beyond the first 65,536 characters', (field: string) => field.includes('𠮷')],
    ['a telephone number with an extension', (field: string) => / x\d+$/.test(field)],
    ['a telephone number in wide digits', (field: string) => field.startsWith('０')],
  ])('has %s', (_, matches) => {
    expect(rows.some((row) => row.some(matches))).toBe(true);
  });
});

describe('the generator', () => {
  it('makes other customers with another seed', () => {
    expect(textOf({ seed: 2, rows: 20 })).not.toBe(textOf({ rows: 20 }));
  });

  it('begins a longer export with the shorter one', () => {
    expect(textOf({ rows: 5_000 }).startsWith(sample)).toBe(true);
    expect(sample.startsWith(textOf({ rows: 37 }))).toBe(true);
  });

  it('gives out an export in small pieces, however long it is', () => {
    const pieces = exportCsv({ rows: 1_000_000_000, seed: 1, night: 1, churn: 1 });
    for (let piece = 0; piece < 20; piece += 1) expect(pieces.next().value?.length).toBeLessThan(100_000);
  });

  it.each([
    { night: 2, churn: 1, rows: 20_000 },
    { night: 5, churn: 1, rows: 2_000 },
    { night: 2, churn: 2.5, rows: 4_000 },
    { night: 2, churn: 100, rows: 400 },
  ])(
    'changes $churn % of the customers from the night before to night $night, and moves their updated_at',
    ({ night, churn, rows }) => {
      const before = newestByKey(textOf({ night: night - 1, churn, rows }));
      const after = newestByKey(textOf({ night, churn, rows }));
      expect([...after.keys()]).toEqual([...before.keys()]);
      const changed = [...after].filter(([key, record]) => record !== before.get(key)).map(([key]) => key);
      // Rejected rows have customers of their own, which never change.
      const customers = [...after.keys()].filter((key) => key !== '' && key < 'C-9').length;
      expect(Math.abs(changed.length - (customers * churn) / 100)).toBeLessThanOrEqual(1);
      for (const key of changed) expect(timeOf(after.get(key))).toBeGreaterThan(timeOf(before.get(key)));
    },
  );

  it('changes nobody with a churn of 0', () => {
    expect(textOf({ night: 9, churn: 0 })).toBe(sample);
  });
});

describe('npm run sample', () => {
  it.each([
    [['--rows', 'many'], 'It must be a whole number.'],
    [['--night', '0'], 'Nights count from 1.'],
    [['--churn', '101'], 'It must be a number from 0 to 100.'],
    [['--out', 'no/such/folder/x.csv'], "no/such/folder/x.csv can't be written"],
  ])('refuses %s in words', (wrong, words) => {
    const run = () =>
      execFileSync(process.execPath, [join(ROOT, 'samples/generate.ts'), ...wrong], { cwd: directory, stdio: 'pipe' });
    expect(run).toThrow(words);
  });
});

/** The record of each customer that wins: the newest, and of equally new ones the last. */
function newestByKey(text: string): Map<string, string> {
  const newest = new Map<string, string>();
  for (const record of recordsOf(text)) {
    const key = record.customer_id ?? '';
    const json = JSON.stringify(record);
    const time = Date.parse(record.updated_at ?? '');
    if (!newest.has(key) || time >= timeOf(newest.get(key))) newest.set(key, json);
  }
  return newest;
}

function timeOf(json = '{}'): number {
  return Date.parse(JSON.parse(json).updated_at);
}
