import { expect, it } from 'vitest';
import { returnDelay } from '../../../functions/sync-event/return-delay.ts';

it.each([
  [1, 1, 2],
  [2, 2, 4],
  [3, 4, 8],
  [5, 16, 32],
  [6, 30, 60],
  [7, 30, 60],
  [1_000, 30, 60],
  [Number.POSITIVE_INFINITY, 30, 60],
])('a message that was received %i times comes again in %i to %i s', (received, least, most) => {
  expect([returnDelay(received, 0), returnDelay(received, 1)]).toEqual([least, most]);
});
