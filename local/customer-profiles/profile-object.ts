import { createHash } from 'node:crypto';
import { badRequest } from './errors.ts';
import type { ContentType, Field, Key, ObjectType } from './object-type.ts';
import { checkValue } from './standard-profile.ts';

/** "Maximum size for a profile object: 250 KB", not adjustable: Amazon Connect service limits, read 2026-11. */
const MAX_BYTES = 250 * 1024;
const MAX_KEY_CHARACTERS = 255;

/** A profile object as its object type reads it. */
export interface ProfileObject {
  /** JSON, as it was put. */
  readonly text: string;
  /** What ListProfileObjects calls ProfileObjectUniqueKey: the same for every object with the same UNIQUE value. */
  readonly uniqueKey: string;
  /** Fields that hold a value: an empty or missing one counts as absent. */
  readonly values: ReadonlyMap<Field, string>;
}

/**
 * Reads and checks the Object of a PutProfileObject request.
 *
 * @throws ProfilesError BadRequestException; its message may quote the object.
 */
export function readProfileObject(type: ObjectType, text: string): ProfileObject {
  if (Buffer.byteLength(text) > MAX_BYTES) throw badRequest(`The object has more than ${MAX_BYTES} bytes.`);
  const source = parse(text);
  const values = new Map<Field, string>();
  for (const field of type.fields) {
    const value = readField(source, field);
    if (value === '') continue;
    if (field.target) checkValue(field.target, value);
    values.set(field, value);
  }
  for (const { name, field } of type.keys) {
    if ((values.get(field)?.length ?? 0) > MAX_KEY_CHARACTERS) {
      throw badRequest(
        `Value '${values.get(field)}' of the key ${name} has more than ${MAX_KEY_CHARACTERS} characters.`,
      );
    }
  }
  const unique = values.get(type.uniqueKey.field);
  if (unique === undefined) throw badRequest(`The field ${type.uniqueKey.field.name} of the UNIQUE key is empty.`);
  const profileKeys = type.keys.filter(({ identifiers }) => identifiers.has('PROFILE'));
  if (!profileKeys.some(({ field }) => values.has(field)))
    throw badRequest('The fields of all PROFILE keys are empty.');
  const uniqueKey = createHash('sha256').update(`${type.name}\0${keyValue(type.uniqueKey.field, unique)}`);
  return { text, uniqueKey: uniqueKey.digest('base64'), values };
}

function parse(text: string): unknown {
  try {
    const source: unknown = JSON.parse(text);
    if (typeof source === 'object' && source !== null && !Array.isArray(source)) return source;
  } catch (error) {
    throw badRequest(`The Object is not valid JSON: ${String(error)}`);
  }
  throw badRequest('The Object is not a JSON object.');
}

function readField(source: unknown, { name, path }: Field): string {
  let value = source;
  for (const property of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, property)
        ? Reflect.get(value, property)
        : undefined;
  }
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw badRequest(`The field ${name} is an array or an object.`);
  return String(value);
}

/** The keys of an object that hold a value, in the order of its type. */
export function keysOf(type: ObjectType, { values }: ProfileObject): { key: Key; value: string }[] {
  return type.keys.flatMap((key) => {
    const value = values.get(key.field);
    return value === undefined ? [] : [{ key, value: keyValue(key.field, value) }];
  });
}

/**
 * The form in which values of a content type are compared: phone numbers by their digits, e-mail addresses and names
 * without regard to case, all else exactly.
 */
export function keyValue({ contentType }: { readonly contentType: ContentType }, value: string): string {
  if (contentType === 'EMAIL_ADDRESS' || contentType === 'NAME') return value.trim().toLowerCase();
  // A "phone number" without digits would otherwise equal every other one.
  if (contentType === 'PHONE_NUMBER') return value.replaceAll(/\D/g, '') || value;
  return value;
}
