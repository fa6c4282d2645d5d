import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeletesDefinition } from '../../../functions/shared/mapping/types.ts';
import { guardDeletes } from '../../../functions/split-export/deletes-guard.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { scanBytes, splitAndParse } from './scanning.ts';

const deletes = {
  column: 'gone',
  values: ['1', 'ja, gelöscht'],
  action: 'object',
  maxCount: 10,
  maxShare: 0.1,
} as const;
const mapping = smallMapping({ deletes });
const ALIASED = smallMapping({ deletes, aliases: { gone: ['weg'] } });

describe('rows that are marked as deleted', () => {
  const MARKS = ['', '0', '1', ' 1 ', '11', 'ja, gelöscht', '"1"', 'JA, GELÖSCHT', 'true'];
  const csvField = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  it.each([
    { type: 'csv', of: mapping, column: 'gone' },
    { type: 'csv', of: ALIASED, column: 'weg' },
    { type: 'jsonl', of: mapping, column: 'gone' },
    { type: 'jsonl', of: ALIASED, column: 'weg' },
  ])('of $type are as many as the workers find ($column)', async ({ type, of, column }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...MARKS), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 40 }),
        async (marks, blockBytes) => {
          const lines =
            type === 'csv'
              ? [`id,name,email,${column}`, ...marks.map((mark, n) => `K${n},a,,${csvField(mark)}`)]
              : marks.map((mark, n) => JSON.stringify({ id: `K${n}`, [column]: mark === '0' ? 1 : mark }));
          const content = lines.join('\n');
          const settings = { key: `exports/a.${type}`, blockBytes };
          const { scanned } = await scanBytes(content, of, settings);
          const { records } = await splitAndParse(content, of, settings);
          expect(scanned.marked).toBe(records.filter(({ values }) => of.isDeleted(values)).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of JSON Lines may be numbers, booleans and lines that are read slowly', async () => {
    const of = smallMapping({ deletes: { ...deletes, values: ['1', 'true'] } });
    const lines = [
      '{"id":"A","gone":1}',
      '{"id":"B","gone":true}',
      '{"id":"C","g\\u006fne":"1"}',
      '{"id":"D","gone":1.0}',
    ];
    const { scanned } = await scanBytes(lines.join('\n'), of, { key: 'exports/a.jsonl' });
    expect(scanned.marked).toBe(3);
  });

  it('are counted at least so often as workers would delete, in rows that are ragged or say it twice, too', async () => {
    const value = fc.constantFrom('1', '1.0', '"1"', '" 1"', '"\\u0031"', 'null', '[1]', '{"gone":1}', '"0"', 'true');
    const name = fc.constantFrom('gone', 'weg', 'g\\u006fne', 'Gone');
    const object = fc
      .array(fc.tuple(name, value), { maxLength: 3 })
      .map((marks) => `{${['"id":"7"', ...marks.map(([key, text]) => `"${key}":${text}`)].join()}}`);
    const cells = fc.array(fc.constantFrom('1', ' 1', '"1"', '"1 """', '"a\n1"', 'K', ''), {
      minLength: 1,
      maxLength: 6,
    });
    const exported = fc.oneof(
      fc.array(cells, { maxLength: 20 }).map((rows) => ({
        key: 'exports/a.csv',
        content: ['id,name,gone,email', ...rows.map((row) => row.join())].join('\n'),
      })),
      fc.array(fc.oneof(object, fc.constant('nonsense')), { maxLength: 20 }).map((lines) => ({
        key: 'exports/a.jsonl',
        content: ['{"id":"0"}', ...lines].join('\n'),
      })),
    );
    await fc.assert(
      fc.asyncProperty(exported, fc.integer({ min: 1, max: 40 }), async ({ key, content }, blockBytes) => {
        const of = key.endsWith('.csv') ? mapping : ALIASED;
        const settings = { key, blockBytes };
        const { records } = await splitAndParse(content, of, settings);
        const deleting = records.filter(({ values, fault }) => fault === undefined && of.isDeleted(values));
        const { scanned } = await scanBytes(content, of, settings);
        expect(scanned.marked).toBeGreaterThanOrEqual(deleting.length);
      }),
      { numRuns: 300 },
    );
  });

  it('are none without the setting', async () => {
    expect((await scanBytes('id,name,email,gone\nK1,a,b,1\n', smallMapping())).scanned.marked).toBe(0);
  });

  it('are not looked for in an export without the column: it is refused', async () => {
    await expect(scanBytes('id,name,email\nK1,a,b\n', mapping)).rejects.toThrow(/"gone"|gone/);
  });
});

describe('the guard', () => {
  it.each([
    { marked: 0, rows: 0, approved: undefined, allowed: true },
    { marked: 10, rows: 100, approved: undefined, allowed: true },
    { marked: 11, rows: 1_000, approved: undefined, allowed: false },
    { marked: 10, rows: 99, approved: undefined, allowed: false },
    { marked: 11, rows: 1_000, approved: 11, allowed: true },
    { marked: 99, rows: 99, approved: 99, allowed: true },
    { marked: 11, rows: 1_000, approved: 10, allowed: false },
    { marked: 11, rows: 1_000, approved: 12, allowed: false },
    { marked: 3, rows: 1_000, approved: 12, allowed: true },
  ])('$marked of $rows, with $approved approved: $allowed', ({ marked, rows, approved, allowed }) => {
    const approval = approved === undefined ? undefined : { marked: approved, mappingHash: mapping.hash };
    expect(guardDeletes(mapping, marked, rows, approval)).toEqual({ marked, allowed });
  });

  it.each<Partial<DeletesDefinition>>([
    { action: 'profile' },
    { column: 'email' },
    { values: ['0'] },
    { maxShare: 0.2 },
  ])('takes no approval that was for another mapping: %o', (change) => {
    const other = smallMapping({ deletes: { ...deletes, ...change } });
    const approval = { marked: 50, mappingHash: mapping.hash };
    expect(guardDeletes(mapping, 50, 100, approval)).toEqual({ marked: 50, allowed: true });
    expect(guardDeletes(other, 50, 100, approval)).toEqual({ marked: 50, allowed: false });
  });

  it('has nothing to say where nothing is deleted', () => {
    expect(guardDeletes(smallMapping(), 0, 100)).toBeUndefined();
  });

  it('takes a share for what it says: so many of any number of rows are allowed, and one more is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(100), (rows, percent) => {
        const maxShare = percent / 100;
        const most = Math.floor((rows * percent) / 100);
        const of = smallMapping({ deletes: { ...deletes, maxCount: rows, maxShare } });
        const isAllowed = (marked: number) => guardDeletes(of, marked, rows)?.allowed;
        expect(isAllowed(most)).toBe(true);
        if (most < rows) expect(isAllowed(most + 1)).toBe(false);
      }),
      { examples: [[100, 29]] },
    );
  });
});
