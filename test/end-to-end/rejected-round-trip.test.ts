import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const LATENCY = { latencyMs: { median: 20, spread: 0.3 } };
/** The service answers 400 for every object with this word in it. */
const REFUSED_WORD = 'refuse-me';

type Cells = readonly string[];
/** By customer key, what columns are set to. */
type Corrections = Readonly<Record<string, Readonly<Record<string, string>>>>;
interface RejectedFile {
  readonly header: Cells;
  readonly rows: readonly Cells[];
}

async function readRejected(path: string | undefined): Promise<RejectedFile> {
  const [header = [], ...rows] = parse(await readFile(path ?? ''), { relax_column_count: true }) as string[][];
  return { header, rows };
}

/** Code and version of each row, by which a row that comes back is the same one. */
const codes = ({ rows }: RejectedFile) => rows.map(([, code, , version]) => ({ code, version }));

/** How people save a rejected file after they corrected it. */
const SAVED_BY = {
  'a text editor': (cells: readonly Cells[]) => stringify([...cells]),
  'Excel, with a byte order mark': (cells: readonly Cells[]) =>
    stringify([...cells], { bom: true, record_delimiter: '\r\n' }),
  'Excel in Germany': (cells: readonly Cells[]) =>
    stringify([...cells], { bom: true, delimiter: ';', record_delimiter: '\r\n' }),
  'LibreOffice, every cell in quotes': (cells: readonly Cells[]) =>
    stringify([...cells], { quoted: true, quoted_empty: true }),
} as const;

describe('with the sample mapping', () => {
  const COLUMNS =
    'customer_id,first_name,last_name,name_kana,email,phone,mobile,company,address_1,address_2,city,state,postal_code,country,birth_date,language,loyalty_tier,store,notes,updated_at'.split(
      ',',
    );
  const GOOD = { first_name: 'Taro', last_name: 'Yamada', updated_at: '2026-03-01T00:00:00Z' };
  const cellsOf = (values: Readonly<Record<string, string>>): Cells => COLUMNS.map((column) => values[column] ?? '');
  const csv = (rows: readonly Cells[], delimiter = ',') => stringify([COLUMNS, ...rows], { delimiter });

  /** Sets columns of the rows of a rejected file that have these customer keys; the others stay as they are. */
  function corrected({ header, rows }: RejectedFile, corrections: Corrections) {
    const keyAt = header.indexOf('customer_id');
    return [
      header,
      ...rows.map((cells) => {
        const edits = corrections[cells[keyAt] ?? ''] ?? {};
        return header
          .map((column, position) => edits[column] ?? cells[position] ?? '')
          .slice(0, Object.keys(edits).length > 0 ? undefined : cells.length);
      }),
    ];
  }

  let test: TestStack;
  beforeAll(async () => {
    const fault = { error: 'BadRequestException', forObjectsWith: REFUSED_WORD } as const;
    test = await startTestStack({ quota: 150, settings: { ...LATENCY, fault } });
  });
  afterAll(() => test.stop());

  const profile = async (id: string) => (await findProfiles(test.stack, 'crmCustomerId', id))[0];

  /** One row for each way in which a row can be bad, and two good ones. */
  const night = (id: (n: number) => string): Cells[] => [
    cellsOf({ ...GOOD, customer_id: id(1) }),
    cellsOf({ ...GOOD, customer_id: id(2), last_name: ' ' }),
    cellsOf({ ...GOOD, customer_id: id(3) }).slice(0, -1),
    cellsOf({ ...GOOD, customer_id: id(4), updated_at: 'yesterday' }),
    cellsOf({ ...GOOD, customer_id: id(5), first_name: 'x'.repeat(300) }),
    cellsOf({ ...GOOD, customer_id: id(6), notes: REFUSED_WORD }),
    cellsOf({ ...GOOD, customer_id: id(7) }),
  ];
  const CODES = ['MISSING_VALUE', 'RAGGED_ROW', 'BAD_UPDATED_AT', 'TOO_LONG', 'REFUSED'];
  const CORRECTIONS = [
    [2, { last_name: 'Suzuki' }],
    [3, { updated_at: '2026-03-01T00:00:00Z' }],
    [4, { updated_at: '2026-03-01T00:00:00Z' }],
    [5, { first_name: 'Short' }],
    [6, { notes: 'said otherwise' }],
  ] as const;
  const correctionsOf = (id: (n: number) => string): Corrections =>
    Object.fromEntries(CORRECTIONS.map(([n, values]) => [id(n), values]));

  it.each([
    { delimiter: ',', saver: 'a text editor' },
    { delimiter: ';', saver: 'Excel, with a byte order mark' },
    { delimiter: '\t', saver: 'Excel in Germany' },
    { delimiter: '|', saver: 'LibreOffice, every cell in quotes' },
  ] as const)(
    'exactly the corrected rows are synced: export with $delimiter, corrected with $saver',
    async ({ delimiter, saver }) => {
      const id = (n: number) => `${saver.replaceAll(/[^A-Za-z]/g, '')}-${n}`;
      const first = await test.succeed('night.csv', csv(night(id), delimiter));
      expect(first.summary).toMatchObject({ rows: 7, synced: 2, rejected: 5 });
      const rejected = await readRejected(first.rejected);
      expect(rejected.header).toEqual(['_row', '_code', '_reason', '_version', ...COLUMNS]);
      expect(codes(rejected).map(({ code }) => code)).toEqual(CODES);

      const file = SAVED_BY[saver](corrected(rejected, correctionsOf(id)));
      const { summary } = await test.succeed('rejected.csv', file);
      expect(summary).toMatchObject({ rows: 5, synced: 5, rejected: 0, calls: 5 });
      expect(await profile(id(2))).toMatchObject({ FirstName: 'Taro', LastName: 'Suzuki' });
      expect((await profile(id(5)))?.FirstName).toBe('Short');
      expect((await profile(id(6)))?.AdditionalInformation).toBe('said otherwise');

      const again = await test.succeed('rejected.csv', file);
      expect(again.summary).toMatchObject({ rows: 5, unchanged: 5, calls: 0 });
    },
  );

  it('rows that were not corrected come back with the same code and version, and cost no call', async () => {
    const id = (n: number) => `back-${n}`;
    const first = await test.succeed('night.csv', csv(night(id)));
    const rejected = await readRejected(first.rejected);
    const again = await test.succeed('rejected.csv', SAVED_BY['a text editor'](corrected(rejected, {})));
    expect(again.summary).toMatchObject({ rows: 5, rejected: 5, synced: 0, calls: 0 });
    const rejectedAgain = await readRejected(again.rejected);
    expect(rejectedAgain.header).toEqual(rejected.header);
    expect(codes(rejectedAgain)).toEqual(codes(rejected));
    expect(rejectedAgain.rows.map((cells) => cells.slice(4))).toEqual(rejected.rows.map((cells) => cells.slice(4)));

    const { [id(2)]: name = {}, [id(6)]: notes = {} } = correctionsOf(id);
    const some = { [id(2)]: name, [id(6)]: notes };
    const third = await test.succeed('rejected.csv', SAVED_BY['a text editor'](corrected(rejectedAgain, some)));
    expect(third.summary).toMatchObject({ rows: 5, synced: 2, rejected: 3, calls: 2 });
    const left = codes(rejected).filter(({ code }) => code !== 'MISSING_VALUE' && code !== 'REFUSED');
    expect(codes(await readRejected(third.rejected))).toEqual(left);
  });

  it('a correction is stale if a newer export has said more about the customer since', async () => {
    const id = (n: number) => `newer-${n}`;
    const first = await test.succeed('night.csv', csv(night(id)));
    const newer = { first_name: 'Newer', last_name: 'Sato', updated_at: '2026-03-02T00:00:00Z' };
    await test.succeed('night.csv', csv([2, 6].map((n) => cellsOf({ ...newer, customer_id: id(n) }))));

    const file = SAVED_BY['a text editor'](corrected(await readRejected(first.rejected), correctionsOf(id)));
    const { summary } = await test.succeed('rejected.csv', file);
    expect(summary).toMatchObject({ rows: 5, synced: 3, stale: 2, rejected: 0, calls: 3 });
    for (const n of [2, 6]) expect(await profile(id(n))).toMatchObject({ FirstName: 'Newer', LastName: 'Sato' });
  });

  it('a row that is wider than the header stays ragged when a spreadsheet fills up all others', async () => {
    const wide = [...cellsOf({ ...GOOD, customer_id: 'wide-1' }), 'one field too many'];
    const short = cellsOf({ ...GOOD, customer_id: 'wide-2', last_name: '' });
    const first = await test.succeed('night.csv', csv([wide, short]));
    const { header, rows } = await readRejected(first.rejected);
    const filled = [header, ...rows].map((cells) => [
      ...cells,
      ...Array<string>(wide.length + 4 - cells.length).fill(''),
    ]);
    const lastName = header.indexOf('last_name');
    const cells = filled.map((row) => row.with(lastName, row[lastName] || 'Suzuki'));
    const { summary } = await test.succeed('rejected.csv', SAVED_BY['Excel in Germany'](cells));
    expect(summary).toMatchObject({ rows: 2, synced: 1, rejected: 1, rejectedByCode: { RAGGED_ROW: 1 } });
    expect(await profile('wide-1')).toBeUndefined();
  });
});

describe.each(['changes', 'full'] as const)('with a mapping without updatedAt, exports of %s', (contains) => {
  const MAPPING = {
    objectType: { name: 'Plain', description: 'Customers without a time of change', expirationDays: 30 },
    exports: { contains, timeInKey: { pattern: 'night-{yyyy}-{MM}-{dd}', timeZone: 'Asia/Tokyo' } },
    customerKey: { field: 'id', keyName: 'plainId' },
    fields: [
      { name: 'id', column: 'id', required: true },
      { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
      { name: 'notes', column: 'notes', target: '_profile.AdditionalInformation' },
    ],
  };

  let test: TestStack;
  beforeAll(async () => {
    const mapping = join(tmpdir(), `plain-mapping-${contains}-${process.pid}.json`);
    await writeFile(mapping, JSON.stringify(MAPPING));
    const fault = { error: 'BadRequestException', forObjectsWith: REFUSED_WORD } as const;
    test = await startTestStack({ quota: 150, mapping, settings: { ...LATENCY, fault } });
  });
  afterAll(() => test.stop());

  const name = async (id: string) => (await findProfiles(test.stack, 'plainId', id))[0]?.FirstName;

  it('a correction counts as data of its own night, in CSV', async () => {
    const first = await test.succeed(
      'night-2026-03-01.csv',
      `id,name,notes\nA1,,\nA2,,\nA3,old,${REFUSED_WORD}\nA4,old\nA5,old,\n`,
    );
    expect(first.summary).toMatchObject({ rows: 5, synced: 1, rejected: 4 });
    const { header, rows } = await readRejected(first.rejected);
    const correct = (id: string) =>
      rows.filter((cells) => cells[4] === id).map((cells) => [...cells.slice(0, 4), id, `corrected ${id}`, '']);

    const one = await test.succeed('rejected.csv', stringify([header, ...correct('A1')]));
    expect(one.summary).toMatchObject({ rows: 1, synced: 1, calls: 1 });
    expect(await name('A1')).toBe('corrected A1');

    const second = await test.succeed(
      'night-2026-03-02.csv',
      'id,name,notes\nA1,corrected A1,\nA2,new,\nA3,new,\nA5,new,\n',
    );
    expect(second.summary).toMatchObject({ rows: 4, synced: 3, unchanged: 1 });

    // A full export that lacks a customer says that there is none; one of changes says nothing about it.
    const late = await test.succeed(
      'rejected.csv',
      stringify([header, ...correct('A2'), ...correct('A3'), ...correct('A4')]),
    );
    expect(late.summary).toMatchObject(
      contains === 'full' ? { synced: 0, stale: 3, calls: 0 } : { synced: 1, stale: 2, calls: 1 },
    );
    expect(await Promise.all(['A2', 'A3', 'A4'].map(name))).toEqual([
      'new',
      'new',
      contains === 'full' ? undefined : 'corrected A4',
    ]);

    // Had the corrected file, uploaded today, passed for a full export, this night in March would be stale.
    const third = await test.succeed('night-2026-03-03.csv', 'id,name,notes\nA1,third,\nA5,third,\n');
    expect(third.summary).toMatchObject({ rows: 2, synced: 2 });
  });

  it('and in JSON Lines, where an unreadable line is corrected in `_line`', async () => {
    const lines = [
      '{"id":"B1","name":"ok"}',
      '{"id":"B2","name":"no brace"',
      '{"id":"B3","name":["list"],"other":1.50}',
      '{"id":"B4","name":"no comma" "notes":"x"}',
      `{"id":"B5","name":"ok","notes":"${REFUSED_WORD}"}`,
      'not JSON at all',
    ];
    const first = await test.succeed('night-2026-04-01.jsonl', lines.join('\n'));
    expect(first.summary).toMatchObject({
      rows: 6,
      synced: 1,
      rejectedByCode: { NOT_JSON: 3, NOT_SCALAR: 1, REFUSED: 1 },
    });
    const rejected = await readFile(first.rejected ?? '', 'utf8');

    const same = await test.succeed('rejected.jsonl', rejected);
    expect(same.summary).toMatchObject({ rows: 5, rejected: 5, synced: 0, calls: 0 });
    const withoutRow = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => ({ ...JSON.parse(line), _row: undefined }));
    expect(withoutRow(await readFile(same.rejected ?? '', 'utf8'))).toEqual(withoutRow(rejected));

    await test.succeed('night-2026-04-02.jsonl', '{"id":"B4","name":"newer"}\n{"id":"B1","name":"ok"}');
    const corrected = (await readFile(same.rejected ?? '', 'utf8'))
      .replace('no brace\\"', 'no brace\\"}')
      .replace('["list"]', '"scalar"')
      .replace('no comma\\" ', 'no comma\\", ')
      .replace(REFUSED_WORD, 'allowed');
    const { summary } = await test.succeed('rejected.jsonl', corrected);
    expect(summary).toMatchObject({
      rows: 5,
      rejectedByCode: { NOT_JSON: 1 },
      ...(contains === 'full' ? { stale: 4, calls: 0 } : { synced: 3, stale: 1, calls: 3 }),
    });
    expect(await Promise.all(['B2', 'B3', 'B4', 'B5'].map(name))).toEqual(
      contains === 'full' ? [undefined, undefined, 'newer', undefined] : ['no brace', 'scalar', 'newer', 'ok'],
    );
  });
});
