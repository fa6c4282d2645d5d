import { MAX_KEY_VALUE, MAX_OBJECT_BYTES } from './limits.ts';
import { targetLimit } from './standard-profile.ts';
import type { FieldDefinition, MappedObject, MappingDefinition } from './types.ts';
import { tooLong, valueReader } from './values.ts';

/** UTF-8 bytes that one UTF-16 code unit takes at most. */
const MAX_BYTES_PER_UNIT = 3;

/** A function that makes the profile object of a record, and checks the service's limits before a call is spent. */
export function objectBuilder(
  definition: MappingDefinition,
  columns: readonly string[],
): (values: readonly string[]) => MappedObject {
  const fields = definition.fields.map((field) => ({
    field,
    column: columns.indexOf(field.column),
    limit: limitOf(field, definition),
    read: valueReader(field, definition),
  }));

  return (values) => {
    const object: Record<string, string> = {};
    const filled: number[] = [];
    let notNormalized = 0;
    for (const [index, { field, column, limit, read }] of fields.entries()) {
      const value = read(values[column] ?? '');
      if (value === undefined) continue;
      const long = tooLong(field, value.text, limit);
      if (long !== undefined) return { ok: false, rejection: long };
      object[field.name] = value.text;
      filled.push(index);
      if (!value.normalized) notNormalized += 1;
    }
    const text = JSON.stringify(object);
    const bytes = text.length * MAX_BYTES_PER_UNIT <= MAX_OBJECT_BYTES ? 0 : Buffer.byteLength(text);
    if (bytes > MAX_OBJECT_BYTES) {
      const reason = `The profile object has ${bytes} bytes; at most ${MAX_OBJECT_BYTES} are allowed.`;
      return { ok: false, rejection: { code: 'OBJECT_TOO_LARGE', reason } };
    }
    return { ok: true, object: text, filled, notNormalized };
  };
}

/** Characters; a field that only stays in the object is bounded by the object's own limit. */
function limitOf(field: FieldDefinition, { customerKey }: MappingDefinition): number {
  const asTarget = field.target === undefined ? Number.POSITIVE_INFINITY : targetLimit(field.target);
  const isKey = field.searchKey !== undefined || field.name === customerKey.field;
  return isKey ? Math.min(asTarget, MAX_KEY_VALUE) : asTarget;
}
