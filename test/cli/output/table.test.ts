import { describe, expect, it } from 'vitest';
import { oneLine, printable } from '../../../cli/output/printable.ts';
import { table } from '../../../cli/output/table.ts';
import { counted, duration, localTime } from '../../../cli/output/words.ts';

describe('a table', () => {
  it('aligns columns, numbers to the right, and leaves no space at the end of a line', () => {
    const text = table(
      ['run', 'rows', 'state'],
      [
        ['a1', '2,000', 'failed'],
        ['b', '7', ''],
      ],
      { right: [1] },
    );
    expect(text.split('\n')).toEqual(['run   rows  state', 'a1   2,000  failed', 'b        7']);
  });

  it('counts wide characters as two cells, and colours as none', () => {
    const text = table(
      ['name', 'city'],
      [
        ['小林', 'x'],
        ['\u001b[31mAnn\u001b[39m', 'y'],
      ],
    );
    expect(text.split('\n')).toEqual(['name  city', '小林  x', '\u001b[31mAnn\u001b[39m   y']);
  });

  it('keeps a value with newlines in its line', () => {
    expect(table(['note'], [['a\nb\r\nc']])).toBe('note\na␤b␍␤c');
  });
});

describe('what a terminal gets', () => {
  it.each([
    ['a title and a bell', '\u001b]0;owned\u0007x', '␛]0;owned␇x'],
    ['a cursor that goes back over a line', 'safe\r\u001b[2Kevil', 'safe␍␛[2Kevil'],
    ['the one-byte forms of such sequences', '\u009b2Jx\u0090', '�2Jx�'],
    ['a tab', 'a\tb', 'a b'],
    ['text that is there and not seen', 'a\u001b[8mb\u001b[0m', 'a␛[8mb␛[0m'],
    ['text that reads from the other side', 'a\u202eb\u2066c', 'a�b�c'],
    ['Japanese', '小林 智子', '小林 智子'],
  ])('holds no %s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps colours and newlines, but for values that stand in a line', () => {
    expect(printable('\u001b[31mx\u001b[39m\ny')).toBe('\u001b[31mx\u001b[39m\ny');
    expect(oneLine('x\ny')).toBe('x␤y');
  });
});

describe('words', () => {
  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3_600, '1 h'],
    [7_500, '2 h 5 min'],
    [273_600, '3 d 4 h'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it('count with the right noun', () => {
    expect([counted(0, 'row'), counted(1, 'row'), counted(2_000, 'row'), counted(2, 'entry', 'entries')]).toEqual([
      '0 rows',
      '1 row',
      '2,000 rows',
      '2 entries',
    ]);
  });

  it('tell times in the time zone of the machine', () => {
    expect(localTime(new Date(2026, 2, 31, 9, 5, 7))).toBe('2026-03-31 09:05:07');
  });
});
