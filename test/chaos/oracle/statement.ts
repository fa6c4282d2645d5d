import { isDeletion, type MappingFile, profilePath } from './mapping.ts';
import { profileValue } from './values.ts';
import type { Version } from './version.ts';

/** What one valid record, of an export or of an event, says about its customer. */
export interface Statement {
  readonly customerKey: string;
  readonly version: Version;
  /** The raw values of the mapped columns: equal for records that say the same. */
  readonly content: string;
  /** The fields of the profile that the record fills, by path. */
  readonly fields: ReadonlyMap<string, string>;
  /** The customer was deleted. */
  readonly isDeletion: boolean;
}

export function statement(
  mapping: MappingFile,
  customerKey: string,
  values: ReadonlyMap<string, string>,
  version: Version,
): Statement {
  const fields = new Map<string, string>();
  if (isDeletion(mapping, values)) return { customerKey, version, content: 'deleted', fields, isDeletion: true };
  for (const field of mapping.fields) {
    const path = profilePath(field);
    const value = profileValue(field, values.get(field.column) ?? '');
    if (path !== undefined && value !== '') fields.set(path, value);
  }
  const content = JSON.stringify(mapping.fields.map(({ column }) => values.get(column) ?? ''));
  return { customerKey, version, content, fields, isDeletion: false };
}
