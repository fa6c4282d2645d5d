import { describe, expect, it } from 'vitest';
import { readEvent } from './oracle/event.ts';
import { readExport } from './oracle/export.ts';
import { readMapping } from './oracle/mapping.ts';
import { makeScenario } from './scenario/scenario.ts';
import type { EventStep, ExportStep, FaultKind } from './types.ts';

/** As many as one run of the suite has. */
const SCENARIOS = Array.from({ length: 30 }, (_, index) => makeScenario(index + 1));
const PHASES = SCENARIOS.flatMap(({ mapping, phases }) =>
  phases.map((phase) => ({ ...phase, mapping: readMapping(mapping) })),
);

const FAULTS: readonly FaultKind[] = [
  'throttleStorm',
  'serviceErrors',
  'droppedBefore',
  'droppedAfter',
  'latency',
  'awsErrors',
  'awsThrottled',
  'awsDroppedBefore',
  'awsDroppedAfter',
  'unprocessedKeys',
  'crash',
  'freeze',
  'timeout',
  'stopRun',
  'restart',
];

function exportsOf({ steps }: (typeof PHASES)[number]): ExportStep[] {
  return steps.filter((step) => step.kind === 'export');
}

function eventsOf({ steps }: (typeof PHASES)[number]): EventStep[] {
  return steps.filter((step) => step.kind === 'event');
}

describe('a scenario', () => {
  it('is wholly decided by its seed', () => {
    expect(makeScenario(7)).toEqual(makeScenario(7));
    expect(makeScenario(7)).not.toEqual(makeScenario(8));
  });

  it('has the same exports without faults and events', () => {
    const only = makeScenario(7, { faults: false, events: false });
    const exports = makeScenario(7).phases.map(({ steps }) => steps.filter(({ kind }) => kind === 'export'));
    expect(only.phases.map(({ steps }) => steps)).toEqual(exports);
  });
});

describe('the first sixty scenarios', () => {
  const meet = (permitFor: 'item' | 'call', mapping: string) =>
    Array.from({ length: 60 }, (_, index) => makeScenario(index + 1)).filter(
      (one) => one.batch?.batchPermitFor === permitFor && one.mapping.endsWith(`/${mapping}.json`),
    );

  it.each(['clearing', 'deleting', 'deleting-objects'])(
    'send batches of both kinds of permit with the mapping %s',
    (mapping) => {
      expect([meet('item', mapping).length, meet('call', mapping).length]).not.toContain(0);
    },
  );
});

describe('thirty scenarios', () => {
  it.each(FAULTS)('have the fault %s several times', (kind) => {
    const faults = PHASES.flatMap(({ steps }) => steps.filter((step) => step.kind === 'fault'));
    expect(faults.filter(({ fault }) => fault.kind === kind).length).toBeGreaterThanOrEqual(4);
  });

  it('have several kinds of fault each', () => {
    for (const { phases } of SCENARIOS) {
      const kinds = phases.flatMap(({ steps }) =>
        steps.flatMap((step) => (step.kind === 'fault' ? [step.fault.kind] : [])),
      );
      expect(new Set(kinds).size).toBeGreaterThan(1);
    }
  });

  it('have rows that are rejected with every code that an export can earn', () => {
    const codes = PHASES.flatMap((phase) =>
      exportsOf(phase).flatMap((step) => [...readExport(phase.mapping, step, 0).rejected.values()]),
    );
    expect([...new Set(codes)].sort()).toEqual([
      'BAD_UPDATED_AT',
      'BAD_VERSION',
      'MISSING_KEY',
      'MISSING_VALUE',
      'NOT_JSON',
      'NOT_SCALAR',
      'OBJECT_TOO_LARGE',
      'RAGGED_ROW',
      'TOO_LONG',
    ]);
  });

  it('have events that end among the dead letters with every code that an event can earn', () => {
    const codes = PHASES.flatMap((phase) =>
      eventsOf(phase).flatMap((step) => {
        const read = readEvent(phase.mapping, step);
        return 'code' in read ? [read.code] : [];
      }),
    );
    expect([...new Set(codes)].sort()).toEqual([
      'BAD_UPDATED_AT',
      'DELETE_BY_EVENT',
      'INVALID_EVENT',
      'MISSING_KEY',
      'MISSING_VALUE',
      'NOT_SCALAR',
      'TOO_LONG',
    ]);
  });

  it.each<{ what: string; found: (phase: (typeof PHASES)[number]) => boolean }>([
    { what: 'one export alone', found: ({ steps }) => steps.filter(({ kind }) => kind !== 'fault').length === 1 },
    { what: 'exports and events at once', found: (phase) => exportsOf(phase).length > 1 && eventsOf(phase).length > 1 },
    { what: 'a file uploaded twice', found: (phase) => repeats(exportsOf(phase).map(({ content }) => content)) },
    {
      what: 'two versions of one key',
      found: (phase) =>
        new Set(exportsOf(phase).map(({ name }) => name)).size <
        new Set(exportsOf(phase).map(({ content }) => content)).size,
    },
    { what: 'an export without as-of', found: (phase) => exportsOf(phase).some(({ asOf }) => asOf === undefined) },
    {
      what: 'a corrected rejected file',
      found: (phase) => exportsOf(phase).some(({ content }) => content.includes('_version')),
    },
    {
      what: 'repeated keys',
      found: (phase) => exportsOf(phase).some((step) => readExport(phase.mapping, step, 0).superseded.size > 0),
    },
    { what: 'an event twice', found: (phase) => repeats(eventsOf(phase).map(({ detail }) => detail)) },
    { what: 'a newer export uploaded before an older one', found: (phase) => isOutOfOrder(exportsOf(phase)) },
  ])('have $what several times', ({ found }) => {
    expect(PHASES.filter(found).length).toBeGreaterThan(1);
  });

  it('are small enough for a round each', () => {
    for (const phase of PHASES) {
      const rows = exportsOf(phase).map((step) => readExport(phase.mapping, step, 0).rows);
      expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThan(700);
      expect(exportsOf(phase).length).toBeLessThan(12);
    }
  });
});

function repeats(texts: readonly string[]): boolean {
  return new Set(texts).size < texts.length;
}

function isOutOfOrder(exports: readonly ExportStep[]): boolean {
  const times = exports.flatMap(({ asOf }) => (asOf === undefined ? [] : [Date.parse(asOf)]));
  return times.some((time, index) => time < Math.max(...times.slice(0, index)));
}
