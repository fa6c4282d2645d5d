import { mix, splitMix } from '../../samples/random.ts';

/** Random values that are wholly decided by a seed. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T extends NonNullable<unknown>>(list: readonly T[]): T;
  /** One of the values, each as likely as the weight beside it says. */
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T;
  shuffled<T>(list: readonly T[]): T[];
  letters(count: number): string;
  digits(count: number): string;
}

/** @param seeds name what the values are for, so that a change in one place leaves those of the others as they were. */
export function createRandom(...seeds: readonly number[]): Random {
  const source = splitMix();
  source.seed(mix(...seeds));
  const int = (least: number, most: number): number => least + Math.floor(source.next() * (most - least + 1));
  const text = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[int(0, alphabet.length - 1)]).join('');

  return {
    int,
    chance: (probability) => source.next() < probability,
    pick(list) {
      const one = list[int(0, list.length - 1)];
      if (one === undefined) throw new RangeError('There is nothing to pick from an empty list.');
      return one;
    },
    weighted(choices) {
      let left = source.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      const found = choices.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      if (found === undefined) throw new RangeError('No choice has a weight.');
      return found[0];
    },
    shuffled(list) {
      const placed = list.map((one) => ({ one, place: source.next() }));
      return placed.sort((a, b) => a.place - b.place).map(({ one }) => one);
    },
    letters: (count) => text(count, 'abcdefghijklmnopqrstuvwxyz'),
    digits: (count) => text(count, '0123456789'),
  };
}
