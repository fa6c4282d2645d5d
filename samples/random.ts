import type { Randomizer } from '@faker-js/faker';

const GOLDEN_GAMMA = 0x9e3779b9;
const TWO_POW_32 = 2 ** 32;

/** Mixes numbers into one of 32 bits, so that each row, customer and night has random values of its own. */
export function mix(...numbers: readonly number[]): number {
  return numbers.reduce((state, number) => scramble((state ^ Math.trunc(number)) + GOLDEN_GAMMA), 0) >>> 0;
}

/** SplitMix32. Faker's own generator takes twice as long to seed as a whole customer takes to make. */
export function splitMix(): Randomizer {
  let state = 0;
  return {
    next: () => {
      state = (state + GOLDEN_GAMMA) | 0;
      return (scramble(state) >>> 0) / TWO_POW_32;
    },
    seed: (seed) => {
      state = mix(...[seed].flat());
    },
  };
}

function scramble(number: number): number {
  const first = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  const second = Math.imul(first ^ (first >>> 15), 0x735a2d97);
  return second ^ (second >>> 15);
}
