import { badRequest } from './errors.ts';

/** A standard profile as the API shows it, without its id. */
export type StandardProfile = { [field: string]: string | { [part: string]: string } };

/** Where a field of an object type goes: `[field]`, `[address, part]` or `['Attributes', name]`. */
export type Target = readonly [string] | readonly [string, string];

export const MAX_CHARACTERS = 255;
const MAX_ADDITIONAL_INFORMATION = 1_000;

export const TEXT_FIELDS = new Set(
  `AccountNumber AdditionalInformation BusinessName FirstName MiddleName LastName BirthDate PhoneNumber MobilePhoneNumber
   HomePhoneNumber BusinessPhoneNumber EmailAddress PersonalEmailAddress BusinessEmailAddress PartyTypeString
   GenderString`.split(/\s+/),
);
export const ENUM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Gender: ['MALE', 'FEMALE', 'UNSPECIFIED'],
  PartyType: ['INDIVIDUAL', 'BUSINESS', 'OTHER'],
  ProfileType: ['ACCOUNT_PROFILE', 'PROFILE'],
};
export const ADDRESSES = new Set(['Address', 'ShippingAddress', 'MailingAddress', 'BillingAddress']);
export const ADDRESS_PARTS = new Set(
  'Address1 Address2 Address3 Address4 City County State Province Country PostalCode'.split(' '),
);

/** Parses `_profile.FirstName`, `_profile.Address.City` or `_profile.Attributes.name`. @throws ProfilesError BadRequestException */
export function parseTarget(target: string): Target {
  const [root, field = '', ...rest] = target.split('.');
  const part = rest.join('.');
  const standard =
    part === ''
      ? TEXT_FIELDS.has(field) || Object.hasOwn(ENUM_FIELDS, field)
      : field === 'Attributes' || (ADDRESSES.has(field) && ADDRESS_PARTS.has(part));
  if (root !== '_profile' || !standard) throw badRequest(`The target ${target} is no field of the standard profile.`);
  return part === '' ? [field] : [field, part];
}

/**
 * What the real service does with a value that its profile can't hold is not documented (refuse, cut, or lose it
 * later); here it is refused, so that nobody builds on the kinder guesses.
 *
 * @throws ProfilesError BadRequestException
 */
export function checkValue([field]: Target, value: string): void {
  const max = maxCharacters(field);
  if (value.length > max) {
    throw badRequest(`Value '${value}' at '${field}' must have length less than or equal to ${max}.`);
  }
  const allowed = ENUM_FIELDS[field];
  if (allowed && !allowed.includes(value)) {
    throw badRequest(`Value '${value}' at '${field}' must satisfy enum value set: [${allowed.join(', ')}].`);
  }
}

/** How long a text in this field may be. */
export function maxCharacters(field: string): number {
  return field === 'AdditionalInformation' ? MAX_ADDITIONAL_INFORMATION : MAX_CHARACTERS;
}

/** Sets one value, or clears it if it is empty; all others stay as they are. */
export function setValue(profile: StandardProfile, [field, part]: Target, value: string): void {
  const group = profile[field];
  if (part === undefined) profile[field] = value;
  else profile[field] = withValue(typeof group === 'object' ? group : {}, part, value);
  if (profile[field] === '' || Object.keys(profile[field]).length === 0) delete profile[field];
}

function withValue(group: { [part: string]: string }, part: string, value: string): { [part: string]: string } {
  const { [part]: _, ...others } = group;
  return value === '' ? others : { ...others, [part]: value };
}
