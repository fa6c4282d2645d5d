import { badRequest } from './errors.ts';
import { DESCRIPTION, FIELD_NAME, KEY_NAME, record, TYPE_NAME, text } from './requests.ts';
import { parseTarget, type Target } from './standard-profile.ts';

const CONTENT_TYPES = ['STRING', 'NUMBER', 'PHONE_NUMBER', 'EMAIL_ADDRESS', 'NAME'] as const;
const IDENTIFIERS = ['PROFILE', 'UNIQUE', 'SECONDARY', 'LOOKUP_ONLY'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];
export type Identifier = (typeof IDENTIFIERS)[number];

/** https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html, read 2026-11. */
const MAX_FIELDS = 250;
const MAX_KEYS = 10;
const MAX_EXPIRATION_DAYS = 1_098;
/** Properties of AWS::CustomerProfiles::ObjectType that are kept and have no effect here. */
const WITHOUT_EFFECT = ['DomainName', 'EncryptionKey', 'MaxProfileObjectCount', 'Tags'];
const SUPPORTED = [
  'ObjectTypeName',
  'Description',
  'AllowProfileCreation',
  'ExpirationDays',
  'SourcePriority',
  'Fields',
  'Keys',
];

export interface Field {
  readonly name: string;
  /** As given, e.g. `_source.address.city`, and as the properties to go down. */
  readonly source: string;
  readonly path: readonly string[];
  readonly targetName?: string;
  readonly target?: Target;
  readonly contentType: ContentType;
}

export interface Key {
  /** Global to the domain. */
  readonly name: string;
  readonly field: Field;
  readonly identifiers: ReadonlySet<Identifier>;
}

export interface ObjectType {
  readonly name: string;
  readonly description: string;
  readonly allowProfileCreation: boolean;
  readonly expirationDays?: number;
  /** From 1, the highest; a type without one leaves what UpdateProfile has set. Between types it has no effect here. */
  readonly sourcePriority?: number;
  readonly fields: readonly Field[];
  readonly keys: readonly Key[];
  readonly uniqueKey: Key;
}

/**
 * Reads the properties of an AWS::CustomerProfiles::ObjectType. What this service does not know is refused by name.
 *
 * @throws ProfilesError BadRequestException
 */
export function parseObjectType(properties: Readonly<Record<string, unknown>>): ObjectType {
  const unknown = Object.keys(properties).filter((name) => ![...SUPPORTED, ...WITHOUT_EFFECT].includes(name));
  if (unknown.length > 0) throw badRequest(`Not supported of an object type: ${unknown.join(', ')}.`);
  const fields = parseFields(list(properties.Fields));
  const keys = list(properties.Keys).flatMap((key) => parseKeys(record(key), fields));
  if (keys.length > MAX_KEYS)
    throw badRequest(`The object type has ${keys.length} keys; at most ${MAX_KEYS} are allowed.`);
  const [uniqueKey, second] = keys.filter(({ identifiers }) => identifiers.has('UNIQUE'));
  if (uniqueKey === undefined || second) throw badRequest('The object type must have exactly one UNIQUE key.');
  if (!keys.some(({ identifiers }) => identifiers.has('PROFILE'))) {
    throw badRequest('The object type must have a PROFILE key.');
  }
  return {
    name: text(properties.ObjectTypeName, 'objectTypeName', TYPE_NAME),
    description: text(properties.Description, 'description', DESCRIPTION),
    allowProfileCreation: properties.AllowProfileCreation === true,
    ...(properties.ExpirationDays !== undefined && { expirationDays: expirationDays(properties.ExpirationDays) }),
    ...(properties.SourcePriority !== undefined && { sourcePriority: sourcePriority(properties.SourcePriority) }),
    fields,
    keys,
    uniqueKey,
  };
}

function expirationDays(value: unknown): number {
  const days = Number(value);
  if (Number.isInteger(days) && days >= 1 && days <= MAX_EXPIRATION_DAYS) return days;
  throw badRequest(`ExpirationDays must be a whole number from 1 to ${MAX_EXPIRATION_DAYS}.`);
}

function parseFields(definitions: readonly unknown[]): Field[] {
  if (definitions.length > MAX_FIELDS) throw badRequest(`At most ${MAX_FIELDS} fields are allowed.`);
  const fields = definitions.map((definition) => {
    const { Name, ObjectTypeField } = record(definition);
    const { Source, Target, ContentType } = record(ObjectTypeField);
    const name = text(Name, 'fieldName', FIELD_NAME);
    const [root, ...path] = String(Source).split('.');
    if (root !== '_source' || path.length === 0 || path.includes('') || /[{}]/.test(String(Source))) {
      throw badRequest(`The source of the field ${name} must be _source.<property>; templates are not supported.`);
    }
    if (name === 'Tags' || !/^[a-zA-Z]/.test(name)) throw badRequest(`A field can't be named ${name}.`);
    return {
      name,
      source: String(Source),
      path,
      contentType: oneOf(CONTENT_TYPES, ContentType ?? 'STRING', `ContentType of the field ${name}`),
      ...(Target !== undefined && { targetName: String(Target), target: parseTarget(String(Target)) }),
    };
  });
  refuseRepeated(fields.map(({ name }) => name));
  refuseRepeated(fields.flatMap(({ targetName }) => targetName ?? []));
  return fields;
}

function sourcePriority(value: unknown): number {
  const priority = Number(value);
  if (Number.isInteger(priority) && priority >= 1) return priority;
  throw badRequest('SourcePriority must be a whole number from 1 up.');
}

/** The keys of one name: CloudFormation has a list of them under it. */
function parseKeys({ Name, ObjectTypeKeyList }: Readonly<Record<string, unknown>>, fields: readonly Field[]): Key[] {
  const name = text(Name, 'keyName', KEY_NAME);
  return list(ObjectTypeKeyList).map((definition) => {
    const { FieldNames, StandardIdentifiers = [] } = record(definition);
    const [fieldName, ...others] = list(FieldNames);
    const field = fields.find((candidate) => candidate.name === fieldName);
    if (others.length > 0) throw badRequest(`The key ${name} has several fields, which is not supported.`);
    if (field === undefined) throw badRequest(`The key ${name} names no field of the object type.`);
    const identifiers = list(StandardIdentifiers).map((value) =>
      oneOf(IDENTIFIERS, value, `Identifier of the key ${name}`),
    );
    if (identifiers.includes('UNIQUE') && identifiers.includes('LOOKUP_ONLY')) {
      throw badRequest(`The key ${name} can't be both UNIQUE and LOOKUP_ONLY.`);
    }
    return { name, field, identifiers: new Set(identifiers) };
  });
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, what: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw badRequest(`${what}: ${String(value)} is not supported; only ${allowed.join(', ')} are.`);
  return found;
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw badRequest('Fields, Keys, ObjectTypeKeyList, FieldNames and StandardIdentifiers must be lists.');
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw badRequest(`${repeated} is given to more than one field.`);
}
