import { InvalidMapping } from '../errors.ts';
import { jsonFault } from './json-syntax.ts';
import {
  MAX_DESCRIPTION,
  MAX_EXPIRATION_DAYS,
  MAX_FIELD_NAME,
  MAX_FIELDS,
  MAX_KEY_NAME,
  MAX_OBJECT_TYPE_NAME,
  MIN_EXPIRATION_DAYS,
} from './limits.ts';
import { Faults, ObjectReader } from './reader.ts';
import { ruleFaults } from './rules.ts';
import type { FieldDefinition, MappedEncoding, MappingDefinition } from './types.ts';

/**
 * Narrower than the service's `[a-zA-Z0-9_.-]`: it reads a field by the accessor `_source.<name>`, so a dot would point
 * into a nested object that a flat profile object does not have, and the value would be lost without an error.
 */
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const FIELD_NAME_IN_WORDS = 'a letter followed by letters, digits, "_" or "-"';
const OBJECT_TYPE_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** Key names are global to the domain; those with an underscore in front belong to the service. */
const OWN_KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const SEARCH_KEY_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** More records than an export may have. */
const MAX_DELETES = 100_000_000;
const PHONE_REGION = /^[A-Z]{2}$/;
const MAPPED_ENCODINGS: readonly MappedEncoding[] = ['utf-8', 'shift_jis', 'euc-jp', 'windows-1252', 'iso-8859-1'];
/** Spaces around a column name would never be seen in the file and never match. */
const BARE = /^\S(?:.*\S)?$/s;
const COLUMN_RULE = { pattern: BARE, allowed: 'a column name without spaces around it' };
const VALUE_RULE = { pattern: BARE, allowed: 'a value without spaces around it' };

/**
 * The mapping that a text holds, with defaults filled in.
 *
 * @param fileName only for messages.
 * @throws InvalidMapping naming every fault by its path.
 */
export function parseMapping(text: string, fileName: string): MappingDefinition {
  const faults = new Faults();
  const definition = readDefinition(parseJson(text.replace(/^\uFEFF/, ''), fileName), faults);
  if (definition === undefined || faults.lines.length > 0) {
    const count = faults.lines.length === 1 ? '1 fault' : `${faults.lines.length} faults`;
    throw new InvalidMapping(
      [`${fileName} is not a valid mapping (${count}; see docs/mapping.md):`, ...faults.lines].join('\n  '),
    );
  }
  return definition;
}

function parseJson(text: string, fileName: string): unknown {
  const fault = jsonFault(text);
  if (fault === undefined) return JSON.parse(text);
  throw new InvalidMapping(`${fileName} is not JSON: look at line ${fault.line}, column ${fault.column}.`);
}

function readDefinition(value: unknown, faults: Faults): MappingDefinition | undefined {
  const reader = ObjectReader.open(
    value,
    '',
    ['$schema', 'objectType', 'exports', 'aliases', 'customerKey', 'updatedAt', 'deletes', 'phoneRegion', 'fields'],
    faults,
  );
  if (reader === undefined) return undefined;
  reader.string('$schema');
  const parts = {
    objectType: readObjectType(reader),
    exports: readExports(reader),
    aliases: readAliases(reader),
    customerKey: readCustomerKey(reader),
    updatedAt: readUpdatedAt(reader),
    deletes: readDeletes(reader),
    phoneRegion: reader.string('phoneRegion', { pattern: PHONE_REGION, allowed: 'two capital letters, such as "JP"' }),
    fields: reader
      .array('fields', MAX_FIELDS)
      ?.map((field, index) => readField(ObjectReader.open(field, `fields[${index}]`, FIELD_PROPERTIES, faults))),
  };
  ruleFaults(parts, faults);
  const { objectType, exports, customerKey } = parts;
  const fields = parts.fields?.filter((field) => field !== undefined);
  if (!objectType || !exports || !customerKey || !fields) return undefined;
  return {
    objectType,
    exports,
    customerKey,
    fields,
    ...(parts.aliases && { aliases: parts.aliases }),
    ...(parts.updatedAt && { updatedAt: parts.updatedAt }),
    ...(parts.deletes && { deletes: parts.deletes }),
    ...(parts.phoneRegion && { phoneRegion: parts.phoneRegion }),
  };
}

function readObjectType(parent: ObjectReader): MappingDefinition['objectType'] | undefined {
  const reader = parent.object('objectType', ['name', 'description', 'expirationDays'], true);
  const name = reader?.string('name', {
    required: true,
    maxLength: MAX_OBJECT_TYPE_NAME,
    pattern: OBJECT_TYPE_NAME,
    allowed: 'a letter followed by letters, digits, "_" or "-"',
  });
  const description = reader?.string('description', { required: true, maxLength: MAX_DESCRIPTION });
  const expirationDays = reader?.integer('expirationDays', MIN_EXPIRATION_DAYS, MAX_EXPIRATION_DAYS);
  if (!name || !description || !expirationDays) return undefined;
  return { name, description, expirationDays };
}

function readExports(parent: ObjectReader): MappingDefinition['exports'] | undefined {
  const reader = parent.object('exports', ['contains', 'timeInKey', 'delimiter', 'encoding'], false);
  const timeReader = reader?.object('timeInKey', ['pattern', 'timeZone'], false);
  const pattern = timeReader?.string('pattern', { required: true });
  const timeZone = timeReader?.string('timeZone', { required: true });
  const delimiter = reader?.choice('delimiter', [',', ';', '\t', '|']);
  const encoding = reader?.choice('encoding', MAPPED_ENCODINGS);
  return {
    contains: reader?.choice('contains', ['full', 'changes']) ?? 'changes',
    ...(pattern && timeZone && { timeInKey: { pattern, timeZone } }),
    ...(delimiter && { delimiter }),
    ...(encoding && { encoding }),
  };
}

/** The keys are columns of the mapping, so what may be one is told by the rules between the parts. */
function readAliases(parent: ObjectReader): MappingDefinition['aliases'] {
  const reader = parent.map('aliases');
  if (reader === undefined) return undefined;
  return Object.fromEntries(reader.names.map((column) => [column, reader.strings(column, COLUMN_RULE) ?? []]));
}

function readCustomerKey(parent: ObjectReader): MappingDefinition['customerKey'] | undefined {
  const reader = parent.object('customerKey', ['field', 'keyName'], true);
  const field = reader?.string('field', { required: true });
  const keyName = reader?.string('keyName', {
    required: true,
    maxLength: MAX_KEY_NAME,
    pattern: OWN_KEY_NAME,
    allowed: 'letters, digits, "_" and "-", without an underscore in front',
  });
  return field && keyName ? { field, keyName } : undefined;
}

function readUpdatedAt(parent: ObjectReader): MappingDefinition['updatedAt'] {
  const reader = parent.object('updatedAt', ['column', 'format', 'timeZone'], false);
  if (reader === undefined) return undefined;
  const column = readColumn(reader);
  const format = reader.choice('format', ['iso', 'epochSeconds', 'epochMilliseconds']) ?? 'iso';
  const timeZone = reader.string('timeZone');
  return column ? { column, format, ...(timeZone && { timeZone }) } : undefined;
}

function readDeletes(parent: ObjectReader): MappingDefinition['deletes'] {
  const reader = parent.object('deletes', ['column', 'values', 'action', 'maxCount', 'maxShare'], false);
  if (reader === undefined) return undefined;
  const column = readColumn(reader);
  const values = reader.strings('values', VALUE_RULE);
  const action = reader.choice('action', ['object', 'profile'], true);
  const maxCount = reader.integer('maxCount', 0, MAX_DELETES);
  const maxShare = reader.share('maxShare');
  if (!column || !values || !action || maxCount === undefined || maxShare === undefined) return undefined;
  return { column, values, action, maxCount, maxShare };
}

const FIELD_PROPERTIES = [
  'name',
  'column',
  'target',
  'contentType',
  'required',
  'normalize',
  'searchKey',
  'clearWhenEmpty',
];

function readField(reader: ObjectReader | undefined): FieldDefinition | undefined {
  if (reader === undefined) return undefined;
  const name = reader.string('name', {
    required: true,
    maxLength: MAX_FIELD_NAME,
    pattern: FIELD_NAME,
    allowed: FIELD_NAME_IN_WORDS,
  });
  const column = readColumn(reader);
  const target = reader.string('target');
  const contentType = reader.choice('contentType', ['STRING', 'NUMBER', 'PHONE_NUMBER', 'EMAIL_ADDRESS', 'NAME']);
  const required = reader.boolean('required');
  const normalize = reader.choice('normalize', ['phone', 'email', 'date']);
  const searchKey = reader.string('searchKey', {
    maxLength: MAX_KEY_NAME,
    pattern: SEARCH_KEY_NAME,
    allowed: 'letters, digits, "_" and "-"',
  });
  const clearWhenEmpty = reader.boolean('clearWhenEmpty');
  if (!name || !column) return undefined;
  return {
    name,
    column,
    ...(target && { target }),
    ...(contentType && { contentType }),
    ...(required && { required }),
    ...(normalize && { normalize }),
    ...(searchKey && { searchKey }),
    ...(clearWhenEmpty && { clearWhenEmpty }),
  };
}

function readColumn(reader: ObjectReader): string | undefined {
  return reader.string('column', { required: true, ...COLUMN_RULE });
}
