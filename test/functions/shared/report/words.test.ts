import { describe, expect, it } from 'vitest';
import { amount, lasting, listed, percent, rate } from '../../../../functions/shared/report/words.ts';
import { dollars } from '../../../../functions/shared/words.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('a share', () => {
  it.each([
    [0, '0 %'],
    [0.000_001, 'under 0.1 %'],
    [0.004, '0.4 %'],
    [0.02, '2 %'],
    [0.0949, '9.5 %'],
    [0.0996, '10 %'],
    [0.5, '50 %'],
    [0.9991, 'over 99.9 %'],
    [1, '100 %'],
  ])('of %d is %s', (share, words) => {
    expect(plain(percent(share))).toBe(words);
  });

  it('that is not all never shows as all, and one that is there never as nothing', () => {
    for (const share of [0.994, 0.996, 0.9985, 0.998_999]) expect(plain(percent(share))).not.toBe('100 %');
    for (const share of [1e-9, 0.0004, 0.000_99]) expect(plain(percent(share))).not.toBe('0 %');
  });
});

it.each([
  [0, '$0.00'],
  [0.000_012, 'under $0.0001'],
  [0.004_24, '$0.0042'],
  [0.3, '$0.30'],
  [0.999, '$1.00'],
  [3.284, '$3.28'],
  [1_234.5, '$1,234.50'],
])('%d US dollars are %s', (usd, words) => {
  expect(dollars(usd)).toBe(words);
});

it.each([
  [0, '0'],
  [1.2345, '1.23'],
  [99.96, '100'],
  [1_030_840.4, '1,030,840'],
])('an amount of %d is %s', (value, words) => {
  expect(amount(value)).toBe(words);
});

it('a time that is shorter than a second is not none', () => {
  expect(plain(lasting(0.2))).toBe('under 1 s');
  expect(plain(lasting(80))).toBe('1 min 20 s');
});

it('a rate has a fraction only where that says something', () => {
  expect([0, 0.44, 9.96, 12.6, 1_234].map(rate)).toEqual(['0', '0.4', '10', '13', '1,234']);
});

it('a list reads as a sentence does', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
