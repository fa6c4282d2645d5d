import type { Bar, Line } from './bench.ts';
import { figure } from './figures.ts';

const BARS: readonly Bar[] = [
  { is: 'at least', ratio: 1 },
  { is: 'at most', ratio: 1 },
];

/** Lines of a count that must be another one: not one more, not one less. */
export function exactly(what: string, count: number, expected: number, against: string): Line[] {
  return BARS.map((bar) => ({ what, ours: figure(count), against, ratio: count / expected, bar }));
}
