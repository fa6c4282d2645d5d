import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { checkExport } from '../../../cli/exports/check-export.ts';
import { UserError } from '../../../cli/user-error.ts';
import { MAX_EXPORT_BYTES } from '../../../functions/split-export/limits.ts';
import { smallMapping } from '../../helpers/mapping.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const mapping = smallMapping();
const GOOD = 'id,name,email\n1,Ann,\n';

describe('the check of an export before a byte is sent', () => {
  it.each([
    ['a CSV', 'good.csv', GOOD, { type: 'csv', delimiter: ',' }],
    ['a CSV of a spreadsheet', 'semicolons.csv', '\ufeffid;name;email\r\n', { type: 'csv', delimiter: ';' }],
    ['a CSV in gzip', 'good.csv.gz', gzipSync(GOOD), { type: 'csv' }],
    ['JSON Lines in zstd', 'good.jsonl.zst', zstdCompressSync('{"id":1}\n'), { type: 'jsonl' }],
    ['a CSV in UTF-16', 'utf16.csv', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), { type: 'csv' }],
    ['JSON Lines', 'good.jsonl', '{"id":1}\n', { type: 'jsonl' }],
    [
      'a header line of many blocks',
      'wide.csv',
      `id,name,email,${'x'.repeat(300_000)}\n1,a,b,c\n`,
      { type: 'csv', width: 4 },
    ],
  ])('takes %s', async (_what, name, content, format) => {
    const path = file(name, content);
    const checked = await checkExport(path, mapping);
    expect(checked).toMatchObject({ path, bytes: Buffer.from(content).length, detected: { format } });
  });

  it.each([
    ['a header line that lacks a column', 'lacks.csv', 'id,name\n', /does not fit the mapping.*lacks email/],
    ['an empty file', 'empty.csv', '', /The export is empty/],
    ['an Excel workbook', 'book.csv', Buffer.from(`PK\u0003\u0004${'x'.repeat(600)}`, 'latin1'), /Excel workbook/],
    ['a CSV that is named .gz', 'plain.csv.gz', GOOD, /named \.gz, but its first bytes are not those of gzip/],
    [
      'gzip that lacks its end',
      'cut.csv.gz',
      gzipSync('id,name').subarray(0, -8),
      /packed with gzip, and its end is missing/,
    ],
    [
      'half a pair in UTF-16',
      'half.csv',
      Buffer.from('\ufeffid,\ud83d', 'utf16le'),
      /not UTF-16: row 1 .* byte 9 of the file/,
    ],
    ['a JSON array', 'array.jsonl', '[{"id":1}]', /one JSON array/],
  ])('refuses %s in the words of a run', async (_what, name, content, words) => {
    const checking = checkExport(file(name, content), mapping);
    await expect(checking).rejects.toThrow(UserError);
    await expect(checking).rejects.toThrow(words);
  });

  it.each([
    ['no file', 'nothing.csv', 'There is no file'],
    ['a folder', '.', 'is not a file'],
  ])('refuses %s', async (_what, name, words) => {
    await expect(checkExport(join(folder, name), mapping)).rejects.toThrow(words);
  });

  it('goes by the name that the object gets', async () => {
    const path = file('good.txt', GOOD);
    await expect(checkExport(path, mapping)).rejects.toThrow('a run starts for names that end in .csv');
    expect((await checkExport(path, mapping, 'crm/good.csv')).bytes).toBe(GOOD.length);
  });

  it('refuses more than one run reads', async () => {
    const path = file('large.csv', GOOD);
    truncateSync(path, MAX_EXPORT_BYTES + 1);
    await expect(checkExport(path, mapping)).rejects.toThrow('one run reads up to 30 GB');
    truncateSync(path, MAX_EXPORT_BYTES);
    expect((await checkExport(path, mapping)).bytes).toBe(MAX_EXPORT_BYTES);
  });
});
