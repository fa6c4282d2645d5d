import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Deployed, readDeployed } from '../../docs/cost/deployed.ts';
import { monthly, night, total } from '../../docs/cost/model.ts';
import { withCost } from '../../docs/cost.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { ChunkPlan } from '../../functions/split-export/chunk-plan.ts';

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

  it('costs nothing but what stands there if there are no customers', () => {
    const bill = monthly({ customers: 0, changedShare: 0.01, file: 'full' }, deployed);
    const standing = ['alarms, metrics, dashboard', 'key and its requests', 'idle queues, the look at the schedule'];
    expect(total(bill)).toBeCloseTo(
      standing.reduce((sum, line) => sum + (bill[line] ?? 0), 0),
      0,
    );
  });
});
