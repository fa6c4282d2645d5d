import { describe, expect, it } from 'vitest';
import { normalizer } from '../../../../functions/shared/mapping/normalize.ts';

describe('phone', () => {
  const japanese = normalizer('phone', 'JP');

  it.each([
    ['090-1234-5678', '+819012345678'],
    ['０３－１２３４－５６７８', '+81312345678'],
    ['(03) 1234-5678', '+81312345678'],
    ['+81 90 1234 5678', '+819012345678'],
    ['0120-444-444', '+81120444444'],
    ['+1 (212) 555-0123', '+12125550123'],
    ['+44 20 7946 0958', '+442079460958'],
  ])('%s becomes %s', (value, expected) => {
    expect(japanese(value)).toBe(expected);
  });

  it.each([
    ['an extension', '+1 212-555-0123 ext. 5'],
    ['an extension after an x', '846-790-4623x4715'],
    ['words around it', '03-1234-5678 (home)'],
    ['a number that does not exist', '090-0000-0000'],
    ['a foreign number without its plus', '0033 1 99 00 12 34'],
    ['a short number', '119'],
    ['no number', 'unknown'],
  ])('leaves %s as it is', (_, value) => {
    expect(japanese(value)).toBeUndefined();
  });

  it('normalises only numbers with a country code if the mapping names no region', () => {
    const international = normalizer('phone');
    expect(international('+81 90 1234 5678')).toBe('+819012345678');
    expect(international('090-1234-5678')).toBeUndefined();
  });
});

describe('email', () => {
  it('is written in lower case', () => {
    expect(normalizer('email')('Taro.Yamada@Example.CO.JP')).toBe('taro.yamada@example.co.jp');
  });

  it.each(['none', 'a@b@c', 'a b@c.d', '@c.d', 'a@'])('leaves %s as it is', (value) => {
    expect(normalizer('email')(value)).toBeUndefined();
  });
});

describe('date', () => {
  it.each([
    ['1985-04-03', '1985-04-03'],
    ['1985/4/3', '1985-04-03'],
    ['1985.04.03', '1985-04-03'],
    ['19850403', '1985-04-03'],
    ['1985年4月3日', '1985-04-03'],
    ['1985-04-03 00:00:00', '1985-04-03'],
    ['1985-04-03T23:30:00+09:00', '1985-04-03'],
    ['2024-02-29', '2024-02-29'],
  ])('%s becomes %s', (value, expected) => {
    expect(normalizer('date')(value)).toBe(expected);
  });

  it.each([
    ['a day and month that could be either', '03/04/1985'],
    ['a day that does not exist', '2023-02-29'],
    ['a month that does not exist', '1985-13-01'],
    ['mixed separators', '1985-04/03'],
    ['words', 'April 3rd'],
  ])('leaves %s as it is', (_, value) => {
    expect(normalizer('date')(value)).toBeUndefined();
  });
});
