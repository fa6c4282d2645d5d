import { describe, expect, it } from 'vitest';
import { type Point, parseExpression } from './expression.ts';

const METRICS: Readonly<Record<string, Point>> = { a: 6, b: 2, zero: 0, gone: undefined };

describe('metric math', () => {
  it.each([
    ['a + b * 2', 10],
    ['(a + b) * 2', 16],
    ['a - b - 1', 3],
    ['a / b', 3],
    ['100 * b / 4', 50],
    ['a / zero', undefined],
    ['a + gone', undefined],
    ['FILL(gone, 0) + a', 6],
    ['FILL(a, 0)', 6],
    ['MAX([FILL(gone, 0), b])', 2],
    ['MAX([gone, b])', 2],
    ['MAX([gone, gone])', undefined],
    ['IF(a > b, 1, 0)', 1],
    ['IF(a <= b, 1, 0)', 0],
    ['IF(zero > 0, a / zero, 7)', 7],
    ['IF(gone > 0, 1, 0)', undefined],
  ])('%s is %s', (text, value) => {
    expect(parseExpression(text)(METRICS)).toBe(value);
  });

  it.each([
    ['ANOMALY_DETECTION_BAND(a)', /ANOMALY/],
    ['SUM([a, b])', /SUM is not known/],
    ['MAX(a)', /MAX is known here of a list/],
    ['FILL(a, REPEAT)', /REPEAT/],
    ['a +', /'' where a value/],
    ['a b', /'b' where ''/],
    ['(a', /'' where '\)'/],
  ])('%s is refused by name', (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
  });
});
