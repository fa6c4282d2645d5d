import { badRequest, notImplemented } from './errors.ts';
import { record, text } from './requests.ts';
import {
  ADDRESS_PARTS,
  ADDRESSES,
  checkValue,
  ENUM_FIELDS,
  MAX_CHARACTERS,
  maxCharacters,
  type Target,
  TEXT_FIELDS,
} from './standard-profile.ts';

/** A value for one field of a profile; an empty one clears it. */
export type Change = readonly [target: Target, value: string];

/**
 * What the body of an UpdateProfile request changes.
 *
 * @throws ProfilesError BadRequestException; NotImplementedException naming a member that is not known here.
 */
export function readChanges(body: Readonly<Record<string, unknown>>): Change[] {
  return Object.entries(body).flatMap(([member, value]): Change[] => {
    if (member === 'ProfileId' || value === null) return [];
    if (TEXT_FIELDS.has(member)) return [[[member], textOrEmpty(value, member, maxCharacters(member))]];
    if (Object.hasOwn(ENUM_FIELDS, member)) return [enumChange(member, value)];
    if (ADDRESSES.has(member)) return parts(member, value, ADDRESS_PARTS);
    if (member === 'Attributes') return parts(member, value);
    throw notImplemented(`UpdateProfile with ${member}`);
  });
}

function enumChange(member: string, value: unknown): Change {
  const name = text(value, member, { max: MAX_CHARACTERS });
  checkValue([member], name);
  return [[member], name];
}

/** The parts of an address, or the attributes, which have names of their own. */
function parts(member: string, value: unknown, known?: ReadonlySet<string>): Change[] {
  return Object.entries(record(value)).flatMap(([part, content]): Change[] => {
    if (known?.has(part) === false) throw badRequest(`${member} has no part of that name.`);
    text(part, member, { max: MAX_CHARACTERS });
    return content === null ? [] : [[[member, part], textOrEmpty(content, member, MAX_CHARACTERS)]];
  });
}

function textOrEmpty(value: unknown, member: string, max: number): string {
  return value === '' ? '' : text(value, member, { max });
}
