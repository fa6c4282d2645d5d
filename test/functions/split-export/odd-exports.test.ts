import { describe, expect, it } from 'vitest';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import { ExportScan } from '../../../functions/split-export/export-scan.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { MARK, REFUSED } from './odd-exports.ts';
import { type ScanSettings, scan, scanBytes, scanOptions, splitAndParse } from './scanning.ts';

const mapping = smallMapping();
const MB = 1_000_000;

async function faultOf(content: string | Buffer, settings: ScanSettings = {}): Promise<string> {
  try {
    await scanBytes(content, mapping, settings);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidExport);
    // Unpacking stops by the block.
    return error instanceof Error ? error.message.replace(/about byte \d+/, 'about byte N') : '';
  }
  throw new Error('The export was taken.');
}

describe('an odd export is refused, with what, where and what to do, and without a word of it', () => {
  it.each(REFUSED)('$what', async ({ suffix = '.csv', content, says }) => {
    const key = `exports/night${suffix}`;
    const message = await faultOf(content, { key });
    expect(message).toMatch(says);
    expect(message).toMatch(/upload/i);
    expect(message).not.toMatch(/MARK|Taro|Zo|Straße|example/);
    for (const blockBytes of content.length < 1_000 ? [1, 7] : [50_000]) {
      expect(await faultOf(content, { key, blockBytes })).toBe(message);
    }
  });

  it('another delimiter than the one that the mapping names', () => {
    const piped = smallMapping({ exports: { contains: 'changes', delimiter: '|' } });
    expect(() => scan('id,name,email\n', piped)).toThrow(/it has 1 column; .* Allowed delimiter: pipe, as the mapping/);
  });

  it.each([
    { what: 'a quote that is never closed', key: 'a.csv', begin: `id,name,email\n1,"${MARK}` },
    { what: 'a CSV line', key: 'a.csv', begin: `id,name,email\n1,${MARK}` },
    { what: 'a JSON line', key: 'a.jsonl', begin: '{"id":"0"}\n{"id":"1","name":"' },
    { what: 'a header line', key: 'a.csv', begin: 'id,name,email,' },
  ])('$what of 1 GB, as soon as it is longer than allowed, so that memory stays flat', ({ key, begin }) => {
    const pass = new ExportScan(scanOptions(mapping, { key }));
    const block = Buffer.alloc(64 * 1024, MARK);
    let bytes = 0;
    const readAll = () => {
      pass.write(Buffer.from(begin.padEnd(1_024, 'x')));
      for (; bytes < 1_000 * MB; bytes += block.length) pass.write(block);
    };
    expect(readAll).toThrow(/^(Row 2 is longer than 4 MB|The header line \(row 1\) does not end within 1 MB)/);
    pass.close();
    expect(bytes).toBeLessThan(5 * MB);
  });
});

describe('an odd export is read as it is:', () => {
  it('rows of 1 MB, in quotes or not, in a chunk with others', async () => {
    const long = 'x'.repeat(MB);
    const quoted = `${'y'.repeat(MB / 2)}\n""${'z'.repeat(MB / 2)}`;
    const content = `id,name,email\n1,a,b\n2,${long},b\n3,"${quoted}",b\n4,a,b\n`;
    const { records } = await splitAndParse(content, mapping);
    expect(records.map(({ row, values }) => [row, values[0], values[1]?.length])).toEqual([
      [2, '1', 1],
      [3, '2', MB],
      [4, '3', MB + 2],
      [5, '4', 1],
    ]);
  });

  it('a row of a million fields is one ragged row, and the next one is whole', async () => {
    const content = `id,name,email\n1,a,b${',ab'.repeat(999_997)}\n2,a,b\n`;
    const { records } = await splitAndParse(content, mapping);
    expect(records.map(({ raw }) => raw.length)).toEqual([1_000_000, 3]);
    expect(records.map(({ fault }) => fault?.reason)).toEqual(['The row has 1000000 fields, the header 3.', undefined]);
  });

  it('a header of 100,000 columns, of which the mapping needs three', async () => {
    const others = Array.from({ length: 99_997 }, (_, column) => `c${column}`);
    const { format, records } = await splitAndParse(
      `${['id', ...others, 'name', 'email'].join(',')}\n1${','.repeat(99_998)}n,e\n`,
      mapping,
    );
    expect(format.width).toBe(100_000);
    expect(records[0]?.values).toEqual(['1', 'n', 'e']);
  });

  it('stray quotes are data and open nothing', async () => {
    const content = 'id,name,email\n1,5" pipe,"a" b\n2, "x", y"\n3,""",\n"4,x""",z\n';
    const { records } = await splitAndParse(content.replace('3,""",\n', '3,"""",q\n'), mapping);
    expect(records.map(({ raw }) => raw)).toEqual([
      ['1', '5" pipe', '"a" b'],
      ['2', ' "x"', ' y"'],
      ['3', '"', 'q'],
      ['4,x"', 'z'],
    ]);
  });

  it('columns without a name at the end: a row with a value there is ragged, any other is not', async () => {
    const { format, records } = await splitAndParse('id,name,email,,\n1,a,b,,\n2,a,b,c,\n3,a,b,, \n4,a,b\n', mapping);
    expect(format).toMatchObject({ width: 5, named: 3 });
    expect(records.map(({ fault }) => fault?.code)).toEqual([undefined, 'RAGGED_ROW', 'RAGGED_ROW', 'RAGGED_ROW']);
  });

  it('a property that comes twice counts once, the last time', async () => {
    const lines = ['{"id":"1","name":"a","id":"2"}', '{"id":"2"}', '{"id":"1"}'];
    const { records, superseded } = await splitAndParse(lines.join('\n'), mapping, { key: 'a.jsonl' });
    expect(records.map(({ values }) => values[0])).toEqual(['2', '2', '1']);
    expect(superseded).toEqual([1]);
  });

  it('numbers keep every digit, and a key of 20 digits is not another one', async () => {
    const numbers = ['12345678901234567890', '12345678901234567891', '1.10', '-0', '1e400'];
    const lines = numbers.map((number) => `{"id":${number}}`);
    const { records, superseded } = await splitAndParse(lines.join('\n'), mapping, { key: 'a.jsonl' });
    expect(records.map(({ values }) => values[0])).toEqual(numbers);
    expect(superseded).toEqual([]);
  });

  it('deep nesting beside the mapped values is read, or rejects its line alone', async () => {
    const nested = (depth: number): string => `{"id":"${depth}","x":${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}}`;
    const lines = [nested(1), nested(100), nested(100_000), nested(2)];
    const { records } = await splitAndParse(lines.join('\n'), mapping, { key: 'a.jsonl' });
    expect(records.map(({ fault }) => fault?.reason)).toEqual([
      undefined,
      undefined,
      expect.stringMatching(/nested too deep/),
      undefined,
    ]);
    expect(records.map(({ raw }) => raw)).toEqual(lines);
  });
});
