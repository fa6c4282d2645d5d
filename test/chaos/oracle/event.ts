import type { EventStep } from '../types.ts';
import { isDeletion, keyField, type MappingFile } from './mapping.ts';
import { parsedObject, properties, scalars } from './rows.ts';
import { type Statement, statement } from './statement.ts';
import { faultOf, sourceTime } from './validity.ts';
import { instant, isFarInFuture, profileValue } from './values.ts';

/** What must become of an event: its record is synced, or it ends among the dead letters with this code. */
export type ReadEvent = { readonly says: Statement } | { readonly code: string };

export function readEvent(mapping: MappingFile, { detailType, detail, time }: EventStep): ReadEvent {
  const content = parsedObject(detail);
  const record = properties(content?.get('record'));
  const takenAt = instant(String(content?.get('time') ?? time));
  if (detailType !== 'Customer Changed' || !record || takenAt === undefined || isFarInFuture(takenAt)) {
    return { code: 'INVALID_EVENT' };
  }
  const read = scalars(record);
  const code = read.fault ?? (isDeletion(mapping, read.values) ? 'DELETE_BY_EVENT' : faultOf(mapping, read));
  if (code !== undefined) return { code };
  const source = mapping.updatedAt ? (sourceTime(mapping, read.values) ?? Number.NaN) : takenAt;
  const key = keyField(mapping);
  const customerKey = profileValue(key, read.values.get(key.column) ?? '');
  return { says: statement(mapping, customerKey, read.values, [source, takenAt, takenAt, 0]) };
}
