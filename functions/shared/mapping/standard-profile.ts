import { MAX_ADDITIONAL_INFORMATION, MAX_ATTRIBUTE_NAME, MAX_PROFILE_FIELD } from './limits.ts';
import type { ContentType } from './types.ts';

const ADDRESSES = ['Address', 'ShippingAddress', 'MailingAddress', 'BillingAddress'];
const ADDRESS_PARTS = [
  'Address1',
  'Address2',
  'Address3',
  'Address4',
  'City',
  'County',
  'State',
  'Province',
  'Country',
  'PostalCode',
];

const ADDITIONAL_INFORMATION = '_profile.AdditionalInformation';

/**
 * Every field of the standard profile that a value of an export can fill (API model, shape `Profile`), besides the
 * attributes. The service's own ids and structures that are no single value are left out.
 */
export const STANDARD_TARGETS: readonly string[] = [
  '_profile.AccountNumber',
  ADDITIONAL_INFORMATION,
  '_profile.PartyType',
  '_profile.PartyTypeString',
  '_profile.ProfileType',
  '_profile.BusinessName',
  '_profile.FirstName',
  '_profile.MiddleName',
  '_profile.LastName',
  '_profile.BirthDate',
  '_profile.Gender',
  '_profile.GenderString',
  '_profile.PhoneNumber',
  '_profile.MobilePhoneNumber',
  '_profile.HomePhoneNumber',
  '_profile.BusinessPhoneNumber',
  '_profile.EmailAddress',
  '_profile.PersonalEmailAddress',
  '_profile.BusinessEmailAddress',
  ...ADDRESSES.flatMap((address) => ADDRESS_PARTS.map((part) => `_profile.${address}.${part}`)),
];

const KNOWN_TARGETS = new Set(STANDARD_TARGETS);

/** A dot or a bracket in the name would be read as a path into the attribute. */
const ATTRIBUTE_TARGET = new RegExp(`^_profile\\.Attributes\\.[A-Za-z0-9_-]{1,${MAX_ATTRIBUTE_NAME}}$`);

export function isTarget(target: string): boolean {
  return KNOWN_TARGETS.has(target) || ATTRIBUTE_TARGET.test(target);
}

/** The target that differs from this one only in upper and lower case, the usual mistake. */
export function similarTarget(target: string): string | undefined {
  return STANDARD_TARGETS.find((known) => known.toLowerCase() === target.toLowerCase());
}

/** Characters that the service allows for a target. */
export function targetLimit(target: string): number {
  return target === ADDITIONAL_INFORMATION ? MAX_ADDITIONAL_INFORMATION : MAX_PROFILE_FIELD;
}

/** They take a value of an enumeration, and no empty one: UpdateProfile can't clear them (API model, shape `UpdateProfileRequest`). */
export const ENUMERATED_TARGETS: readonly string[] = ['_profile.Gender', '_profile.PartyType', '_profile.ProfileType'];

/** Pairs of which the service allows one: an enumeration and its free-text successor. */
export const EXCLUSIVE_TARGETS: readonly (readonly [string, string])[] = [
  ['_profile.Gender', '_profile.GenderString'],
  ['_profile.PartyType', '_profile.PartyTypeString'],
];

/**
 * The keys with an underscore that a search key may use, and their content types. Key names are global to a domain, and
 * a name that is used again must keep its content type.
 */
export const PREDEFINED_SEARCH_KEYS: ReadonlyMap<string, readonly ContentType[]> = new Map([
  ['_email', ['EMAIL_ADDRESS']],
  ['_phone', ['PHONE_NUMBER']],
  ['_fullName', ['NAME']],
  ['_account', ['STRING', 'NUMBER']],
]);
