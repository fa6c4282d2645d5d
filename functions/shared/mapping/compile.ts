import { tombstone } from '../ledger/tombstone.ts';
import { deletesReader } from './deletes.ts';
import { fingerprinter, mappingHash } from './fingerprint.ts';
import { MAX_FUTURE_MS, MAX_KEY_VALUE } from './limits.ts';
import { objectBuilder } from './profile-object.ts';
import type { FieldDefinition, Identity, Mapping, MappingDefinition } from './types.ts';
import { updatedAtFormat, updatedAtReader } from './updated-at.ts';
import { tooLong, valueReader } from './values.ts';

/** Makes a checked definition ready for use: all that does not depend on a record is worked out here, once. */
export function compileMapping(definition: MappingDefinition): Mapping {
  const columns = columnsOf(definition);
  const keyField = keyFieldOf(definition);
  const keyColumn = columns.indexOf(keyField.column);
  const { updatedAt } = definition;
  const updatedAtColumn = updatedAt && columns.indexOf(updatedAt.column);
  // Checked before the ledger is asked: a field that becomes required does not change the fingerprint.
  const required = definition.fields
    .filter((field) => field.required && field !== keyField)
    .map((field) => ({ field, column: columns.indexOf(field.column) }));
  const readKey = valueReader(keyField, definition);
  const readUpdatedAt = updatedAt && updatedAtReader(updatedAt);

  const { deletes } = definition;
  const deletesColumn = deletes && columns.indexOf(deletes.column);
  const marksDeleted = deletesReader(deletes);
  const isDeleted = (values: readonly string[]): boolean =>
    deletesColumn !== undefined && marksDeleted(values[deletesColumn] ?? '');
  const fingerprintOfContent = fingerprinter(definition, columns);
  const fingerprintOfDeletion = deletes && tombstone(deletes.action);

  const customerKey = (raw: string): string | undefined => readKey(raw)?.text;
  const sourceTime = (raw: string): number | undefined => readUpdatedAt?.(raw.trim());

  const identify = (values: readonly string[], now: number): Identity => {
    const key = customerKey(values[keyColumn] ?? '');
    if (key === undefined) {
      const reason = `Column ${keyField.column} is empty; it holds the customer key.`;
      return { ok: false, rejection: { code: 'MISSING_KEY', reason } };
    }
    const long = tooLong(keyField, key, MAX_KEY_VALUE);
    if (long !== undefined) return { ok: false, rejection: long };
    const missing = isDeleted(values) ? undefined : required.find(({ column }) => (values[column] ?? '').trim() === '');
    if (missing !== undefined) {
      const reason = `Field ${missing.field.name} (column ${missing.field.column}) is empty, but the mapping requires it.`;
      return { ok: false, rejection: { code: 'MISSING_VALUE', reason } };
    }
    if (updatedAt === undefined || updatedAtColumn === undefined) return { ok: true, customerKey: key };

    const raw = values[updatedAtColumn] ?? '';
    const time = sourceTime(raw);
    if (time !== undefined && time <= now + MAX_FUTURE_MS) return { ok: true, customerKey: key, sourceTime: time };
    const expected = `it must be ${updatedAtFormat(updatedAt)}`;
    const fault =
      time !== undefined
        ? 'is over a day in the future.'
        : raw.trim() === ''
          ? `is empty; ${expected}.`
          : `is unreadable; ${expected}.`;
    return { ok: false, rejection: { code: 'BAD_UPDATED_AT', reason: `Column ${updatedAt.column} ${fault}` } };
  };

  return {
    definition,
    hash: mappingHash(definition),
    columns,
    columnNames: columns.map((column) => [column, ...(definition.aliases?.[column] ?? [])]),
    keyColumn,
    updatedAtColumn,
    deletesColumn,
    marksDeleted,
    isDeleted,
    customerKey,
    sourceTime,
    identify,
    toObject: objectBuilder(definition, columns),
    fingerprint: (values) =>
      fingerprintOfDeletion !== undefined && isDeleted(values) ? fingerprintOfDeletion : fingerprintOfContent(values),
  };
}

function columnsOf({ fields, updatedAt, deletes }: MappingDefinition): readonly string[] {
  const others = [updatedAt, deletes].flatMap((one) => (one ? [one.column] : []));
  return [...new Set([...fields.map((field) => field.column), ...others])];
}

function keyFieldOf({ fields, customerKey }: MappingDefinition): FieldDefinition {
  const field = fields.find((one) => one.name === customerKey.field);
  if (field === undefined) throw new Error('A checked definition has the field of its customer key.');
  return field;
}
