import { describe, expect, it } from 'vitest';
import { Oracle } from './oracle/oracle.ts';
import { countFaults } from './oracle/runs.ts';
import { createRandom } from './random.ts';
import { judgedSimulation, Simulation } from './simulation.ts';
import type { Observation, ObservedRun, Scenario, Step } from './types.ts';

const COLUMNS = 'customer_id,first_name,last_name,email,phone,city,loyalty_tier,notes';
const FULL_COLUMNS = 'customer_id,last_name,first_name,email,phone,birth_date,city,loyalty_tier,notes,memo';

/** Rows behind their header line. */
function upload(name: string, hour: number, rows: readonly string[], columns = COLUMNS): Step {
  const asOf = new Date(Date.UTC(2026, 2, 1, hour)).toISOString();
  return { kind: 'export', atMs: hour, name, asOf, content: `${[columns, ...rows].join('\n')}\n` };
}

function live(hour: number, detail: object): Step {
  const time = new Date(Date.UTC(2026, 2, 1, hour)).toISOString();
  return {
    kind: 'event',
    atMs: hour,
    source: 'crm',
    detailType: 'Customer Changed',
    detail: JSON.stringify(detail),
    time,
  };
}

/** One export alone; another alone, which changes one customer; then two that contradict each other, and live events. */
const SMALL: Scenario = {
  seed: 1,
  mapping: 'test/chaos/mappings/changes.json',
  quota: 40,
  phases: [
    {
      steps: [
        upload('a.csv', 1, [
          'C1,Ann,Old,Ann@Example.com,090-1234-5678,Kobe,,',
          'C2,Ben,Bell,,,,,',
          ',Nobody,Here,,,,,',
          'C3,Cid,Once,,,,,',
          'C3,Cid,Twice,,,,,',
        ]),
      ],
    },
    { steps: [upload('b.csv', 2, ['C1,Ann,Ash,,,Kobe,,', 'C2,Ben,Bell,,,,,', 'C9,Too,Few,,,'])] },
    {
      steps: [
        upload('c.csv', 3, ['C1,Ann,Third,,,,,', 'C4,Dan,Third,,,,,']),
        upload('d.csv', 4, ['C1,Ann,Fourth,,,,,']),
        live(5, { record: { customer_id: 'C2', last_name: 'Live' } }),
        live(1, { record: { customer_id: 'C1', last_name: 'Late' } }),
        live(5, { record: { customer_id: 'C5' } }),
        live(5, { recrod: {} }),
      ],
    },
  ],
};

type Tamper = (observation: Observation) => Observation;

const run =
  (over: (run: ObservedRun) => object, index = 0): Tamper =>
  (observation) => ({
    ...observation,
    runs: observation.runs.map((one, place) => (place === index ? { ...one, ...over(one) } : one)),
  });
const summary = (over: Partial<NonNullable<ObservedRun['summary']>>): Tamper =>
  run(({ summary }) => ({ summary: summary && { ...summary, ...over } }));
const profile =
  (key: string, over: Record<string, string | undefined>): Tamper =>
  (observation) => {
    const fields = Object.entries({ ...observation.profiles.get(key), ...over });
    const filled = fields.flatMap(([path, value]) => (value === undefined ? [] : [[path, value] as const]));
    return { ...observation, profiles: new Map([...observation.profiles, [key, Object.fromEntries(filled)]]) };
  };
const letters =
  (over: (letters: Observation['deadLetters']) => Observation['deadLetters']): Tamper =>
  (observation) => ({ ...observation, deadLetters: over(observation.deadLetters) });

describe('of a small scenario', () => {
  it('the right observations have no difference', () => {
    expect(judgedSimulation(SMALL)).toEqual([]);
  });

  it.each<{ what: string; phase: number; tamper: Tamper; found: RegExp }>([
    {
      what: 'a field with another value',
      phase: 0,
      tamper: profile('C1', { FirstName: 'Anna' }),
      found: /FirstName of C1 is "Anna", not "Ann"/,
    },
    {
      what: 'a phone number as it was written',
      phase: 0,
      tamper: profile('C1', { PhoneNumber: '090-1234-5678' }),
      found: /PhoneNumber of C1 is .*, not "\+819012345678"/,
    },
    {
      what: 'a field that is missing',
      phase: 0,
      tamper: profile('C1', { 'Address.City': undefined }),
      found: /City of C1 is nothing/,
    },
    {
      what: 'a field that nothing fills',
      phase: 0,
      tamper: profile('C2', { MiddleName: 'X' }),
      found: /MiddleName of C2 is "X", not nothing/,
    },
    {
      what: 'a superseded row that was sent',
      phase: 0,
      tamper: profile('C3', { LastName: 'Once' }),
      found: /LastName of C3/,
    },
    {
      what: 'a change that did not arrive',
      phase: 1,
      tamper: profile('C1', { LastName: 'Old' }),
      found: /LastName of C1 is "Old", not "Ash"/,
    },
    {
      what: 'an emptied field that was cleared',
      phase: 1,
      tamper: profile('C1', { EmailAddress: undefined }),
      found: /EmailAddress of C1 is nothing/,
    },
    {
      what: 'the older of two exports as the last',
      phase: 2,
      tamper: profile('C1', { LastName: 'Third' }),
      found: /LastName of C1 is "Third", not "Fourth"/,
    },
    {
      what: 'a late event as the last',
      phase: 2,
      tamper: profile('C1', { LastName: 'Late' }),
      found: /LastName of C1 is "Late", not "Fourth"/,
    },
    {
      what: 'a live event that did not arrive',
      phase: 2,
      tamper: profile('C2', { LastName: 'Bell' }),
      found: /LastName of C2 is "Bell", not "Live"/,
    },
    {
      what: 'a profile that is missing',
      phase: 2,
      tamper: (observation) => ({
        ...observation,
        profiles: new Map([...observation.profiles].filter(([key]) => key !== 'C4')),
      }),
      found: /no profile of C4/,
    },
    {
      what: 'a profile of a rejected row',
      phase: 1,
      tamper: profile('C9', { FirstName: 'Too' }),
      found: /profile of C9/,
    },
    {
      what: 'a run too few',
      phase: 2,
      tamper: (one) => ({ ...one, runs: one.runs.slice(1) }),
      found: /c\.csv .* has 0 runs/,
    },
    {
      what: 'a run too many',
      phase: 2,
      tamper: (one) => ({ ...one, runs: [...one.runs, ...one.runs.slice(0, 1)] }),
      found: /has 2 runs/,
    },
    { what: 'a run of nothing', phase: 1, tamper: run(() => ({ name: 'x.csv' })), found: /x\.csv has a run/ },
    {
      what: 'a run that failed',
      phase: 1,
      tamper: run(() => ({ status: 'FAILED', summary: undefined })),
      found: /ended FAILED/,
    },
    { what: 'rows that do not add up', phase: 0, tamper: summary({ accounted: false }), found: /accounted is false/ },
    { what: 'a row that is not counted', phase: 0, tamper: summary({ rows: 4 }), found: /rows is 4, not 5/ },
    {
      what: 'a row without an outcome',
      phase: 0,
      tamper: summary({ synced: 2 }),
      found: /synced \+ unchanged .* is 4, not 5/,
    },
    {
      what: 'another number of duplicates',
      phase: 0,
      tamper: summary({ duplicates: 0 }),
      found: /duplicates is 0, not 1/,
    },
    {
      what: 'unchanged rows that were sent',
      phase: 1,
      tamper: summary({ synced: 2, unchanged: 0 }),
      found: /synced is 2, not 1/,
    },
    {
      what: 'a changed row that was not sent',
      phase: 1,
      tamper: summary({ synced: 0, unchanged: 2 }),
      found: /unchanged is 2, not 1/,
    },
    {
      what: 'rows that are stale for no reason',
      phase: 1,
      tamper: summary({ synced: 0, stale: 1 }),
      found: /stale is 1, not 0/,
    },
    {
      what: 'more rows of a contradicted export stale than can be',
      phase: 2,
      tamper: summary({ synced: 0, stale: 2 }),
      found: /stale is 2, not 0 to 1/,
    },
    {
      what: 'a rejected row that was not',
      phase: 0,
      tamper: run(({ summary }) => ({ rejected: [], summary: summary && { ...summary, rejected: 0, synced: 4 } })),
      found: /row 4 must be rejected with MISSING_KEY, not undefined/,
    },
    {
      what: 'a rejected row under another code',
      phase: 0,
      tamper: run(() => ({ rejected: [{ row: 4, code: 'MISSING_VALUE' }] })),
      found: /row 4 must be rejected with MISSING_KEY, not MISSING_VALUE/,
    },
    {
      what: 'a good row rejected',
      phase: 0,
      tamper: run(({ rejected }) => ({ rejected: [...rejected, { row: 2, code: 'REFUSED' }] })),
      found: /row 2 must not be rejected, but was with REFUSED/,
    },
    {
      what: 'a row lost to the service without a fault',
      phase: 0,
      tamper: run(({ rejected }) => ({ rejected: [...rejected, { row: 2, code: 'SERVICE_ERROR' }] })),
      found: /row 2 must not be rejected/,
    },
    {
      what: 'a row rejected twice',
      phase: 0,
      tamper: run(({ rejected }) => ({ rejected: [...rejected, ...rejected] })),
      found: /different rejected rows is 1, not 2/,
    },
    {
      what: 'a rejected file with a row too few for its count',
      phase: 0,
      tamper: summary({ rejected: 2 }),
      found: /rejected is 2, not 1/,
    },
    {
      what: 'an invalid event that is gone',
      phase: 2,
      tamper: letters((all) => all.slice(1)),
      found: /0 dead letters with/,
    },
    {
      what: 'a dead letter under another code',
      phase: 2,
      tamper: letters((all) => all.map((letter) => ({ ...letter, code: 'TOO_LONG' }))),
      found: /1 dead letters with TOO_LONG, not 0/,
    },
    {
      what: 'a dead letter without a code',
      phase: 2,
      tamper: letters((all) => all.map((letter) => ({ ...letter, code: undefined }))),
      found: /1 dead letters with no code/,
    },
    {
      what: 'a dead letter twice without a fault',
      phase: 2,
      tamper: letters((all) => [...all, ...all]),
      found: /2 dead letters with/,
    },
    {
      what: 'a good event among the dead letters',
      phase: 2,
      tamper: letters((all) => [
        ...all,
        { detail: '{"record":{"customer_id":"C2","last_name":"Live"}}', code: 'SERVICE_ERROR' },
      ]),
      found: /1 dead letters with SERVICE_ERROR, not 0/,
    },
    {
      what: 'a dead letter of no event',
      phase: 1,
      tamper: letters((all) => [...all, { detail: '{}', code: 'INVALID_EVENT' }]),
      found: /1 dead letters of no event/,
    },
  ])('it finds $what', ({ phase, tamper, found }) => {
    const simulation = new Simulation(SMALL, createRandom(1));
    const oracle = new Oracle(SMALL);
    const differences = SMALL.phases.map((plan, index) => {
      const observation = simulation.perform(plan);
      return oracle.differences(index === phase ? tamper(observation) : observation);
    });
    expect(differences.slice(0, phase).flat()).toEqual([]);
    expect(differences[phase]?.map(({ what }) => what).join('\n')).toMatch(found);
  });
});

describe('of a full export that comes after a newer one', () => {
  const scenario: Scenario = {
    seed: 1,
    mapping: 'test/chaos/mappings/full.json',
    quota: 40,
    phases: [
      { steps: [upload('newer.csv', 2, ['C1,Newer,,,,,,,,'], FULL_COLUMNS)] },
      { steps: [upload('older.csv', 1, ['C1,Older,,,,,,,,', 'C8,Gone,,,,,,,,'], FULL_COLUMNS)] },
    ],
  };
  const differences = (tamper: Tamper): string => {
    const simulation = new Simulation(scenario, createRandom(1));
    const oracle = new Oracle(scenario);
    const [first, second] = scenario.phases.map((plan) => simulation.perform(plan));
    if (!first || !second) throw new Error('The scenario has two phases.');
    return [...oracle.differences(first), ...oracle.differences(tamper(second))].map(({ what }) => what).join('\n');
  };

  it('nothing is sent', () => {
    expect(differences((observation) => observation)).toBe('');
    expect(differences(summary({ synced: 1, stale: 1 }))).toMatch(/synced is 1, not 0/);
    expect(differences(profile('C8', { LastName: 'Gone' }))).toMatch(/LastName of C8 is "Gone", not nothing/);
  });
});

describe('counts that several orders allow', () => {
  const allowed = [new Set(['synced'] as const), ...[1, 2].map(() => new Set(['unchanged', 'stale'] as const))];
  const run = (synced: number, unchanged: number, stale: number): ObservedRun => ({
    runId: 'r',
    name: 'a.csv',
    uploadTime: 0,
    versionOrder: 0,
    status: 'SUCCEEDED',
    summary: { accounted: true, rows: 3, synced, unchanged, stale, rejected: 0, duplicates: 0 },
    rejected: [],
  });

  it.each([
    [1, 2, 0, []],
    [1, 0, 2, []],
    [0, 2, 1, ['synced is 0, not 1.']],
    [2, 1, 0, ['synced is 2, not 1.']],
    [0, 0, 3, ['synced is 0, not 1.', 'stale is 3, not 0 to 2.']],
  ])('%i synced, %i unchanged, %i stale', (synced, unchanged, stale, faults) => {
    expect(countFaults(run(synced, unchanged, stale), allowed)).toEqual(faults);
  });
});
