import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../../..');

/** A mapping file as far as the oracle needs it. The files are the suite's own or checked by the product's tests. */
export interface MappingFile {
  readonly exports: { readonly contains: 'full' | 'changes' };
  readonly customerKey: { readonly field: string; readonly keyName: string };
  readonly updatedAt?: { readonly column: string };
  readonly deletes?: {
    readonly column: string;
    readonly values: readonly string[];
    readonly action: 'object' | 'profile';
  };
  readonly fields: readonly MappedField[];
}

export interface MappedField {
  readonly name: string;
  readonly column: string;
  readonly target?: string;
  readonly required?: boolean;
  readonly normalize?: 'phone' | 'email' | 'date';
  readonly clearWhenEmpty?: boolean;
}

/** @param path from the project's folder. */
export function readMapping(path: string): MappingFile {
  return JSON.parse(readFileSync(join(PROJECT, path), 'utf8'));
}

/** The field that holds the customer key. */
export function keyField({ fields, customerKey }: MappingFile): MappedField {
  const field = fields.find(({ name }) => name === customerKey.field);
  if (field === undefined) throw new Error(`The mapping has no field ${customerKey.field}.`);
  return field;
}

/** The paths of a profile that are empty when a record leaves them empty. */
export function clearedPaths({ fields }: MappingFile): ReadonlySet<string> {
  return new Set(fields.flatMap((field) => (field.clearWhenEmpty ? (profilePath(field) ?? []) : [])));
}

/** The columns of a record: those of the fields, then of `updatedAt` and `deletes`. */
export function columnsOf({ fields, updatedAt, deletes }: MappingFile): readonly string[] {
  return [...fields, ...(updatedAt ? [updatedAt] : []), ...(deletes ? [deletes] : [])].map(({ column }) => column);
}

/** Whether a record says that its customer was deleted. */
export function isDeletion({ deletes }: MappingFile, values: ReadonlyMap<string, string>): boolean {
  return deletes?.values.includes(values.get(deletes.column)?.trim() ?? '') ?? false;
}

/** Name of a target in an observed profile: `_profile.Address.City` is `Address.City`. */
export function profilePath({ target }: MappedField): string | undefined {
  return target?.replace('_profile.', '');
}
