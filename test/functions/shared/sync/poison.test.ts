import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  counted,
  type FailureMemory,
  isAlone,
  isPoison,
} from '../../../../functions/shared/sync/poison.ts';

const NEW: FailureMemory = { rows: {}, totalAtEnd: 0, aloneSoFar: false };
const ROW = 7;

/** Attempts in which row 7 fails, and what the rest of the system did between and during them. */
function attempts(
  count: number,
  others: { readonly acceptedBetween?: boolean; readonly callsBetween?: number; readonly callsDuring?: number },
): FailureMemory {
  const { acceptedBetween = false, callsBetween = 0, callsDuring = 0 } = others;
  let memory = NEW;
  let total = 0;
  let now = 1_000;
  let acceptedAt: number | undefined;
  for (let attempt = 0; attempt < count; attempt += 1) {
    memory = counted(memory, { limit: 80, total, acceptedAt });
    const totalAtStart = total;
    total += 1 + callsDuring;
    now += 10;
    memory = afterAttempt(memory, [ROW], now, { totalAtStart, totalAtEnd: total, taken: 1 });
    total += callsBetween;
    if (acceptedBetween) acceptedAt = now + 5;
    now += 10;
  }
  return counted(memory, { limit: 80, total, acceptedAt });
}

describe('a row on which the service fails', () => {
  it.each([
    [
      'is poison after 5 attempts if others were accepted after each',
      5,
      { acceptedBetween: true, callsBetween: 9 },
      true,
    ],
    ['is not poison after 4 of them', 4, { acceptedBetween: true, callsBetween: 9 }, false],
    ['is never poison in an outage, when others call and none is accepted', 160, { callsBetween: 9 }, false],
    ['is not poison either if the others call only during the attempts', 160, { callsDuring: 9 }, false],
    ['is poison after 10 attempts while nobody else called', 10, {}, true],
    ['is not poison after 9 of those', 9, {}, false],
  ])('%s', (_, count, others, poison) => {
    expect(isPoison(attempts(count, others), ROW)).toBe(poison);
  });

  it('shares its calls with others until it has failed twice: before it is poison, others no longer fail with it', () => {
    const shares = (count: number) => !isAlone(attempts(count, { acceptedBetween: true }), ROW);
    expect([0, 1, 2, 3, 4].map(shares)).toEqual([true, true, false, false, false]);
    expect(isAlone(attempts(9, { callsBetween: 9 }), ROW)).toBe(false);
    expect(isAlone(attempts(2, {}), ROW)).toBe(true);
  });

  it('is counted once per failure, though it is not tried in some attempts', () => {
    let memory = afterAttempt(NEW, [ROW], 1_000, { totalAtStart: 0, totalAtEnd: 1, taken: 1 });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      memory = counted(memory, { limit: 80, total: 50, acceptedAt: 2_000 + attempt });
      memory = afterAttempt(memory, [], 3_000, { totalAtStart: 50, totalAtEnd: 50, taken: 0 });
    }
    expect(isPoison(memory, ROW)).toBe(false);
  });

  it('says nothing about other rows', () => {
    expect(isPoison(attempts(10, {}), ROW + 1)).toBe(false);
  });
});
