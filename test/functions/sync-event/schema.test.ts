import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { loadMapping } from '../../../functions/shared/mapping/load.ts';
import { readLiveEvent } from '../../../functions/sync-event/live-event.ts';
import { deliveredEvent } from '../../helpers/live-event.ts';

const mapping = loadMapping('mappings/customer.json');
const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync('mappings/live-event.schema.json', 'utf8')),
);
const NOW = Date.parse('2026-11-22T10:00:00Z');

const record = { customer_id: 'C-1', last_name: 'Yamada', updated_at: '2026-11-22T09:00:00Z' };
const entry = { source: 'crm.example', 'detail-type': 'Customer Changed', detail: { record } };

/** Whether SyncEvent takes this entry for a live event, once EventBridge has delivered it. */
function isTaken(sent: Readonly<Record<string, unknown>>): boolean {
  const event = readLiveEvent(
    JSON.stringify(deliveredEvent(undefined, { 'detail-type': undefined, ...sent })),
    mapping.columnNames,
    NOW,
  );
  return event.ok || event.rejection.code !== 'INVALID_EVENT';
}

const withTime = (time: unknown) => ({ ...entry, detail: { record, time } });

describe('the JSON Schema of a live event and SyncEvent agree', () => {
  it.each([
    ['an event', entry],
    ['an empty record', { ...entry, detail: { record: {} } }],
    ['every kind of value', { ...entry, detail: { record: { a: 'x', b: 1.5, c: true, d: null, e: [] } } }],
    ['more than is read', { ...entry, more: 1, detail: { record, more: { x: [] } } }],
    ['milliseconds', withTime('2026-11-22T09:30:00.123Z')],
    ['nanoseconds', withTime('2026-11-22T09:30:00.123456789+09:00')],
    ['an offset without a colon', withTime('2026-11-22T09:30:00+0900')],
    ['an offset of hours', withTime('2026-11-22 09:30 -03')],
  ])('to take %s', (_, sent) => {
    expect([validate(sent), isTaken(sent)]).toEqual([true, true]);
  });

  it.each([
    ['without a detail-type', { ...entry, 'detail-type': undefined }],
    ['of another detail-type', { ...entry, 'detail-type': 'customer changed' }],
    ['without a detail', { ...entry, detail: undefined }],
    ['with a text as detail', { ...entry, detail: JSON.stringify(entry.detail) }],
    ['with an array as detail', { ...entry, detail: [record] }],
    ['without a record', { ...entry, detail: record }],
    ['with an array as record', { ...entry, detail: { record: [record] } }],
    ['with null as record', { ...entry, detail: { record: null } }],
    ['with null as time', withTime(null)],
    ['with a number as time', withTime(1_800_000_000_000)],
    ['with a time without an offset', withTime('2026-11-22T09:30:00')],
    ['with a day as time', withTime('2026-11-22')],
    ['with a time in words', withTime('yesterday')],
  ])('to refuse one %s', (_, sent) => {
    const asSent = JSON.parse(JSON.stringify(sent));
    expect([validate(asSent), isTaken(asSent)]).toEqual([false, false]);
  });

  it.each([
    ['a month that does not exist', withTime('2026-13-22T09:30:00Z')],
    ['a time far in the future', withTime('2030-01-01T00:00:00Z')],
  ])('but for %s, which no schema sees', (_, sent) => {
    expect([validate(sent), isTaken(sent)]).toEqual([true, false]);
  });

  it('samples/events.jsonl is valid, and can be synced with mappings/customer.json', () => {
    const lines = readFileSync('samples/events.jsonl', 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      const sent = JSON.parse(line);
      expect(validate(sent)).toBe(true);
      const event = readLiveEvent(JSON.stringify(deliveredEvent(undefined, sent)), mapping.columnNames, NOW);
      expect(event.ok && mapping.identify(event.values, NOW)).toMatchObject({ ok: true });
    }
  });
});
