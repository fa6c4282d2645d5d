import type { ObjectType } from './object-type.ts';
import { keysOf, type ProfileObject } from './profile-object.ts';
import type { ProfileStore } from './profile-store.ts';
import { type StandardProfile, setValue, type Target } from './standard-profile.ts';

/** Of a domain that sets none. */
const DEFAULT_EXPIRATION_DAYS = 365;

/**
 * Places a profile object: finds or creates its profile, fills the profile's fields through the targets, and replaces
 * the object that had the same UNIQUE value. Fields that the object does not hold stay as they are in the profile.
 *
 * Returns false if it matches no profile and its type may not create one; nothing is stored then. `now` is epoch
 * milliseconds: from then on the profile lives for the days of the type that updated it last.
 */
export function place(
  store: ProfileStore,
  domain: string,
  type: ObjectType,
  object: ProfileObject,
  now: number,
): boolean {
  store.removeExpired(now);
  const keys = keysOf(type, object);
  // An object whose keys find nothing any more stays with its profile; the service's documents do not say.
  const found =
    findProfile(store, domain, keys, false) ??
    findProfile(store, domain, keys, true) ??
    store.findObject(domain, object.uniqueKey)?.profile;
  if (found === undefined && !type.allowProfileCreation) return false;
  store.atomically(() => {
    const stays = found === undefined || type.sourcePriority !== undefined ? () => false : store.isSetByHand(found);
    const profile = fill(found === undefined ? {} : store.profile(found).profile, object, stays);
    if (found !== undefined) store.updateProfile(found, profile);
    const id = found ?? store.createProfile(domain, withInferred(profile, object));
    const stored = keys.filter(({ key }) => !key.identifiers.has('LOOKUP_ONLY'));
    store.putObject(
      domain,
      { uniqueKey: object.uniqueKey, type: type.name, profile: id, text: object.text },
      stored.map(({ key, value }) => ({ name: key.name, value })),
    );
    store.retain(id, type.expirationDays ?? DEFAULT_EXPIRATION_DAYS, now);
  });
  return true;
}

/** The profile of the first PROFILE key, primary or secondary, that only one profile has: a key with two hits is ambiguous and skipped. */
function findProfile(
  store: ProfileStore,
  domain: string,
  keys: ReturnType<typeof keysOf>,
  secondary: boolean,
): number | undefined {
  for (const { key, value } of keys) {
    const isSecondary = key.identifiers.has('SECONDARY');
    if (isSecondary !== secondary || !(isSecondary || key.identifiers.has('PROFILE'))) continue;
    const [profile, another] = store.profilesByKey(domain, key.name, value);
    if (profile !== undefined && another === undefined) return profile;
  }
  return undefined;
}

/** @param stays whether a field is left as it is: one that was set by hand, where the object type has no SourcePriority. */
function fill(
  profile: StandardProfile,
  { values }: ProfileObject,
  stays: (target: Target) => boolean,
): StandardProfile {
  for (const [{ target }, value] of values) if (target && !stays(target)) setValue(profile, target, value);
  return profile;
}

/** An inferred profile, created by an object that fills no field through a target, gets its phone number and e-mail address. */
function withInferred(profile: StandardProfile, { values }: ProfileObject): StandardProfile {
  if (Object.keys(profile).length > 0) return profile;
  for (const [{ contentType }, value] of values) {
    if (contentType === 'PHONE_NUMBER') profile.PhoneNumber ??= value;
    if (contentType === 'EMAIL_ADDRESS') profile.EmailAddress ??= value;
  }
  return profile;
}
