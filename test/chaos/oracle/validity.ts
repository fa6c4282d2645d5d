import { isDeletion, keyField, type MappingFile } from './mapping.ts';
import type { Row } from './rows.ts';
import { instant, isFarInFuture, profileValue } from './values.ts';

const MAX_CHARACTERS = 255;
const MAX_NOTES_CHARACTERS = 1_000;
const MAX_OBJECT_BYTES = 256_000;

/** The code with which a record must be rejected; undefined if it is valid. */
export function faultOf(mapping: MappingFile, { values, fault }: Pick<Row, 'values' | 'fault'>): string | undefined {
  if (fault) return fault;
  const textOf = (column: string): string => values.get(column)?.trim() ?? '';
  const key = keyField(mapping);
  if (textOf(key.column) === '') return 'MISSING_KEY';
  if (characters(textOf(key.column)) > MAX_CHARACTERS) return 'TOO_LONG';
  const isDeleted = isDeletion(mapping, values);
  if (!isDeleted && mapping.fields.some(({ required, column }) => required && textOf(column) === ''))
    return 'MISSING_VALUE';
  if (mapping.updatedAt && sourceTime(mapping, values) === undefined) return 'BAD_UPDATED_AT';
  if (isDeleted) return undefined;

  const object: Record<string, string> = {};
  for (const field of mapping.fields) {
    const value = profileValue(field, textOf(field.column));
    const limit = field.target === '_profile.AdditionalInformation' ? MAX_NOTES_CHARACTERS : MAX_CHARACTERS;
    if (field.target !== undefined && characters(value) > limit) return 'TOO_LONG';
    if (value !== '') object[field.name] = value;
  }
  return Buffer.byteLength(JSON.stringify(object)) > MAX_OBJECT_BYTES ? 'OBJECT_TOO_LARGE' : undefined;
}

/** Epoch milliseconds by the mapping's `updatedAt`; undefined if it is empty, unreadable or too far ahead. */
export function sourceTime({ updatedAt }: MappingFile, values: Row['values']): number | undefined {
  const time = updatedAt && instant(values.get(updatedAt.column) ?? '');
  return time === undefined || isFarInFuture(time) ? undefined : time;
}

function characters(text: string): number {
  return [...text].length;
}
