import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportRecord } from '../../../../functions/shared/export/record.ts';
import { rejectedHeader, rejectedLine } from '../../../../functions/shared/export/rejected.ts';
import type { Rejection } from '../../../../functions/shared/rejection.ts';
import { smallMapping } from '../../../helpers/mapping.ts';
import { splitAndParse } from '../../split-export/scanning.ts';

const mapping = smallMapping();
const rejection: Rejection = { code: 'REFUSED', reason: 'The service said "no, never".' };
const first = { exportTime: Date.parse('2026-11-01T00:00:00Z'), uploadTime: Date.parse('2026-11-01T01:00:00.003Z') };
const second = { exportTime: first.exportTime + 1, uploadTime: first.uploadTime + 1 };
const original = (row: number) => ({ ...first, row });

/** Rejects every record, uploads the rejected file as it is, and rejects every record again. */
async function rejectTwice(records: readonly ExportRecord[], header: string, key: string) {
  const file = header + records.map((record) => rejectedLine(record, rejection, first)).join('');
  const again = await splitAndParse(file, mapping, { key });
  const file2 = header + again.records.map((record) => rejectedLine(record, rejection, second)).join('');
  return { again: again.records, afterwards: (await splitAndParse(file2, mapping, { key })).records };
}

const text = fc.string({
  unit: fc.constantFrom('"', ',', ';', '\n', '\r', '=', 'a', '山', ' ', '{', '\\'),
  maxLength: 10,
});

describe('a rejected file', () => {
  it('of a CSV export can be read again as it is, any number of times: same fields, same original version', async () => {
    const names = ['note', 'id', 'name', 'email'];
    const row = fc.array(text, { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const records = rows.map((raw, index) => ({ row: index + 2, values: raw.slice(1, 4), raw }));
        const { again, afterwards } = await rejectTwice(records, rejectedHeader(names), 'a.csv');
        for (const one of [again, afterwards]) {
          expect(one.map(({ raw }) => raw)).toEqual(rows);
          expect(one.map((record) => record.original)).toEqual(rows.map((_, index) => original(index + 2)));
          expect(one.map(({ fault }) => fault?.code)).toEqual(
            rows.map((raw) => (raw.length === names.length ? undefined : 'RAGGED_ROW')),
          );
        }
      }),
    );
  });

  it('of a JSON Lines export, too: same values, numbers as they were, unreadable lines whole', async () => {
    const line = fc.oneof(
      fc.tuple(text, text).map(([id, name]) => JSON.stringify({ id, name, other: { a: [1, null] } })),
      fc.constantFrom(
        '{"id":1.50,"name":1e3}',
        ' { "id" : "1" } ',
        '{}',
        '{"id":["1"]}',
        '{"id":"1"',
        'no, "never"',
        '[1]',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const { records } = await splitAndParse(['{"id":"0"}', ...lines].join('\n'), mapping, { key: 'a.jsonl' });
        const { again, afterwards } = await rejectTwice(records, '', 'a.jsonl');
        for (const one of [again, afterwards]) {
          expect(one.map(({ values }) => values)).toEqual(records.map(({ values }) => values));
          expect(one.map(({ fault }) => fault)).toEqual(records.map(({ fault }) => fault));
          expect(one.map((record) => record.original)).toEqual(records.map(({ row }) => original(row)));
        }
      }),
    );
  });

  it('says row, code, reason and version first, with commas and CRLF', () => {
    const record = { row: 7, values: [], raw: ['1', '=cmd()', 'a;b'] };
    expect(rejectedHeader(['id', 'name', 'x;y'])).toBe('_row,_code,_reason,_version,id,name,x;y\r\n');
    expect(rejectedLine(record, rejection, first)).toBe(
      '7,REFUSED,"The service said ""no, never"".",2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.003Z/7,1,=cmd(),a;b\r\n',
    );
  });

  it('keeps a line that is no JSON as text', () => {
    const record = { row: 7, values: [], raw: '{"id":', fault: { code: 'NOT_JSON', reason: 'why' } } as const;
    expect(rejectedLine(record, record.fault, first)).toBe(
      '{"_row":7,"_code":"NOT_JSON","_reason":"why","_version":"2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.003Z/7","_line":"{\\"id\\":"}\n',
    );
  });

  it('takes a corrected `_line` for the record', async () => {
    const line = JSON.stringify({
      _row: 3,
      _code: 'NOT_JSON',
      _reason: 'why',
      _version: '2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.003Z/3',
      _line: '{"id":"1",\n"name":2.0}',
    });
    const { records } = await splitAndParse(line, mapping, { key: 'a.jsonl' });
    expect(records).toMatchObject([{ values: ['1', '2.0', ''], original: original(3) }]);
    expect(records[0]?.fault).toBeUndefined();
  });

  it.each(['csv', 'jsonl'])('never turns a row of unknown age into new data (%s)', async (type) => {
    const fields = { _row: 3, _code: 'C', _reason: 'w', _version: 'yesterday', id: '1', name: 'n', email: 'e' };
    const header = type === 'csv' ? rejectedHeader(['id', 'name', 'email']) : '';
    const content = type === 'csv' ? header + Object.values(fields).join(',') : JSON.stringify(fields);
    const { records } = await splitAndParse(content, mapping, { key: `a.${type}` });
    const { again, afterwards } = await rejectTwice(records, header, `a.${type}`);
    for (const [record] of [records, again, afterwards]) {
      expect(record?.fault?.reason).toMatch(/_version/);
      expect(record?.values).toEqual(['1', 'n', 'e']);
    }
  });
});
