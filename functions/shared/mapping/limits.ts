/**
 * Limits of Customer Profiles that a mapping or a profile object can run into.
 *
 * Sources: the API model `customer-profiles/2020-08-15` (botocore 1.43.67), and the page "Amazon Connect service
 * limits" of the Admin Guide, both read in November 2026.
 */

/** Fields per object type. Admin Guide, object type mapping. */
export const MAX_FIELDS = 250;
/** Entries of all keys per object type. Admin Guide, object type mapping. */
export const MAX_KEY_ENTRIES = 10;

/** Characters. API model, shape `fieldName`. */
export const MAX_FIELD_NAME = 64;
/** Characters. API model, shape `name`. */
export const MAX_KEY_NAME = 64;
/** Characters. API model, shape `typeName`. */
export const MAX_OBJECT_TYPE_NAME = 255;
/** Characters. API model, shape `sensitiveText`; CloudFormation alone would allow more. */
export const MAX_DESCRIPTION = 1_000;
/** Characters. API model, shape `string1To255` (keys of `Attributes`). */
export const MAX_ATTRIBUTE_NAME = 255;

/** Days. API model, shape `expirationDaysInteger`. */
export const MIN_EXPIRATION_DAYS = 1;
export const MAX_EXPIRATION_DAYS = 1_098;

/** Characters of a field of the standard profile. API model, shape `Profile`. */
export const MAX_PROFILE_FIELD = 255;
/** Characters of `_profile.AdditionalInformation`, the one longer field. API model, shape `Profile`. */
export const MAX_ADDITIONAL_INFORMATION = 1_000;
/** Characters of a value that profiles are found by. API model, `SearchProfiles`. */
export const MAX_KEY_VALUE = 255;
/**
 * UTF-8 bytes of one profile object: 250 KB. Admin Guide, not adjustable. Also keeps below the 256,000 characters of
 * `PutProfileObject` in the API model, since no character takes less than a byte.
 */
export const MAX_OBJECT_BYTES = 256_000;

/** Milliseconds: how far in the future an `updatedAt` may lie (time zones and clocks differ) before it is a mistake. */
export const MAX_FUTURE_MS = 24 * 60 * 60 * 1_000;
