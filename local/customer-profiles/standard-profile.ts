import { badRequest } from './errors.ts';

/** A standard profile as the API shows it, without its id. */
export type StandardProfile = { [field: string]: string | { [part: string]: string } };

/** Where a field of an object type goes: `[field]`, `[address, part]` or `['Attributes', name]`. */
export type Target = readonly [string] | readonly [string, string];

const MAX_CHARACTERS = 255;
const MAX_ADDITIONAL_INFORMATION = 1_000;

const TEXT_FIELDS = new Set(
  `AccountNumber AdditionalInformation BusinessName FirstName MiddleName LastName BirthDate PhoneNumber MobilePhoneNumber
   HomePhoneNumber BusinessPhoneNumber EmailAddress PersonalEmailAddress BusinessEmailAddress PartyTypeString
   GenderString`.split(/\s+/),
);
const ENUM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Gender: ['MALE', 'FEMALE', 'UNSPECIFIED'],
  PartyType: ['INDIVIDUAL', 'BUSINESS', 'OTHER'],
  ProfileType: ['ACCOUNT_PROFILE', 'PROFILE'],
};
const ADDRESSES = new Set(['Address', 'ShippingAddress', 'MailingAddress', 'BillingAddress']);
const ADDRESS_PARTS = new Set(
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
  const max = field === 'AdditionalInformation' ? MAX_ADDITIONAL_INFORMATION : MAX_CHARACTERS;
  if (value.length > max) {
    throw badRequest(`Value '${value}' at '${field}' must have length less than or equal to ${max}.`);
  }
  const allowed = ENUM_FIELDS[field];
  if (allowed && !allowed.includes(value)) {
    throw badRequest(`Value '${value}' at '${field}' must satisfy enum value set: [${allowed.join(', ')}].`);
  }
}

/** Sets one value; all others stay as they are. */
export function setValue(profile: StandardProfile, [field, part]: Target, value: string): void {
  const group = profile[field];
  profile[field] = part === undefined ? value : { ...(typeof group === 'object' && group), [part]: value };
}
