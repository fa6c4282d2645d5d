import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportRecord } from '../../../functions/shared/export/record.ts';
import type { Mapping } from '../../../functions/shared/mapping/types.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { NOW, splitAndParse } from './scanning.ts';

const DAY_MS = 86_400_000;
const plain = smallMapping();
const dated = smallMapping({ updatedAt: { column: 'changed' } });

/** The rule in words, at the cost of n²: all but the newest record of each key. */
function supersededRows(records: readonly ExportRecord[], mapping: Mapping): number[] {
  const ranked = records.flatMap((record) => {
    const key = mapping.customerKey(record.values[mapping.keyColumn] ?? '');
    const { exportTime, uploadTime, row } = record.original ?? { exportTime: NOW, uploadTime: NOW, row: record.row };
    const source =
      mapping.updatedAtColumn === undefined
        ? exportTime
        : mapping.sourceTime(record.values[mapping.updatedAtColumn] ?? '');
    if (key === undefined || source === undefined || source > NOW + DAY_MS) return [];
    return [{ key, row: record.row, rank: [source, exportTime, uploadTime, row, record.row] }];
  });
  const isNewer = (a: readonly number[], b: readonly number[]): boolean => {
    const lane = a.findIndex((value, index) => value !== b[index]);
    return (a[lane] ?? 0) > (b[lane] ?? 0);
  };
  return ranked
    .filter((one) => ranked.some((other) => other.key === one.key && isNewer(other.rank, one.rank)))
    .map(({ row }) => row);
}

const key = fc.constantFrom('1', '2', ' 2 ', 'kéy', '"q""', 'a,b', '', ' ', 'C-000000000000000000000001');
const time = fc.constantFrom(
  '2026-11-01T00:00:00Z',
  '2026-11-01T09:00:00+09:00',
  '2026-10-31T00:00:00Z',
  '2027-01-01T00:00:00Z',
  'soon',
  '',
);
const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const sizes = { blockBytes: 7, rowsPerChunk: 30 };

describe('repeated keys', () => {
  it('without updatedAt, the last row of a key wins, over chunk borders too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 120 }), async (keys) => {
        const content = `id,name,email\n${keys.map((one) => `${quoted(one)},n,e\n`).join('')}`;
        const { records, superseded } = await splitAndParse(content, plain, sizes);
        expect(superseded).toEqual(supersededRows(records, plain));
      }),
    );
  });

  it('with updatedAt, the newest wins, the later row of equal ones; a row without a readable time takes no part', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, time), { maxLength: 120 }), async (rows) => {
        const lines = rows.map(([id, changed]) => `${quoted(id)},n,e,${changed}\n`);
        const { records, superseded } = await splitAndParse(`id,name,email,changed\n${lines.join('')}`, dated, sizes);
        expect(superseded).toEqual(supersededRows(records, dated));
      }),
    );
  });

  it('in JSON Lines, the same rule; an unreadable line takes no part', async () => {
    const id = fc.oneof(key, fc.constantFrom(1, 2, null, true, 1.5, ['1'], { id: 1 }));
    const line = fc.oneof(
      fc.tuple(id, time).map(([value, changed]) => JSON.stringify({ x: [{ id: '1' }], id: value, changed })),
      fc.constantFrom('{"id":"1"', '{"id":"1","id":"2","changed":"2026-11-01T00:00:00Z"}', '{"\\u0069d":"1"}', '[]'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 80 }), fc.constantFrom(plain, dated), async (lines, mapping) => {
        const content = ['{"id":"0"}', ...lines].join('\n');
        const { records, superseded } = await splitAndParse(content, mapping, { key: 'a.jsonl', ...sizes });
        expect(superseded).toEqual(supersededRows(records, mapping));
      }),
    );
  });

  it('in a corrected rejected file, rows rank by the version that they were rejected with', async () => {
    const version = fc.constantFrom(
      '2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.000Z/17',
      '2026-11-01T00:00:00.000Z/2026-11-01T01:00:00.000Z/18',
      '2026-11-01T00:00:00.000Z/2026-11-01T02:00:00.000Z/2',
      '2026-10-01T00:00:00.000Z/2026-11-02T00:00:00.000Z/2',
      '',
    );
    const row = fc.tuple(version, fc.constantFrom('1', '2'), time);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.constantFrom(plain, dated), async (rows, mapping) => {
        const lines = rows.map(([one, id, changed]) => `9,CODE,why,${one},${id},n,e,${changed}\n`);
        const content = `_row,_code,_reason,_version,id,name,email,changed\n${lines.join('')}`;
        const { records, superseded } = await splitAndParse(content, mapping, sizes);
        expect(superseded).toEqual(supersededRows(records, mapping));
      }),
    );
  });

  it('a row with an unreadable _version takes no part, since nobody knows how old it is', async () => {
    const content = '_row,_code,_reason,_version,id,name,email\n2,C,w,,1,n,e\n3,C,w,05/11/2026,1,n,e\n';
    const { records, superseded } = await splitAndParse(content, plain);
    expect(superseded).toEqual([]);
    expect(records.map(({ fault }) => fault !== undefined)).toEqual([false, true]);
  });

  it('a ragged row whose key field is there takes part', async () => {
    const { superseded } = await splitAndParse('id,name,email\n1,n,e\n1,n\n', plain);
    expect(superseded).toEqual([2]);
  });
});
