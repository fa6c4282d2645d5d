import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvDialect } from '../../../functions/shared/export/csv-dialect.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { splitAndParse } from './scanning.ts';

const mapping = smallMapping();
const DELIMITERS = [',', ';', '\t', '|'] as const;
const HEADER = ['id', 'name', 'email', 'note'];

/** Text with all that could mislead a splitter, quotes within included. */
const fieldText = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '|', '\n', '\r', ' ', 'a', 'é', '山', '🚀'), maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
);

const settings = fc.record({
  blockBytes: fc.integer({ min: 1, max: 40 }),
  rowsPerChunk: fc.integer({ min: 1, max: 60 }),
  workers: fc.integer({ min: 1, max: 4 }),
});

/** The newline behind each line, any of these, blank lines included. */
function newlines(...styles: readonly string[]): fc.Arbitrary<(line: number) => string> {
  return fc
    .array(fc.constantFrom(...styles), { minLength: 1, maxLength: 5 })
    .map((chosen) => (line) => chosen[line % chosen.length] ?? '\n');
}

function joined(lines: readonly string[], newlineAt: (line: number) => string, endsWithNewline: boolean): string {
  const last = lines.length - 1;
  return lines.map((line, index) => line + (index < last || endsWithNewline ? newlineAt(index) : '')).join('');
}

/** Quotes a field where it must be, or where the writer likes to. */
function written(text: string, delimiter: string, always: boolean): string {
  const mustQuote = text.startsWith('"') || [delimiter, '\n', '\r'].some((special) => text.includes(special));
  return mustQuote || always ? `"${text.replaceAll('"', '""')}"` : text;
}

describe('splitting an export and parsing its chunks', () => {
  it('gives back the records of any CSV with their row numbers, at any block and chunk size', async () => {
    const row = fc.array(fc.tuple(fieldText, fc.boolean()), { minLength: HEADER.length, maxLength: HEADER.length });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 60 }),
        fc.constantFrom(...DELIMITERS),
        newlines('\n', '\r\n', '\n\n', '\r\n\r\n\n'),
        fc.boolean(),
        fc.boolean(),
        settings,
        async (rows, delimiter, newlineAt, hasBom, endsWithNewline, sizes) => {
          const lines = [
            HEADER.join(delimiter),
            ...rows.map((fields) => fields.map(([text, always]) => written(text, delimiter, always)).join(delimiter)),
          ];
          const content = `${hasBom ? '\ufeff' : ''}${joined(lines, newlineAt, endsWithNewline)}`;
          const { records, format } = await splitAndParse(content, mapping, sizes);
          expect(format.delimiter).toBe(delimiter);
          expect(records.map(({ raw }) => raw)).toEqual(rows.map((fields) => fields.map(([text]) => text)));
          expect(records.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 2));
          expect(records.every(({ fault }) => fault === undefined)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds in any bytes the records that csv-parse finds in the whole, stray quotes and ragged rows included', async () => {
    const anything = fc.string({
      unit: fc.constantFrom('"', '"', ',', ',', '\n', '\r\n', '\r', 'a', 'é', ' '),
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(anything, settings, async (data, sizes) => {
        // Ends any open quote: that an export may not end within one is another test.
        const content = `id,name,email\n${data}\nx,y,z\n"\nlast",y,z\n`;
        let expected: string[][];
        try {
          expected = parse(content, csvDialect(',')).slice(1) as unknown as string[][];
        } catch {
          await expect(splitAndParse(content, mapping, sizes)).rejects.toThrow(/never closed/);
          return;
        }
        const { records } = await splitAndParse(content, mapping, sizes);
        expect(records.map(({ raw }) => raw)).toEqual(expected);
        expect(records.map(({ row }) => row)).toEqual(expected.map((_, index) => index + 2));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back the records of any JSON Lines with their row numbers, at any block and chunk size', async () => {
    const line = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc
        .dictionary(fc.constantFrom('id', 'name', 'email', 'x'), fc.oneof(fieldText, fc.double(), fc.boolean()))
        .map((value) => JSON.stringify(value)),
      fc.constantFrom('{"id":"1"', 'nonsense', '{}', '[]', '"text"'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 60 }),
        newlines('\n', '\r\n', '\n\n', '\n \t\r\n'),
        fc.boolean(),
        settings,
        async (others, newlineAt, endsWithNewline, sizes) => {
          // At least one object, and not "[" at the beginning: another file is no JSON Lines at all.
          const lines = ['{"id":"0"}', ...others];
          const content = joined(lines, newlineAt, endsWithNewline);
          const { records } = await splitAndParse(content, mapping, { key: 'exports/a.jsonl', ...sizes });
          expect(records.map(({ raw }) => raw)).toEqual(lines);
          expect(records.map(({ row }) => row)).toEqual(lines.map((_, index) => index + 1));
        },
      ),
      { numRuns: 300 },
    );
  });
});
