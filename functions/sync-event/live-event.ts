import { columnValues, isJsonObject, parseJsonObject } from '../shared/export/json-object.ts';
import { MAX_FUTURE_MS } from '../shared/mapping/limits.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { updatedAtReader } from '../shared/mapping/updated-at.ts';
import type { Rejection } from '../shared/rejection.ts';

export const DETAIL_TYPE = 'Customer Changed';
/** EventBridge gives a UUID; the id becomes part of keys, so anything else is no event of it. */
const EVENT_ID = /^[\w-]{1,64}$/;
const TIME_FORM = 'it must be an ISO 8601 time with an offset, such as 2026-11-22T09:30:00.123Z';

const readTime = updatedAtReader({ column: 'time', format: 'iso' });

export interface ReadableEvent {
  readonly ok: true;
  readonly id: string;
  /** Raw values, one for each of the mapping's columns. */
  readonly values: readonly string[];
  /** Epoch milliseconds when the CRM took the data. */
  readonly takenAt: number;
}

/** The record that a message carries, or why it can't be synced. */
export type LiveEvent = ReadableEvent | { readonly ok: false; readonly id?: string; readonly rejection: Rejection };

/**
 * Reads the body of a message: an event as EventBridge delivers it, whose detail is `{record, time?}`
 * (mappings/live-event.schema.json). Rejects with INVALID_EVENT what has another form, and with NOT_SCALAR and TWO_NAMES as a row.
 */
export function readLiveEvent(body: string, columns: Mapping['columnNames'], now: number): LiveEvent {
  const event = parseJsonObject(body);
  if (!event) return invalid('The message is not one JSON object, or is nested too deep. It must be an event.');
  const { id, detail } = event;
  if (typeof id !== 'string' || !EVENT_ID.test(id)) {
    return invalid('The event has no id. Send it to the event bus, which gives it one, and not to the queue.');
  }
  if (event['detail-type'] !== DETAIL_TYPE) return invalid(`The detail-type is not "${DETAIL_TYPE}".`, id);
  if (!isJsonObject(detail)) return invalid('The detail is not an object with the property "record".', id);
  if (!isJsonObject(detail.record)) {
    return invalid('The property "record" of the detail is missing or no object. It must hold the whole record.', id);
  }
  const [name, time] =
    detail.time === undefined ? ['time of the event', event.time] : ['property "time" of the detail', detail.time];
  const takenAt = typeof time === 'string' ? readTime(time) : undefined;
  if (takenAt === undefined) return invalid(`The ${name} is unreadable; ${TIME_FORM}.`, id);
  if (takenAt > now + MAX_FUTURE_MS) return invalid(`The ${name} is over a day in the future.`, id);

  const { values, fault } = columnValues(detail.record, columns);
  return fault ? { ok: false, id, rejection: fault } : { ok: true, id, values, takenAt };
}

function invalid(reason: string, id?: string): LiveEvent {
  return { ok: false, ...(id !== undefined && { id }), rejection: { code: 'INVALID_EVENT', reason } };
}
