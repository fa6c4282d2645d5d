import { ListProfileObjectTypesCommand, type Profile } from '@aws-sdk/client-customer-profiles';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import {
  customerObjects,
  type FoundObject,
  MAX_RESULTS,
  objectsOf,
  searchProfiles,
} from '../../functions/shared/profiles/customer-objects.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';

/** What every profile has, and no object fills. */
const OWN_MEMBERS: readonly string[] = ['ProfileId', 'FoundByItems'];

/** A profile that has the customer key, and what this system put into it. */
export interface FoundProfile {
  readonly profileId: string;
  /** By targets such as `_profile.Address.City`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Profile objects of the system's type; others than the customer's own are there if profiles were merged. */
  readonly objects: readonly FoundObject[];
}

/** More than one is possible: others may put the key into profiles, too. */
export function findProfiles(
  stack: Pick<ConnectedStack, 'clients' | 'outputs'>,
  mapping: Mapping,
  customerKey: string,
): Promise<readonly FoundProfile[]> {
  return findProfilesBy(stack, mapping, mapping.definition.customerKey.keyName, customerKey);
}

/** @param keyName of a search key: the customer key's, or a standard one such as `_email`. */
export async function findProfilesBy(
  { clients: { profiles }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  mapping: Mapping,
  keyName: string,
  value: string,
): Promise<readonly FoundProfile[]> {
  const caller = { client: profiles, domainName: outputs.DomainName };
  const found = await searchProfiles(caller, keyName, value);
  return Promise.all(
    found.map(async (profile) => {
      const { ProfileId: profileId = '' } = profile;
      return { profileId, fields: fieldsOf(profile), objects: await customerObjects(caller, mapping, profileId) };
    }),
  );
}

/** How many profile objects of other types a profile holds, by type; types that it has none of are left out. */
export async function countOtherObjects(
  { clients: { profiles }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  profileId: string,
): Promise<Readonly<Record<string, number>>> {
  const { DomainName, ObjectTypeName } = outputs;
  const counts: Record<string, number> = {};
  let NextToken: string | undefined;
  do {
    const page = await profiles.send(
      new ListProfileObjectTypesCommand({ DomainName, MaxResults: MAX_RESULTS, NextToken }),
    );
    for (const { ObjectTypeName: type } of page.Items ?? []) {
      if (type === undefined || type === ObjectTypeName) continue;
      const objects = await objectsOf({ client: profiles, domainName: DomainName }, type, profileId);
      if (objects.length > 0) counts[type] = objects.length;
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return counts;
}

/** A standard profile has texts, and groups of texts: addresses and attributes. */
function fieldsOf(profile: Profile): Readonly<Record<string, string>> {
  const fields = Object.entries(profile).flatMap(([name, value]): (readonly [string, string])[] => {
    if (OWN_MEMBERS.includes(name)) return [];
    if (typeof value === 'string') return [[`_profile.${name}`, value]];
    return Object.entries(value ?? {}).flatMap(([part, text]) =>
      typeof text === 'string' ? [[`_profile.${name}.${part}`, text] as const] : [],
    );
  });
  return Object.fromEntries(fields);
}
