import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLiveEvent } from '../../../functions/sync-event/live-event.ts';
import { deliveredEvent, eventId } from '../../helpers/live-event.ts';

const COLUMNS = [['id'], ['name', 'first name'], ['vip']];
const NOW = Date.parse('2026-11-22T10:00:00Z');
const RECORD = { id: '1', name: 'Ann', vip: true, other: [1] };

function read(event: unknown) {
  return readLiveEvent(typeof event === 'string' ? event : JSON.stringify(event), COLUMNS, NOW);
}

describe('a live event', () => {
  it('holds the values of the mapped columns, and the time of the CRM', () => {
    const event = deliveredEvent({ record: RECORD, time: '2026-11-22T18:30:00.123+09:00' });
    const takenAt = Date.parse('2026-11-22T09:30:00.123Z');
    expect(read(event)).toEqual({ ok: true, id: eventId(1), values: ['1', 'Ann', 'true'], takenAt });
  });

  it('without a time of the CRM is of the time of the event', () => {
    expect(read(deliveredEvent({ record: RECORD }))).toMatchObject({ takenAt: Date.parse('2026-11-22T09:30:00Z') });
  });

  it('may come from any source and hold more than is read', () => {
    const event = deliveredEvent({ record: RECORD, more: { x: 1 } }, { source: 'aws.partner/crm', 'replay-name': 'r' });
    expect(read(event)).toMatchObject({ ok: true });
  });

  it('keeps the text of numbers, as a JSON Lines row does', () => {
    const text = JSON.stringify(deliveredEvent({ record: RECORD })).replace('"id":"1"', '"id":1.0');
    expect(read(text)).toMatchObject({ values: ['1.0', 'Ann', 'true'] });
  });

  it('has empty values for columns that are missing or null', () => {
    expect(read(deliveredEvent({ record: { id: '1', name: null } }))).toMatchObject({ values: ['1', '', ''] });
  });

  it('may have another name of a column, but not two of one', () => {
    const { name, ...rest } = RECORD;
    const renamed = deliveredEvent({ record: { ...rest, 'first name': name } });
    expect(read(renamed)).toMatchObject({ ok: true, values: ['1', 'Ann', 'true'] });
    expect(read(deliveredEvent({ record: { ...RECORD, 'first name': '' } }))).toMatchObject({
      rejection: { code: 'TWO_NAMES', reason: 'The properties name and first name are names of one column.' },
    });
  });

  it('with an array in a mapped column is rejected as such a row is', () => {
    expect(read(deliveredEvent({ record: { ...RECORD, name: ['Ann'] } }))).toEqual({
      ok: false,
      id: eventId(1),
      rejection: { code: 'NOT_SCALAR', reason: 'The property name is an array or an object.' },
    });
  });
});

describe('what is no live event is rejected with INVALID_EVENT, in words that name what is wrong', () => {
  it.each([
    ['no JSON', '{"name":"Ann"', /not one JSON object/],
    ['an array', [deliveredEvent({ record: RECORD })], /not one JSON object/],
    ['a number', 5, /not one JSON object/],
    ['nested too deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /nested too deep/],
    ['without an id', deliveredEvent({ record: RECORD }, { id: undefined }), /no id/],
    ['with another id', deliveredEvent({ record: RECORD }, { id: 'a id/of\u0000Ann' }), /no id/],
    ['of another type', deliveredEvent({ record: RECORD }, { 'detail-type': 'Ann' }), /"Customer Changed"/],
    ['without a detail', deliveredEvent(undefined), /detail is not an object/],
    ['with a number as detail', deliveredEvent(1), /detail is not an object/],
    ['without a record', deliveredEvent({ customer: RECORD }), /"record" .* missing or no object/],
    ['with an array as record', deliveredEvent({ record: [RECORD] }), /"record" .* missing or no object/],
    ['with a number as record', deliveredEvent({ record: 7 }), /"record" .* missing or no object/],
    ['with an unreadable time', deliveredEvent({ record: RECORD, time: 'Ann' }), /"time" .* unreadable; .* offset/],
    ['with a time without offset', deliveredEvent({ record: RECORD, time: '2026-11-22T09:30:00' }), /unreadable/],
    ['with a number as time', deliveredEvent({ record: RECORD, time: 1_800_000_000 }), /unreadable/],
    ['with null as time', deliveredEvent({ record: RECORD, time: null }), /unreadable/],
    ['over a day ahead', deliveredEvent({ record: RECORD, time: '2026-11-23T10:00:01Z' }), /a day in the future/],
    ['without any time', deliveredEvent({ record: RECORD }, { time: undefined }), /time of the event is unreadable/],
    ['ahead itself', deliveredEvent({ record: RECORD }, { time: '2027-01-01T00:00:00Z' }), /event is over a day/],
  ])('%s', (_, event, reason) => {
    const result = read(event);
    expect(result).toMatchObject({
      ok: false,
      rejection: { code: 'INVALID_EVENT', reason: expect.stringMatching(reason) },
    });
    expect(JSON.stringify(result)).not.toContain('Ann');
  });

  it('a day in the future is still a time', () => {
    expect(read(deliveredEvent({ record: RECORD, time: '2026-11-23T10:00:00Z' }))).toMatchObject({ ok: true });
  });

  it('nothing that a queue may hold makes it throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => void readLiveEvent(body, COLUMNS, NOW)));
    fc.assert(fc.property(fc.jsonValue(), (detail) => void read(deliveredEvent(detail))));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (record, time) => void read(deliveredEvent({ record, time }))),
    );
  });
});
