import type { Bench } from '../bench.ts';

export const rate: Bench = {
  name: 'rate',
  title: 'Calls per second against the limit',
  measure: async () => ({ settings: [], lines: [] }),
};
