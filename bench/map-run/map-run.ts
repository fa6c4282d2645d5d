import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { startTestStack } from '../../test/helpers/stack.ts';
import type { Bench, Effort } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { emptyWorkers } from './empty-workers.ts';

const QUOTA = DEFAULT_QUOTA_PER_SECOND;
const SIZES: Readonly<Record<Effort, { readonly children: number; readonly rounds: number }>> = {
  quick: { children: 60, rounds: 3 },
  full: { children: 200, rounds: 15 },
};
/** Of the time that a chunk's calls take at the limit. */
const HARDLY_ANY = { is: 'at most', ratio: 0.001 } as const;

/** What a child execution of the Distributed Map takes besides its worker, and why a child has a chunk and not a row. */
export const mapRun: Bench = {
  name: 'map-run',
  title: 'Overhead of the Map Run',
  async measure(effort, say) {
    const { children, rounds } = SIZES[effort];
    const { maxConcurrency, rowsPerChunk } = ratePlan(QUOTA);
    const stack = await startTestStack({ quota: QUOTA });
    try {
      const workers = await emptyWorkers(stack, QUOTA, children);
      say('warm-up');
      await workers.invoked(maxConcurrency);
      await workers.mapped();
      const invoked: number[] = [];
      const mapped: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        say(`round ${round} of ${rounds}`);
        invoked.push(await workers.invoked(maxConcurrency));
        mapped.push(await workers.mapped());
      }
      const perChild = (median(mapped) / children) * 1000;
      const perInvocation = (median(invoked) / children) * 1000;
      const overhead = perChild - perInvocation;
      const added = `${figure(overhead)} ms more per child`;
      const chunkSeconds = rowsPerChunk / QUOTA;
      return {
        settings: [
          `The product’s own Map (ItemReader, ItemSelector, Retry) over ${children} chunks, ${maxConcurrency} at once, with a worker that answers at once, against as many direct invocations of that worker, ${maxConcurrency} at once, with the same input.`,
          `Medians of ${rounds} rounds of either, in turn, all execution environments warm; time per child is that of the whole Map Run by the number of its children.`,
          'The embedded Step Functions: on AWS a Map Run starts at most 100 Standard children per second, and each has its state transitions to pay.',
        ],
        lines: [
          {
            what: 'child with an empty worker',
            ours: `${figure(perChild)} ms`,
            against: `direct invocation ${figure(perInvocation)} ms`,
            ratio: perChild / perInvocation,
          },
          {
            what: `Map Run’s share, ${figure(rowsPerChunk)} rows per child`,
            ours: added,
            against: `calls at the limit ${figure(chunkSeconds)} s`,
            ratio: overhead / 1000 / chunkSeconds,
            bar: HARDLY_ANY,
          },
          {
            what: 'Map Run’s share, were it one row per child',
            ours: added,
            against: `call at the limit ${figure(1000 / QUOTA)} ms`,
            ratio: overhead / (1000 / QUOTA),
          },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};
