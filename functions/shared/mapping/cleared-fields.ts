import type { FieldDefinition, MappingDefinition } from './types.ts';

/** A field that a record which empties it empties in the profile, too. */
export type ClearedField = FieldDefinition & { readonly target: string };

export function clearedFields({ fields }: MappingDefinition): readonly ClearedField[] {
  return fields.filter((field): field is ClearedField => field.clearWhenEmpty === true && field.target !== undefined);
}
