import { describe, expect, it } from 'vitest';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { DELETE_BY_EVENT } from '../../functions/shared/sync/outcome.ts';
import { preparer } from '../../functions/shared/sync/prepare.ts';
import { readLiveEvent } from '../../functions/sync-event/live-event.ts';
import { splitAndParse } from '../functions/split-export/scanning.ts';
import { readEvent } from './oracle/event.ts';
import { readExport } from './oracle/export.ts';
import { type MappingFile, profilePath, readMapping } from './oracle/mapping.ts';
import type { Statement } from './oracle/statement.ts';
import { makeScenario } from './scenario/scenario.ts';
import type { EventStep, ExportStep } from './types.ts';

/** Between them the seeds have every mapping, both formats and each kind of invalid record. */
const SCENARIOS = Array.from({ length: 25 }, (_, index) => makeScenario(index + 1));
const UPLOAD = Date.UTC(2026, 10, 3);

/** What the product makes of a record: a code, or the customer, the time of the change and the fields that it fills. */
function taken(mapping: Mapping, values: readonly string[]): string | object {
  const identity = mapping.identify(values, Date.now());
  if (!identity.ok) return identity.rejection.code;
  const isDeletion = mapping.isDeleted(values);
  if (isDeletion) return { key: identity.customerKey, changedAt: identity.sourceTime, isDeletion, fields: {} };
  const object = mapping.toObject(values);
  if (!object.ok) return object.rejection.code;
  const fields: Record<string, string> = JSON.parse(object.object);
  const filled = mapping.definition.fields.flatMap((field) => {
    const path = profilePath(field);
    return path === undefined || fields[field.name] === undefined ? [] : [[path, fields[field.name]]];
  });
  return { key: identity.customerKey, changedAt: identity.sourceTime, isDeletion, fields: Object.fromEntries(filled) };
}

/** The same of what the oracle makes of it. */
function said({ updatedAt }: MappingFile, statement: Statement): object {
  const {
    customerKey,
    version: [sourceTime],
    fields,
    isDeletion,
  } = statement;
  return { key: customerKey, changedAt: updatedAt && sourceTime, isDeletion, fields: Object.fromEntries(fields) };
}

async function asTheProduct(file: string, step: ExportStep): Promise<unknown> {
  const mapping = loadMapping(file);
  const { records, superseded } = await splitAndParse(step.content, mapping, { key: `exports/${step.name}` });
  const rows = records
    .filter(({ row }) => !superseded.includes(row))
    .map(({ row, values, fault }) => [row, fault?.code ?? taken(mapping, values)]);
  return { superseded: superseded.toSorted((a, b) => a - b), rows };
}

function asTheOracle(file: string, step: ExportStep): unknown {
  const mapping = readMapping(file);
  const { superseded, rejected, statements } = readExport(mapping, step, UPLOAD);
  const valid = [...statements].map(([row, statement]): [number, unknown] => [row, said(mapping, statement)]);
  const rows = [...rejected, ...valid].toSorted(([a], [b]) => a - b);
  return { superseded: [...superseded].toSorted((a, b) => a - b), rows };
}

function eventAsTheProduct(file: string, { detailType, detail, time }: EventStep): unknown {
  const mapping = loadMapping(file);
  const body = `{"id":"e-1","detail-type":"${detailType}","time":"${time}","detail":${detail}}`;
  const event = readLiveEvent(body, mapping.columnNames, Date.now());
  if (!event.ok) return event.rejection.code;
  const prepare = preparer({ mapping, runId: 'event', resync: false, refuseDeletes: DELETE_BY_EVENT });
  const version = { exportTime: 0, uploadTime: 0, row: 0 };
  const prepared = prepare({ row: 0, values: event.values, version }, Date.now());
  return prepared.ok ? taken(mapping, event.values) : prepared.rejection.code;
}

function eventAsTheOracle(file: string, step: EventStep): unknown {
  const mapping = readMapping(file);
  const read = readEvent(mapping, step);
  return 'code' in read ? read.code : said(mapping, read.says);
}

describe('the oracle reads as the product does, with code of its own', () => {
  it.each(SCENARIOS)('the exports of seed $seed', async ({ mapping, phases }) => {
    for (const step of phases.flatMap(({ steps }) => steps)) {
      if (step.kind === 'export')
        expect(asTheOracle(mapping, step), step.name).toEqual(await asTheProduct(mapping, step));
    }
  });

  it('live events', () => {
    const events = SCENARIOS.flatMap(({ mapping, phases }) =>
      phases.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'event' ? [{ mapping, step }] : []))),
    );
    expect(events.length).toBeGreaterThan(100);
    expect(events.map(({ mapping, step }) => eventAsTheOracle(mapping, step))).toEqual(
      events.map(({ mapping, step }) => eventAsTheProduct(mapping, step)),
    );
  });
});
