import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { splitAndParse } from './scanning.ts';

const ALIASES = { id: ['no', '番号'], email: ['mail'], changed: ['at'] };
const updatedAt = { column: 'changed' };
const plain = smallMapping({ updatedAt });
const mapping = smallMapping({ updatedAt, aliases: ALIASES });
const NAMES = {
  id: ['id', ...ALIASES.id],
  name: ['name'],
  email: ['email', 'mail'],
  changed: ['changed', 'at'],
  note: ['note'],
};
const ROWS = [
  { id: '1', name: 'Ann', email: 'a@example.com', changed: '2026-01-01T00:00:00Z', note: 'x' },
  { id: '2', name: 'Ben', email: '', changed: '2026-01-02T00:00:00Z', note: '' },
  { id: '1', name: 'Ann B.', email: 'a@example.com', changed: '2026-01-03T00:00:00Z', note: 'y' },
];
type Column = keyof typeof NAMES;
const COLUMNS = Object.keys(NAMES) as Column[];

const naming = fc.record(
  Object.fromEntries(COLUMNS.map((column) => [column, fc.constantFrom(...NAMES[column])])) as Record<
    Column,
    fc.Arbitrary<string>
  >,
);
const ordered = fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length });

describe('a renamed column', () => {
  it('is found by any of its names, in any order, in a CSV and in JSON Lines', async () => {
    const expected = await splitAndParse(
      csvOf(COLUMNS, (column) => column),
      plain,
    );
    await fc.assert(
      fc.asyncProperty(naming, ordered, async (names, order) => {
        const nameOf = (column: Column) => names[column];
        const csv = await splitAndParse(csvOf(order, nameOf), mapping);
        const lines = await splitAndParse(linesOf(order, nameOf), mapping, { key: 'a.jsonl' });
        for (const read of [csv, lines]) {
          expect(read.records.map(({ values }) => values)).toEqual(expected.records.map(({ values }) => values));
        }
        expect(csv.superseded).toEqual(expected.superseded);
        expect(lines.superseded).toEqual(expected.superseded.map((row) => row - 1));
      }),
    );
  });

  it('makes no record look changed, and the mapping another one', () => {
    const values = ['1', 'Ann', 'a@example.com', ''];
    expect(mapping.fingerprint(values)).toBe(plain.fingerprint(values));
    expect(mapping.hash).not.toBe(plain.hash);
    expect(smallMapping({ updatedAt, aliases: { ...ALIASES, id: ['no'] } }).hash).not.toBe(mapping.hash);
  });

  it.each([
    { header: 'id,番号,name,email,at', says: /it has id and 番号, which are names of one column\./ },
    { header: 'name,email,at', says: /it lacks id or no or 番号\./ },
    { header: 'no,no,name,email,at', says: /more than once no\./ },
  ])('in the header line $header is refused', async ({ header, says }) => {
    const splitting = splitAndParse(`${header}\n`, mapping);
    await expect(splitting).rejects.toThrow(InvalidExport);
    await expect(splitting).rejects.toThrow(says);
  });

  it('in a line beside its other name is rejected, and does not take part in what supersedes what', async () => {
    const lines = '{"id":"1","no":"1","name":"x"}\n{"no":"1","name":"y","at":"2026-01-01T00:00:00Z"}\n';
    const { records, superseded } = await splitAndParse(lines, mapping, { key: 'a.jsonl' });
    expect(records[0]?.fault).toEqual({
      code: 'TWO_NAMES',
      reason: 'The properties id and no are names of one column.',
    });
    expect(records[1]).toMatchObject({ values: ['1', 'y', '', '2026-01-01T00:00:00Z'] });
    expect(superseded).toEqual([]);
  });
});

function csvOf(order: readonly Column[], nameOf: (column: Column) => string): string {
  const lines = [order.map(nameOf), ...ROWS.map((row) => order.map((column) => row[column]))];
  return lines.map((fields) => `${fields.join(';')}\n`).join('');
}

function linesOf(order: readonly Column[], nameOf: (column: Column) => string): string {
  return ROWS.map(
    (row) => `${JSON.stringify(Object.fromEntries(order.map((column) => [nameOf(column), row[column]])))}\n`,
  ).join('');
}
