import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { baselines } from '../../docs/cost/baselines.ts';
import { type Deployed, readDeployed } from '../../docs/cost/deployed.ts';
import { monthly, night, total } from '../../docs/cost/model.ts';
import { BYTES_PER_SUPERSEDED, chosenMemory, chosenRowsPerChunk, SPARE_WORKERS } from '../../docs/cost/sizes.ts';
import * as units from '../../docs/cost/units.ts';
import { withCost } from '../../docs/cost.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { ChunkPlan } from '../../functions/split-export/chunk-plan.ts';

/** Of what a state passes on. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11. */
const MAX_STATE_BYTES = 262_144;

let deployed: Deployed;

beforeAll(async () => {
  deployed = await readDeployed();
});

describe('docs/cost.md', () => {
  it('has the numbers of prices, code and template (npm run cost writes them)', () => {
    const text = readFileSync('docs/cost.md', 'utf8');
    expect(text).toBe(withCost(text, deployed));
  });
});

it('each unit whose comment says that it is assumed is marked so on the page', () => {
  const source = readFileSync('docs/cost/units.ts', 'utf8');
  const comments = source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*export const (\w+)/gs);
  const said = [...comments].filter(([, comment = '']) => comment.includes('An assumption')).map(([, , name]) => name);
  expect(said.length).toBeGreaterThan(5);
  expect([...units.ASSUMED].toSorted()).toEqual(said.toSorted());
});

describe('what the deployed stack is taken to hold', () => {
  it.each(['SplitExport', 'SyncChunk', 'SummarizeRun', 'SyncEvent'])('has the memory of %s', (name) => {
    expect(deployed.memoryGb(name)).toBeGreaterThan(0.1);
  });

  it('has its alarms, metrics, queues and the days of the export bucket', () => {
    expect(deployed).toMatchObject({ exportDays: 120, statesPerRun: 7, statesPerChunk: 1 });
    expect(deployed.alarmMetrics).toBeGreaterThan(2);
    expect(deployed.customMetrics).toBeGreaterThan(10);
    expect(deployed.polledQueues).toBeGreaterThan(0);
  });
});

describe('why these sizes', () => {
  it('says which memory and chunk size are deployed, and the deployed ones are those that it chooses', () => {
    const { rowsPerChunk } = ratePlan(DEFAULT_QUOTA_PER_SECOND);
    expect(chosenMemory()).toBe(deployed.memoryGb('SyncChunk') * 1_024);
    expect(chosenRowsPerChunk(deployed)).toBe(rowsPerChunk);
    const page = readFileSync('docs/cost.md', 'utf8');
    expect(page.match(/^\| \*\*[^|]*\*\*, deployed \|/gm)).toHaveLength(3);
  });

  it('takes as many spare workers as the rate plan', () => {
    const { workersNeeded, maxConcurrency } = ratePlan(DEFAULT_QUOTA_PER_SECOND);
    expect(Math.ceil(workersNeeded * SPARE_WORKERS)).toBe(maxConcurrency);
  });

  it('has no chunk whose line could come near to what a state takes', () => {
    expect(ratePlan(10_000).rowsPerChunk * BYTES_PER_SUPERSEDED).toBeLessThan(MAX_STATE_BYTES / 4);
  });
});

describe('what a user would write instead', () => {
  it.each(baselines(1_000_000))('sends every row each night: $name', ({ usage, seconds }) => {
    expect(usage.gbSeconds).toBeGreaterThan(1_000);
    expect(seconds).toBeGreaterThanOrEqual(1_000_000 / units.SERVICE_CALLS_PER_SECOND);
  });

  it('pays for state transitions by the batch', () => {
    const [small, large] = [1_000, 100_000].map((rows) => baselines(rows).at(-1)?.usage.stateTransitions ?? 0);
    expect(large).toBeGreaterThan(90 * (small ?? 0));
  });
});

describe('a night', () => {
  it.each([50, 1_000, 10_000, 300_000])('of %d rows has the chunks that SplitExport makes', (customers) => {
    const { rowsPerChunk, maxConcurrency } = ratePlan(DEFAULT_QUOTA_PER_SECOND);
    const plan = new ChunkPlan(rowsPerChunk);
    const bytes = Math.ceil(deployed.bytesPerRow);
    for (let row = 0; row < customers; row += 1) plan.add(row * bytes, (row + 1) * bytes);
    const { chunks } = night({ customers, changedShare: 0.01, file: 'full' }, deployed);
    expect([...plan.chunks(maxConcurrency)]).toHaveLength(chunks);
  });

  it('without unchanged rows calls for changed customers alone', () => {
    expect(night({ customers: 1_000_000, changedShare: 0.01, file: 'changes' }, deployed).calls).toBe(10_000);
  });

  it('in batches with a permit for each record is the same night', () => {
    const scenario = { customers: 100_000, changedShare: 1, file: 'changes' } as const;
    const batch = { quota: DEFAULT_QUOTA_PER_SECOND, reserve: 0, permitFor: 'item' } as const;
    expect(night({ ...scenario, batch }, deployed)).toEqual(night(scenario, deployed));
  });

  it('in batches with a permit for each call has a tenth of the calls, and the ledger writes of every record', () => {
    const scenario = { customers: 100_000, changedShare: 1, file: 'changes' } as const;
    const batch = { quota: DEFAULT_QUOTA_PER_SECOND, reserve: 0, permitFor: 'call' } as const;
    const [single, batched] = [night(scenario, deployed), night({ ...scenario, batch }, deployed)];
    expect(batched.calls).toBe(10_000);
    expect(batched.writes).toBeGreaterThan(2 * 100_000);
    expect(single.seconds / batched.seconds).toBeGreaterThan(7);
    expect(single.seconds / batched.seconds).toBeLessThan(10);
  });

  it('costs nothing but what stands there if there are no customers', () => {
    const bill = monthly({ customers: 0, changedShare: 0.01, file: 'full' }, deployed);
    const standing = ['alarms, metrics, dashboard', 'key and its requests', 'idle queues, the look at the schedule'];
    expect(total(bill)).toBeCloseTo(
      standing.reduce((sum, line) => sum + (bill[line] ?? 0), 0),
      0,
    );
  });
});
