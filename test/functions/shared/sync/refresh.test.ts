import { expect, it } from 'vitest';
import { refreshAfter } from '../../../../functions/shared/sync/refresh.ts';

const DAY_MS = 86_400_000;
const days = Array.from({ length: 5_000 }, (_, index) => refreshAfter(`customer-${index}`, 100) / DAY_MS);

it('a record is refreshed after half of its expiration and well before its end', () => {
  expect(Math.min(...days)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...days)).toBeLessThanOrEqual(75);
});

it('customers who were all sent in one night come due spread over many nights', () => {
  const perNight = Map.groupBy(days, Math.floor);
  expect(perNight.size).toBe(25);
  for (const [, due] of perNight) expect(due.length).toBeLessThan((5_000 / 25) * 1.5);
});

it('a customer comes due on the same day in every run', () => {
  expect(refreshAfter('a', 100)).toBe(refreshAfter('a', 100));
});
