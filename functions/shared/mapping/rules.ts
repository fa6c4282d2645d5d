import { isSupportedCountry } from 'libphonenumber-js/max';
import { LINE_PROPERTY } from '../export/json-record.ts';
import { REJECTED_COLUMNS } from '../export/original-version.ts';
import { patternFault } from './export-time.ts';
import { MAX_KEY_ENTRIES } from './limits.ts';
import type { Faults } from './reader.ts';
import {
  ENUMERATED_TARGETS,
  EXCLUSIVE_TARGETS,
  isTarget,
  PREDEFINED_SEARCH_KEYS,
  similarTarget,
} from './standard-profile.ts';
import type { ContentType, FieldDefinition, MappingDefinition } from './types.ts';
import { isTimeZone } from './zoned-time.ts';

/** The columns that a rejected file puts before the record's own. */
const RESERVED_COLUMNS: readonly string[] = [...REJECTED_COLUMNS, LINE_PROPERTY];
/** The service refuses a field of this name. */
const FORBIDDEN_FIELD_NAME = 'Tags';

/** A mapping as far as its parts could be read; undefined where a part is missing or already has its fault. */
export interface MappingParts {
  readonly exports?: MappingDefinition['exports'] | undefined;
  readonly customerKey?: MappingDefinition['customerKey'] | undefined;
  readonly aliases?: MappingDefinition['aliases'] | undefined;
  readonly updatedAt?: MappingDefinition['updatedAt'] | undefined;
  readonly deletes?: MappingDefinition['deletes'] | undefined;
  readonly phoneRegion?: string | undefined;
  readonly fields?: readonly (FieldDefinition | undefined)[] | undefined;
}

/** Notes what is wrong between the parts of a mapping, and what only the service's or the runtime's own lists can tell. */
export function ruleFaults(parts: MappingParts, faults: Faults): void {
  const fields = (parts.fields ?? []).flatMap((field, index) =>
    field ? [{ ...field, path: `fields[${index}]` }] : [],
  );
  nameFaults(fields, faults);
  targetFaults(fields, faults);
  clearingFaults(fields, faults);
  searchKeyFaults(fields, faults);
  if (parts.customerKey) {
    const key = fields.find((field) => field.name === parts.customerKey?.field);
    if (key) customerKeyFaults(parts.customerKey, key, fields, faults);
    // A field that could not be read may well be the one that is meant.
    else if (fields.length > 0 && !parts.fields?.includes(undefined)) {
      faults.add('customerKey.field', `"${parts.customerKey.field}" is the name of no field.`);
    }
  }
  aliasFaults(parts, fields, faults);
  timeFaults(parts, faults);
  if (parts.deletes) deletesFaults(parts.deletes.column, parts, fields, faults);
  if (parts.phoneRegion && !isSupportedCountry(parts.phoneRegion)) {
    faults.add(
      'phoneRegion',
      `"${parts.phoneRegion}" is no region of phone numbers; use an ISO 3166 code such as "JP".`,
    );
  }
}

type PlacedField = FieldDefinition & { readonly path: string };

function nameFaults(fields: readonly PlacedField[], faults: Faults): void {
  repeated(fields, (field) => field.name).forEach(({ field, first }) => {
    faults.add(`${field.path}.name`, `"${field.name}" is the name of ${first.path} too; names must differ.`);
  });
  for (const field of fields) {
    if (field.name === FORBIDDEN_FIELD_NAME) {
      faults.add(
        `${field.path}.name`,
        `"${FORBIDDEN_FIELD_NAME}" is forbidden by Customer Profiles; use another name.`,
      );
    }
    if (RESERVED_COLUMNS.includes(field.column)) reservedColumn(`${field.path}.column`, field.column, faults);
  }
}

/** A name in a header line or record must stand for one column. */
function aliasFaults(
  { aliases = {}, updatedAt, deletes }: MappingParts,
  fields: readonly PlacedField[],
  faults: Faults,
): void {
  const others = [updatedAt, deletes].flatMap((one) => (one ? [one.column] : []));
  const columns = new Set([...fields.map(({ column }) => column), ...others]);
  const owners = new Map<string, string>();
  for (const [column, names] of Object.entries(aliases)) {
    if (!columns.has(column))
      faults.add(`aliases.${column}`, 'is no column that the mapping reads; its names help nobody.');
    names.forEach((name, index) => {
      const path = `aliases.${column}.${index}`;
      const owner = owners.get(name);
      if (RESERVED_COLUMNS.includes(name)) reservedColumn(path, name, faults);
      if (columns.has(name)) faults.add(path, `"${name}" is a column of the mapping itself.`);
      else if (owner !== undefined) faults.add(path, `"${name}" is a name of the column ${owner} already.`);
      owners.set(name, column);
    });
  }
}

function reservedColumn(path: string, column: string, faults: Faults): void {
  faults.add(path, `"${column}" is a column of rejected files; rename the export's column.`);
}

function targetFaults(fields: readonly PlacedField[], faults: Faults): void {
  for (const { path, target } of fields) {
    if (target === undefined || isTarget(target)) continue;
    const similar = similarTarget(target);
    const help = similar === undefined ? 'docs/mapping.md has the list.' : `did you mean "${similar}"?`;
    faults.add(`${path}.target`, `"${target}" is no field of the standard profile; ${help}`);
  }
  const targeted = fields.filter((field) => field.target !== undefined);
  repeated(targeted, (field) => field.target ?? '').forEach(({ field, first }) => {
    faults.add(
      `${field.path}.target`,
      `"${field.target}" is the target of ${first.path} too; one field fills one target.`,
    );
  });
  for (const [one, other] of EXCLUSIVE_TARGETS) {
    const fieldOfOne = targeted.find((field) => field.target === one);
    if (fieldOfOne && targeted.some((field) => field.target === other)) {
      faults.add(`${fieldOfOne.path}.target`, `"${one}" and "${other}" exclude each other; keep "${other}".`);
    }
  }
}

function clearingFaults(fields: readonly PlacedField[], faults: Faults): void {
  for (const { path, target, required, clearWhenEmpty } of fields) {
    if (!clearWhenEmpty) continue;
    if (target === undefined) {
      faults.add(
        `${path}.clearWhenEmpty`,
        'is for fields with a target; without one nothing in the profile is filled.',
      );
    } else if (ENUMERATED_TARGETS.includes(target)) {
      faults.add(
        `${path}.clearWhenEmpty`,
        `can't be: ${target} takes only the service's own values, and none of them is empty.`,
      );
    }
    if (required) {
      faults.add(`${path}.clearWhenEmpty`, "can't be with required: a record that empties the field is rejected.");
    }
  }
}

function searchKeyFaults(fields: readonly PlacedField[], faults: Faults): void {
  const keyed = fields.filter((field) => field.searchKey !== undefined);
  for (const field of keyed) {
    const { searchKey = '', path } = field;
    const allowed = PREDEFINED_SEARCH_KEYS.get(searchKey);
    if (searchKey.startsWith('_') && allowed === undefined) {
      const known = [...PREDEFINED_SEARCH_KEYS.keys()].join(', ');
      faults.add(`${path}.searchKey`, `"${searchKey}" is not predefined; with an underscore in front only: ${known}.`);
    } else if (allowed !== undefined && !allowed.includes(contentTypeOf(field))) {
      faults.add(
        `${path}.contentType`,
        `is ${contentTypeOf(field)}; the search key ${searchKey} needs ${allowed.join(' or ')}.`,
      );
    }
    const first = keyed.find((other) => other.searchKey === searchKey);
    if (allowed === undefined && first && contentTypeOf(first) !== contentTypeOf(field)) {
      faults.add(
        `${path}.contentType`,
        `is ${contentTypeOf(field)}, but ${first.path} has ${contentTypeOf(first)} under the same search key; they must be the same.`,
      );
    }
  }
  const entries = keyed.length + 1;
  if (entries > MAX_KEY_ENTRIES) {
    faults.add(
      'fields',
      `have ${keyed.length} search keys; at most ${MAX_KEY_ENTRIES - 1} are allowed beside the customer key.`,
    );
  }
}

function customerKeyFaults(
  { keyName }: MappingDefinition['customerKey'],
  field: PlacedField,
  fields: readonly PlacedField[],
  faults: Faults,
): void {
  if (!field.required) {
    faults.add(`${field.path}.required`, 'must be true: this field is the customer key.');
  }
  // The service compares other content types loosely (case, punctuation); the ledger compares exactly.
  if (contentTypeOf(field) !== 'STRING') {
    faults.add(
      `${field.path}.contentType`,
      `is ${contentTypeOf(field)}; the customer key must be STRING, which is compared exactly.`,
    );
  }
  if (fields.some((one) => one.searchKey === keyName)) {
    faults.add('customerKey.keyName', `"${keyName}" is a search key too; the customer key needs a name of its own.`);
  }
}

/** A key or a time is in every record: as a mark it would be a slip that deletes. */
function deletesFaults(
  column: string,
  { customerKey, updatedAt }: MappingParts,
  fields: readonly PlacedField[],
  faults: Faults,
): void {
  const path = 'deletes.column';
  if (RESERVED_COLUMNS.includes(column)) reservedColumn(path, column, faults);
  const key = fields.find((field) => field.name === customerKey?.field);
  if (key?.column === column)
    faults.add(path, `"${column}" is the column of the customer key; name one that marks records.`);
  if (updatedAt?.column === column)
    faults.add(path, `"${column}" is the column of updatedAt; name one that marks records.`);
}

function timeFaults({ exports, updatedAt }: MappingParts, faults: Faults): void {
  if (exports?.timeInKey) {
    const fault = patternFault(exports.timeInKey.pattern);
    if (fault !== undefined) faults.add('exports.timeInKey.pattern', fault);
    timeZoneFaults('exports.timeInKey.timeZone', exports.timeInKey.timeZone, faults);
  }
  if (updatedAt === undefined) return;
  if (RESERVED_COLUMNS.includes(updatedAt.column)) reservedColumn('updatedAt.column', updatedAt.column, faults);
  if (updatedAt.timeZone === undefined) return;
  timeZoneFaults('updatedAt.timeZone', updatedAt.timeZone, faults);
  if (updatedAt.format !== 'iso') {
    faults.add('updatedAt.timeZone', `is only for the format "iso"; "${updatedAt.format}" counts from 1970 in UTC.`);
  }
}

function timeZoneFaults(path: string, timeZone: string, faults: Faults): void {
  if (!isTimeZone(timeZone)) faults.add(path, `"${timeZone}" is no time zone; use an IANA name such as "Asia/Tokyo".`);
}

function contentTypeOf(field: FieldDefinition): ContentType {
  return field.contentType ?? 'STRING';
}

/** The fields whose key an earlier field has, with that earlier field. */
function repeated(
  fields: readonly PlacedField[],
  keyOf: (field: PlacedField) => string,
): { field: PlacedField; first: PlacedField }[] {
  const firstByKey = new Map<string, PlacedField>();
  return fields.flatMap((field) => {
    const first = firstByKey.get(keyOf(field));
    if (first !== undefined) return [{ field, first }];
    firstByKey.set(keyOf(field), field);
    return [];
  });
}
