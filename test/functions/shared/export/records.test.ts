import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../../../functions/shared/contracts.ts';
import type { ExportRecord } from '../../../../functions/shared/export/record.ts';
import { parseChunk } from '../../../../functions/shared/export/records.ts';
import { smallMapping } from '../../../helpers/mapping.ts';

const mapping = smallMapping();
const csv: ExportFormat = {
  type: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  width: 4,
  columns: { id: 1, name: 2, email: 0 },
};
const corrected: ExportFormat = { ...csv, width: 7, columns: { id: 4, name: 5, email: 6, _version: 3 } };
const jsonl: ExportFormat = { type: 'jsonl', encoding: 'utf-8' };

async function collect(blocks: AsyncIterable<ExportRecord[]>): Promise<ExportRecord[]> {
  const records: ExportRecord[] = [];
  for await (const block of blocks) records.push(...block);
  return records;
}

async function recordsOf(content: string, format: ExportFormat, firstRow = 10): Promise<ExportRecord[]> {
  const blocks = parseChunk(Readable.from([Buffer.from(content)]), format, mapping, firstRow);
  return collect(blocks);
}

describe('the records of a CSV chunk', () => {
  it('have the values of the mapped columns, all fields as they were, and row numbers from the first', async () => {
    expect(await recordsOf('e@x,1," Taro ",note\r\n,2,,\r\n', csv)).toEqual([
      { row: 10, values: ['1', ' Taro ', 'e@x'], raw: ['e@x', '1', ' Taro ', 'note'] },
      { row: 11, values: ['2', '', ''], raw: ['', '2', '', ''] },
    ]);
  });

  it.each([
    { row: 'e,1,Taro', fields: 3 },
    { row: 'e,1,Taro,n,more', fields: 5 },
    { row: 'e', fields: 1 },
  ])('a ragged row is never padded nor cut: $row', async ({ row, fields }) => {
    const [record] = await recordsOf(`${row}\n`, csv);
    expect(record?.raw).toEqual(row.split(','));
    expect(record?.fault).toEqual({ code: 'RAGGED_ROW', reason: `The row has ${fields} fields, the header 4.` });
  });

  it('a stray quote is data', async () => {
    const [record] = await recordsOf('e,1,5" pipe,"a" b\n', csv);
    expect(record?.raw).toEqual(['e', '1', '5" pipe', '"a" b']);
  });

  it('come in blocks that hold all of them', async () => {
    const records = await recordsOf('e,1,n,x\n'.repeat(1_234), csv, 2);
    expect(records.map(({ row }) => row)).toEqual(Array.from({ length: 1_234 }, (_, index) => index + 2));
  });

  it('an error of csv-parse, which quotes the row, does not leave', async () => {
    const error = await recordsOf('e,1,n,x\ne,2,"Taro', csv).catch((one: unknown) => one);
    expect(error).toMatchObject({ name: 'UnexpectedError' });
    expect(JSON.stringify([error, String(error)])).not.toContain('Taro');
    expect(error).not.toHaveProperty('cause');
  });

  it('an error of the body leaves as it is, so that a lost connection can be told', async () => {
    const lost = Object.assign(new Error('lost'), { code: 'ECONNRESET' });
    async function* body() {
      yield Buffer.from('e,1,n,x\n');
      throw lost;
    }
    await expect(collect(parseChunk(body(), csv, mapping, 2))).rejects.toBe(lost);
    await expect(collect(parseChunk(body(), jsonl, mapping, 2))).rejects.toBe(lost);
  });

  it('of a corrected rejected file have the version of the original record, and its fields alone', async () => {
    const version = '2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.007Z/17';
    expect(await recordsOf(`5,CODE,why,${version},1,Taro,e\n6,,,,2,New,e\n`, corrected)).toEqual([
      {
        row: 10,
        values: ['1', 'Taro', 'e'],
        raw: ['1', 'Taro', 'e'],
        original: {
          exportTime: Date.parse('2026-11-01T00:00:00Z'),
          uploadTime: Date.parse('2026-11-01T01:00:00.007Z'),
          row: 17,
        },
      },
      { row: 11, values: ['2', 'New', 'e'], raw: ['2', 'New', 'e'] },
    ]);
  });

  it.each(['yesterday', '2026-11-01', '2026-11-01T00:00:00.000Z/2026-13-01T01:00:00.000Z/17', '///'])(
    'a corrected row with the unreadable version %s is faulty, since it might overwrite newer data',
    async (version) => {
      const [record] = await recordsOf(`5,CODE,why,${version},1,Taro,e\n`, corrected);
      expect(record?.original).toBeUndefined();
      expect(record?.fault?.reason).toMatch(/_version/);
    },
  );
});

describe('the records of a JSON Lines chunk', () => {
  it.each([
    { line: '{"id":"1","name":"Taro","email":""}', values: ['1', 'Taro', ''] },
    { line: '{"id":1.0,"name":12345678901234567890,"email":1e3}', values: ['1.0', '12345678901234567890', '1e3'] },
    { line: '{"id":true,"name":false,"email":null}', values: ['true', 'false', ''] },
    { line: '{"id":"1","id":"2"}', values: ['2', '', ''] },
    { line: '{"id":"1","other":{"id":3,"n":[1.50]}}', values: ['1', '', ''] },
    { line: '{"__proto__":{"name":"x"},"id":"1"}', values: ['1', '', ''] },
  ])('have the text of scalars as it stands: $line', async ({ line, values }) => {
    expect(await recordsOf(`${line}\r\n`, jsonl)).toEqual([{ row: 10, values, raw: line }]);
  });

  it.each(['{"id":"1"', '[]', '"id"', '17', 'null', 'Taro', '{"id":01}'])('%s is not one JSON object', async (line) => {
    const [record] = await recordsOf(line, jsonl);
    expect(record).toMatchObject({ raw: line, values: ['', '', ''], fault: { code: 'NOT_JSON' } });
    expect(record?.fault?.reason).not.toContain('Taro');
  });

  it.each([
    { depth: 500, brackets: '[]', values: ['1', '', ''], reason: undefined },
    { depth: 200_000, brackets: '[]', values: ['', '', ''], reason: /nested too deep/ },
    { depth: 200_000, brackets: '[', values: ['', '', ''], reason: /not one JSON object/ },
  ])('$depth levels of $brackets never crash the worker', async ({ depth, brackets, values, reason }) => {
    const [open = '', close = ''] = brackets;
    const line = `{"id":"1","x":${open.repeat(depth)}${close.repeat(depth)}}`;
    const [record] = await recordsOf(line, jsonl);
    expect(record?.values).toEqual(values);
    if (reason === undefined) expect(record?.fault).toBeUndefined();
    else expect(record?.fault).toEqual({ code: 'NOT_JSON', reason: expect.stringMatching(reason) });
  });

  it.each([
    { line: '{"id":["1"]}', property: 'id' },
    { line: '{"id":"1","email":{}}', property: 'email' },
  ])('a mapped array or object is a fault: $line', async ({ line, property }) => {
    const [record] = await recordsOf(line, jsonl);
    expect(record?.fault).toEqual({ code: 'NOT_SCALAR', reason: `The property ${property} is an array or an object.` });
  });
});
