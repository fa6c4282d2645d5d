import { badRequest } from './errors.ts';
import type { ContentType, ObjectType } from './object-type.ts';
import { keyValue } from './profile-object.ts';
import type { ProfileStore } from './profile-store.ts';
import type { SearchKey } from './requests.ts';

/** Key names that the service knows in every domain (SearchProfiles in its model); without objects that use them they find nothing. */
const PREDEFINED = new Set(
  `_account _profileId _assetId _caseId _orderId _fullName _phone _email _ctrContactId _marketoLeadId _salesforceAccountId
   _salesforceContactId _salesforceAssetId _zendeskUserId _zendeskExternalId _zendeskTicketId _serviceNowSystemId
   _serviceNowIncidentId _segmentUserId _shopifyCustomerId _shopifyOrderId`.split(/\s+/),
);

/** A profile that a search found, and by which of the keys and values asked for. */
export interface Found {
  /** Row number of the profile. */
  readonly id: number;
  readonly by: readonly { KeyName: string; Values: string[] }[];
}

/**
 * The profiles that have one of the values of each key (AND) or of any key (OR), in the order of their creation.
 *
 * @throws ProfilesError BadRequestException for a key that no object type of the domain has.
 */
export function search(
  store: ProfileStore,
  domain: string,
  types: readonly ObjectType[],
  keys: readonly SearchKey[],
  operator: 'AND' | 'OR',
): Found[] {
  const found = new Map<number, { KeyName: string; Values: string[] }[]>();
  for (const { name, values } of keys) {
    const contentType = contentTypeOf(name, types);
    for (const value of new Set(values)) {
      for (const id of profilesWith(store, domain, name, keyValue({ contentType }, value))) {
        const by = found.get(id) ?? [];
        const same = by.find(({ KeyName }) => KeyName === name);
        if (same) same.Values.push(value);
        else by.push({ KeyName: name, Values: [value] });
        found.set(id, by);
      }
    }
  }
  const wanted = operator === 'AND' ? new Set(keys.map(({ name }) => name)).size : 1;
  const all = [...found].filter(([, by]) => by.length >= wanted).map(([id, by]) => ({ id, by }));
  return all.sort((a, b) => a.id - b.id);
}

function profilesWith(store: ProfileStore, domain: string, name: string, value: string): number[] {
  if (name !== '_profileId') return store.profilesByKey(domain, name, value);
  const profile = store.profileById(domain, value);
  return profile === undefined ? [] : [profile.id];
}

/** Keys of one name have one content type in the whole domain. */
function contentTypeOf(name: string, types: readonly ObjectType[]): ContentType {
  const key = types.flatMap(({ keys }) => keys).find((candidate) => candidate.name === name);
  if (key === undefined && !PREDEFINED.has(name)) throw badRequest(`The key ${name} is not defined in the domain.`);
  return key?.field.contentType ?? 'STRING';
}
