import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../cli/rejected/compare.ts';
import type { RejectedLine } from '../../../cli/rejected/rejected-lines.ts';

/** A rejected row; its version is of its row unless a test says otherwise. */
function line(row: number, over: Partial<RejectedLine> = {}): RejectedLine {
  return {
    row: String(row),
    code: 'MISSING_VALUE',
    reason: 'The field name is empty.',
    version: `night/upload/${row}`,
    customerKey: `K${row}`,
    record: [`K${row}`, '', 'notes'],
    text: '',
    ...over,
  };
}

async function* each(lines: readonly RejectedLine[]) {
  yield* lines;
}
const compared = (rejected: readonly RejectedLine[], corrected: readonly RejectedLine[]) =>
  compare(each(rejected), each(corrected), 2);

const NOTHING = {
  isRejectedFile: true,
  corrected: 0,
  unchanged: [],
  triedAgain: 0,
  filledUp: [],
  added: 0,
  leftOut: 0,
  foreign: [],
  editedVersion: [],
};
const record = ['K5', 'Ann', 'notes'];

describe('a corrected file beside the rejected rows of its run', () => {
  it.each<[string, Partial<RejectedLine>, Partial<RejectedLine>, object]>([
    ['with another value is corrected', {}, { record }, { corrected: 1 }],
    ['as it was is unchanged', {}, {}, { unchanged: [2] }],
    [
      'with another code or reason is unchanged, since these are not read',
      {},
      { code: '', reason: 'x' },
      { unchanged: [2] },
    ],
    ['as it was that only the service failed on is tried again', { code: 'SERVICE_ERROR' }, {}, { triedAgain: 1 }],
    ['without _version is new data', {}, { version: '' }, { added: 1 }],
    ['with another _version is named', {}, { version: 'night/upload/6' }, { editedVersion: [2] }],
    ['with a row that the run did not reject is named', {}, { row: '6' }, { foreign: [2], leftOut: 1 }],
    [
      'that only got empty fields at its end is unchanged',
      {},
      { record: ['K5', '', 'notes', '', ''] },
      { unchanged: [2] },
    ],
    [
      'that was ragged and only got empty fields at its end is named',
      { code: 'RAGGED_ROW', record: ['K5', 'Ann'] },
      { record: ['K5', 'Ann', ''] },
      { filledUp: [2] },
    ],
    [
      'that was ragged and got its field is corrected',
      { code: 'RAGGED_ROW', record: ['K5', 'Ann'] },
      { record },
      { corrected: 1 },
    ],
    [
      'whose _version was unreadable is corrected by another one',
      { code: 'BAD_VERSION', version: 'unreadable' },
      { version: 'night/upload/5' },
      { corrected: 1 },
    ],
    [
      'whose _version still is unreadable is unchanged, whatever else was done to it',
      { code: 'BAD_VERSION', version: 'unreadable' },
      { version: 'unreadable', record },
      { unchanged: [2] },
    ],
  ])('a row %s', async (_what, rejected, corrected, expected) => {
    const before = line(5, rejected);
    expect(await compared([before], [{ ...before, ...corrected }])).toEqual({ ...NOTHING, ...expected });
  });

  it('says how many rows were left out', async () => {
    expect(await compared([line(2), line(3), line(4)], [line(3, { record })])).toMatchObject({
      corrected: 1,
      leftOut: 2,
    });
  });

  it('is none if no row has a _row', async () => {
    const own = line(0, { row: '', version: '' });
    expect(await compared([line(2)], [own, own])).toMatchObject({ isRejectedFile: false, added: 2 });
  });

  it('accounts for each of its rows once, and for each rejected row', async () => {
    const edit = fc.constantFrom<Partial<RejectedLine> | 'left out'>(
      {},
      { record },
      { version: '' },
      { version: 'other' },
      { row: '999' },
      'left out',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 30 }), async (edits) => {
        const rejected = edits.map((_, index) => line(index + 2));
        const corrected = rejected.flatMap((row, index) => {
          const change = edits[index] ?? {};
          return change === 'left out' ? [] : [{ ...row, ...change }];
        });
        const { unchanged, filledUp, foreign, editedVersion, ...counts } = await compared(rejected, corrected);
        const rows = [...unchanged, ...filledUp, ...foreign, ...editedVersion];
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows.length + counts.corrected + counts.triedAgain + counts.added).toBe(corrected.length);
        expect(counts.leftOut).toBe(rejected.length - corrected.length + foreign.length);
      }),
    );
  });
});
