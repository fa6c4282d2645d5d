import { describe, expect, it } from 'vitest';
import { readMapping } from './oracle/mapping.ts';
import { createRandom } from './random.ts';
import { makeScenario } from './scenario/scenario.ts';
import { judgedSimulation } from './simulation.ts';
import type { Scenario, Step } from './types.ts';

const SEEDS = Array.from({ length: 30 }, (_, index) => index + 1);

describe('the oracle', () => {
  it('takes whatever order the calls of a phase come in', () => {
    for (const seed of SEEDS) expect(judgedSimulation(makeScenario(seed)), `seed ${seed}`).toEqual([]);
  });

  it('takes the same exports without faults and events', () => {
    for (const seed of SEEDS) {
      expect(judgedSimulation(makeScenario(seed, { events: false, faults: false })), `seed ${seed}`).toEqual([]);
    }
  });

  it('finds a system that lets older data overwrite newer, in most rounds', () => {
    const found = SEEDS.filter((seed) => judgedSimulation(makeScenario(seed), { sendsOlder: true }).length > 0);
    expect(found.length).toBeGreaterThan(SEEDS.length / 2);
  });

  it('finds a system that clears nothing, in more than a third of the rounds of a mapping that clears', () => {
    const clearing = SEEDS.filter((seed) => makeScenario(seed).mapping.endsWith('clearing.json'));
    const found = clearing.filter((seed) => judgedSimulation(makeScenario(seed), { clearsNothing: true }).length > 0);
    expect(found.length).toBeGreaterThan(clearing.length / 3);
  });

  it('finds a system that deletes nothing, in more than half of the rounds of a mapping that deletes', () => {
    const deleting = SEEDS.filter((seed) => readMapping(makeScenario(seed).mapping).deletes);
    const found = deleting.filter((seed) => judgedSimulation(makeScenario(seed), { deletesNothing: true }).length > 0);
    expect(deleting.length).toBeGreaterThan(4);
    expect(found.length).toBeGreaterThan(deleting.length / 2);
  });
});

/** Few customers, contents and times, so that everything contradicts everything. */
function contradictions(seed: number): Scenario {
  const random = createRandom(seed);
  const mapping = random.pick([
    'mappings/customer.json',
    'test/chaos/mappings/changes.json',
    'test/chaos/mappings/full.json',
    'test/chaos/mappings/clearing.json',
    'test/chaos/mappings/deleting.json',
    'test/chaos/mappings/deleting-objects.json',
  ]);
  const { deletes, fields } = readMapping(mapping);
  const columns = [...fields, ...(deletes ? [deletes] : [])].map(({ column }) => column);
  const hour = (): string => new Date(Date.UTC(2026, 2, 1, random.int(0, 3))).toISOString();
  const record = (): Record<string, string> => ({
    customer_id: random.pick(['C1', 'C2']),
    last_name: random.pick(['A', 'B', 'C']),
    city: random.pick(['', 'X', 'Y']),
    updated_at: hour(),
    ...(deletes && { deleted: random.pick(['', '', '1']) }),
  });
  const step = (): Step => {
    if (random.chance(0.3)) {
      const detail = JSON.stringify({ record: record(), time: hour() });
      return { kind: 'event', atMs: 0, source: 'crm', detailType: 'Customer Changed', detail, time: hour() };
    }
    const rows = Array.from({ length: random.int(1, 3) }, record);
    const lines = rows.map((values) => [...columns, 'updated_at'].map((column) => values[column] ?? '').join(','));
    const content = [[...columns, 'updated_at'].join(','), ...lines].join('\n');
    return { kind: 'export', atMs: 0, name: random.pick(['a.csv', 'b.csv']), asOf: hour(), content };
  };
  const failing: Step = { kind: 'fault', atMs: 0, fault: { kind: 'serviceErrors', share: 1, forMs: 1 } };
  const phases = Array.from({ length: 4 }, () => ({
    steps: [...Array.from({ length: random.int(1, 4) }, step), ...(random.chance(0.3) ? [failing] : [])],
  }));
  return { seed, mapping, quota: 40, phases };
}

describe('of records that contradict each other', () => {
  it('it takes what any order of calls makes', () => {
    for (let seed = 1; seed <= 500; seed++) expect(judgedSimulation(contradictions(seed)), `seed ${seed}`).toEqual([]);
  });
});
