import { expect, it } from 'vitest';
import { firstRate, lastRate, perSecond, wholeRate, withoutHeadStart } from '../../bench/rate/arrivals.ts';

/** 10 calls per second for two seconds, nothing for one, then 20 per second for one, from a time that is no whole second. */
const FROM = 1_234.5;
const times = [
  ...Array.from({ length: 20 }, (_, n) => FROM + n * 100),
  ...Array.from({ length: 20 }, (_, n) => FROM + 3_000 + n * 50),
];

it('calls are counted in seconds from the first one on, silent seconds included', () => {
  expect(perSecond(times)).toEqual([10, 10, 0, 20]);
});

it('the rate of the first seconds begins with the first call, that of the last ends with the last one', () => {
  expect([firstRate(times, 1), firstRate(times, 4), lastRate(times, 1)]).toEqual([10, 10, 20]);
  expect([firstRate(times, 2, 1), firstRate(times, 2, 2)]).toEqual([5, 10]);
});

it('the rate of all calls counts the time between them, and a gap in it', () => {
  expect(wholeRate(times)).toBeCloseTo((39 / 3_950) * 1_000);
  expect(wholeRate([])).not.toBeGreaterThanOrEqual(0);
});

it('a head start is left out of the rate, and neither calls below the limit nor a pause are', () => {
  const steady = Array.from({ length: 30 }, (_, n) => FROM + n * 100);
  expect(withoutHeadStart(steady, 10)).toEqual(steady);
  const ahead = [FROM, ...Array.from({ length: 5 }, (_, n) => FROM + n), ...steady.slice(1)];
  const without = withoutHeadStart(ahead, 10);
  expect(perSecond(without)).toEqual([10, 10, 10]);
  expect(firstRate(without, 1)).toBe(10);
  expect(perSecond(withoutHeadStart(times, 10))).toEqual([10, 10, 0, 20]);
});
