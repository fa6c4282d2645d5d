import { hash } from 'node:crypto';
import { clearedFields } from './cleared-fields.ts';
import { NORMALIZATION_RULES } from './normalize.ts';
import type { MappingDefinition } from './types.ts';

/** 22 characters of base64url are 132 bits. */
const HASH_CHARACTERS = 22;

/**
 * A function that makes the fingerprint of a record: of the raw values of its fields and of how they are mapped. It
 * neither trims nor normalises, since most records of a night are unchanged and must cost next to nothing.
 *
 * The order of the fields in the file, the names of the columns and rules that only reject do not take part: they do
 * not change what is sent, so changing them must not send every customer again.
 */
export function fingerprinter(
  definition: MappingDefinition,
  columns: readonly string[],
): (values: readonly string[]) => string {
  const content = digest(JSON.stringify(contentOf(definition)));
  const order = byName(definition).map((field) => columns.indexOf(field.column));
  return (values) => {
    let text = content;
    for (const column of order) {
      const value = values[column] ?? '';
      // The length in front keeps ["a", "bc"] and ["ab", "c"] apart.
      text += `${value.length}:${value}`;
    }
    return digest(text);
  };
}

/** Hash of all that decides about a record: a run split with another one must not go on. */
export function mappingHash(definition: MappingDefinition): string {
  const { updatedAt, exports, aliases, deletes } = definition;
  const cleared = clearedFields(definition).map(({ name }) => name);
  return digest(
    JSON.stringify([
      contentOf(definition),
      byName(definition).map(({ column, required = false }) => [column, required]),
      exports.contains,
      updatedAt && [updatedAt.column, updatedAt.format ?? 'iso', updatedAt.timeZone],
      ...(aliases ? [Object.entries(aliases).toSorted(([a], [b]) => (a < b ? -1 : 1))] : []),
      ...(cleared.length > 0 ? [cleared.toSorted()] : []),
      ...(deletes
        ? [[deletes.column, deletes.values.toSorted(), deletes.action, deletes.maxCount, deletes.maxShare]]
        : []),
    ]),
  );
}

function contentOf(definition: MappingDefinition): unknown {
  const fields = byName(definition);
  const phones = fields.some((field) => field.normalize === 'phone');
  return [
    NORMALIZATION_RULES,
    phones ? definition.phoneRegion : undefined,
    definition.customerKey.field,
    definition.customerKey.keyName,
    fields.map(({ name, target, contentType = 'STRING', normalize, searchKey }) => [
      name,
      target,
      contentType,
      normalize,
      searchKey,
    ]),
  ];
}

function byName({ fields }: MappingDefinition): MappingDefinition['fields'] {
  return fields.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, HASH_CHARACTERS);
}
