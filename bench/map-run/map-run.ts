import { setTimeout as sleep } from 'node:timers/promises';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { createPool } from '../../functions/shared/sync/pool.ts';
import { lines as items, MACHINE_ARN, mapping, type Served, serve } from '../../test/local/step-functions/served.ts';
import type { Bench } from '../bench.ts';
import { figure, median } from '../figures.ts';

const CHILDREN = { quick: 100, full: 1_000 };
const ROUNDS = { quick: 3, full: 5 };
/** What a child's task takes. */
const TASK_MS = 20;
/** A row's own child would cost as much again as its call; a chunk's must not be felt. */
const SHARE_OF_CHUNK = { is: 'at most', ratio: 0.001 } as const;

/** What the Distributed Map costs for each child execution: the reason why a chunk is not one row. */
export const mapRun: Bench = {
  name: 'map-run',
  title: 'Overhead of the Map Run per child',
  async measure(effort, say) {
    const children = CHILDREN[effort];
    const { maxConcurrency, rowsPerChunk, quota } = ratePlan(DEFAULT_QUOTA_PER_SECOND);
    const served = await serve({ object: items(children), lambda: () => sleep(TASK_MS) });
    const mapped: number[] = [];
    const direct: number[] = [];
    try {
      served.machine(mapping({ MaxConcurrency: maxConcurrency }));
      for (let round = 0; round <= ROUNDS[effort]; round += 1) {
        say(`${children} children, round ${round}`);
        mapped.push(await timeOf(() => run(served, `round-${round}`)));
        direct.push(await timeOf(() => tasks(children, maxConcurrency)));
      }
    } finally {
      await served.close();
    }
    // The first round warms up. Time of one worker: so many children run side by side.
    const perChild = (rounds: readonly number[]) => (median(rounds.slice(1)) * maxConcurrency) / children;
    const [child, task] = [perChild(mapped), perChild(direct)];
    const overhead = child - task;
    const chunkMs = (rowsPerChunk / (quota / maxConcurrency)) * 1000;
    return {
      settings: [
        `${figure(children)} children of the embedded Step Functions over HTTP, ${maxConcurrency} at once as a run has them, each a task that takes ${TASK_MS} ms; beside it the same tasks without a Map. The median of ${ROUNDS[effort]} rounds that alternate.`,
        `A chunk of ${figure(rowsPerChunk)} changed rows takes ${figure(chunkMs / 1000)} s at its share of ${quota} calls per second. What a child takes on AWS is not known here.`,
      ],
      lines: [
        {
          what: 'a child of the Map',
          ours: `${figure(child)} ms`,
          against: `its task alone ${figure(task)} ms`,
          ratio: child / task,
        },
        {
          what: 'overhead of a child',
          ours: `${figure(overhead)} ms`,
          against: `its chunk ${figure(chunkMs / 1000)} s`,
          ratio: overhead / chunkMs,
          bar: SHARE_OF_CHUNK,
        },
      ],
    };
  },
};

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function run({ client, ended }: Served, name: string): Promise<void> {
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name }));
  const { status } = await ended(executionArn);
  if (status !== 'SUCCEEDED') throw new Error(`The Map ended as ${status}.`);
}

async function tasks(count: number, atOnce: number): Promise<void> {
  const pool = createPool(atOnce);
  for (let task = 0; task < count; task += 1) await pool.start(() => sleep(TASK_MS));
  await pool.drained();
}
