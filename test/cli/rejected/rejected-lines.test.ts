import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangesOf, without } from '../../../cli/customer/cut-rows.ts';
import { chunkLayout, type RejectedLayout, wholeLayout } from '../../../cli/rejected/rejected-layout.ts';
import { rejectedLines, UnreadableFile } from '../../../cli/rejected/rejected-lines.ts';
import { rejectedHeader, rejectedLine } from '../../../functions/shared/export/rejected.ts';
import type { Rejection } from '../../../functions/shared/rejection.ts';
import { smallMapping } from '../../helpers/mapping.ts';

const mapping = smallMapping();
const FROM = { exportTime: 0, uploadTime: 0 };
const TOO_LONG = { code: 'TOO_LONG', reason: 'Too "long", they say.' } as const;
const RAGGED = { code: 'RAGGED_ROW', reason: 'Ragged.' } as const;

async function* inBlocks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collected(bytes)).toString();
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const csvRow = (row: number, raw: readonly string[], rejection: Rejection = TOO_LONG) =>
  rejectedLine({ row, values: [], raw }, rejection, FROM);
const jsonRow = (row: number, raw: string, rejection: Rejection = TOO_LONG) =>
  rejectedLine({ row, values: [], raw }, rejection, FROM);

const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '智', '"', ',', '\n', '\r', ' ', ';'), maxLength: 6 });
const key = fc.constantFrom('K1', 'K2', ' K1 ', 'K11', '');

describe('the rows of a customer in a rejected file', () => {
  it('are cut out of a CSV, all other bytes stay, at any size of the blocks', async () => {
    const rows = fc.array(fc.tuple(key, cell, cell), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.integer({ min: 1, max: 70 }), async (cells, isWhole, size) => {
        const layout: RejectedLayout = { type: 'csv', delimiter: ',', keyAt: isWhole ? 'by the header line' : 5 };
        const header = isWhole ? rejectedHeader(['name', 'id', 'email']) : '';
        const lines = cells.map(([id, name, email], index) => ({ id, line: csvRow(index + 2, [name, id, email]) }));
        const text = header + lines.map(({ line }) => line).join('');
        const ranges = await rangesOf(rejectedLines(inBlocks(text, size), layout, mapping), 'K1');
        const kept = lines.filter(({ id }) => id.trim() !== 'K1').map(({ line }) => line);
        expect(await textOf(without(inBlocks(text, size), ranges))).toBe(header + kept.join(''));
      }),
    );
  });

  it('are cut out of JSON Lines, all other bytes stay, at any size of the blocks', async () => {
    const rows = fc.array(fc.tuple(key, cell), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 70 }), async (cells, size) => {
        const lines = cells.map(([id, name], index) => ({
          id,
          line: jsonRow(index + 1, JSON.stringify({ id, name })),
        }));
        const text = lines.map(({ line }) => line).join('');
        const ranges = await rangesOf(rejectedLines(inBlocks(text, size), { type: 'jsonl' }, mapping), 'K1');
        const kept = lines.filter(({ id }) => id.trim() !== 'K1').map(({ line }) => line);
        expect(await textOf(without(inBlocks(text, size), ranges))).toBe(kept.join(''));
      }),
    );
  });

  it('say where they come from and why they were rejected', async () => {
    const csv = rejectedHeader(['id', 'name']) + csvRow(48_213, ['K1', 'x']);
    const layout = wholeLayout('csv');
    const json = jsonRow(7, '{"id":"K1"}');
    expect(await collected(rejectedLines(inBlocks(csv, 9), layout, mapping))).toMatchObject([
      { row: '48213', ...TOO_LONG },
    ]);
    expect(await collected(rejectedLines(inBlocks(json, 9), { type: 'jsonl' }, mapping))).toMatchObject([
      { row: '7', ...TOO_LONG },
    ]);
  });

  const jsonl = { type: 'jsonl' } as const;
  const csv = { type: 'csv', delimiter: ',', keyAt: 4 } as const;
  const renamed = { ...csv, keyAt: undefined };
  const keyless = { code: 'MISSING_KEY', reason: 'Empty.' } as const;
  it.each<[what: string, line: string, layout: RejectedLayout, customerKey: string, isOf: boolean | undefined]>([
    ['a ragged row with the key in another field', csvRow(2, ['x', 'y', 'K1'], RAGGED), csv, 'K1', true],
    ['any other row with the key in another field', csvRow(2, ['x', 'y', 'K1']), csv, 'K1', false],
    ['a ragged row with a longer key', csvRow(2, ['K11', 'y', 'z'], RAGGED), csv, 'K1', false],
    ['a number as key', jsonRow(1, '{"id":12}'), jsonl, '12', true],
    ['an unreadable line with the key as a text', jsonRow(1, '{"id":"K1","name":}'), jsonl, 'K1', true],
    ['an unreadable line with the key as a number', jsonRow(1, '{"id":12,"name":}'), jsonl, '12', true],
    [
      'an unreadable line with the key within a longer text',
      jsonRow(1, '{"id":"K12","day":"2026-12-01"'),
      jsonl,
      'K1',
      false,
    ],
    ['an unreadable line with the key within a date', jsonRow(1, '{"id":"K2","day":"2026-12-01"'), jsonl, '12', false],
    ['a row of a file whose key stood in another column', csvRow(2, ['K1', 'y']), renamed, 'K1', undefined],
    ['a ragged row of such a file', csvRow(2, ['x', 'K1', 'z'], RAGGED), renamed, 'K1', true],
    ['a row of such a file that had no key', csvRow(2, ['', 'K1'], keyless), renamed, 'K1', false],
    ['a line without the property of the key', jsonRow(1, '{"number":"K1"}'), jsonl, 'K1', undefined],
    ['such a line that had no key', jsonRow(1, '{"name":"K1"}', keyless), jsonl, 'K1', false],
    ['a key that would be a pattern', jsonRow(1, '{"id":"K1","name":}'), jsonl, 'K.', false],
  ])('%s', async (_what, line, layout, customerKey, isOf) => {
    const [record] = await collected(rejectedLines(inBlocks(line, 5), layout, mapping));
    expect(record?.isOf(customerKey)).toBe(isOf);
  });

  it('are found in a file of a chunk by the columns of the run, also of a corrected file', () => {
    const format = { type: 'csv' } as const;
    const csvAt = (keyAt: number | undefined) => ({ type: 'csv', delimiter: ',', keyAt });
    expect(chunkLayout({ ...format, columns: { id: 2, name: 0 } }, mapping)).toEqual(csvAt(6));
    expect(chunkLayout({ ...format, columns: { id: 6, name: 4, _version: 3 } }, mapping)).toEqual(csvAt(6));
    expect(chunkLayout({ ...format, columns: { number: 2, name: 0 } }, mapping)).toEqual(csvAt(undefined));
    expect(chunkLayout({ type: 'csv' }, mapping)).toEqual(csvAt(undefined));
    expect(chunkLayout({ type: 'jsonl' }, mapping)).toEqual({ type: 'jsonl' });
  });

  it.each<[what: string, text: string, layout: RejectedLayout]>([
    ['another key column', rejectedHeader(['number']) + csvRow(2, ['K1']), wholeLayout('csv')],
    ['another key property', jsonRow(1, '{"number":"K1"}'), jsonl],
    ['a quote that nobody closed', `${rejectedHeader(['id'])}2,TOO_LONG,,,"K1`, wholeLayout('csv')],
  ])('are never said to be in no row of a file with %s: it is unreadable', async (_what, text, layout) => {
    const ranges = rangesOf(rejectedLines(inBlocks(text, 9), layout, mapping), 'K1');
    await expect(ranges).rejects.toThrow(UnreadableFile);
    await expect(ranges).rejects.not.toThrow('K1');
  });
});
