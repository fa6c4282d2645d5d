import {
  type CustomerProfilesClient,
  ListProfileObjectsCommand,
  ListProfileObjectTypesCommand,
  type Profile,
  SearchProfilesCommand,
} from '@aws-sdk/client-customer-profiles';
import { columnValues, parseJsonObject } from '../../functions/shared/export/json-object.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';

/** Of one page. Customer Profiles API Reference, read 2026-11. */
const MAX_RESULTS = 100;
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

export interface FoundObject {
  readonly uniqueKey: string;
  /** Undefined if the object does not show it. */
  readonly customerKey: string | undefined;
  /** By names of the mapping's fields; '' where the object has none. */
  readonly fields: Readonly<Record<string, string>>;
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
  const { DomainName, ObjectTypeName } = outputs;
  const found: Profile[] = [];
  let NextToken: string | undefined;
  do {
    const page = await profiles.send(
      new SearchProfilesCommand({
        DomainName,
        KeyName: keyName,
        Values: [value],
        MaxResults: MAX_RESULTS,
        NextToken,
      }),
    );
    found.push(...(page.Items ?? []));
    NextToken = page.NextToken;
  } while (NextToken);

  return Promise.all(
    found.map(async (profile) => {
      const { ProfileId: profileId = '' } = profile;
      const texts = await objectsOf(profiles, DomainName, ObjectTypeName, profileId);
      return { profileId, fields: fieldsOf(profile), objects: texts.map((object) => readObject(object, mapping)) };
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
      const objects = await objectsOf(profiles, DomainName, type, profileId);
      if (objects.length > 0) counts[type] = objects.length;
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return counts;
}

async function objectsOf(
  profiles: CustomerProfilesClient,
  DomainName: string,
  ObjectTypeName: string,
  ProfileId: string,
): Promise<{ readonly uniqueKey: string; readonly text: string }[]> {
  const objects: { readonly uniqueKey: string; readonly text: string }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await profiles.send(
      new ListProfileObjectsCommand({ DomainName, ObjectTypeName, ProfileId, MaxResults: MAX_RESULTS, NextToken }),
    );
    for (const { ProfileObjectUniqueKey: uniqueKey = '', Object: text = '' } of page.Items ?? []) {
      objects.push({ uniqueKey, text });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return objects;
}

function readObject(
  { uniqueKey, text }: { readonly uniqueKey: string; readonly text: string },
  mapping: Mapping,
): FoundObject {
  const { fields, customerKey } = mapping.definition;
  const names = fields.map(({ name }) => name);
  const { values } = columnValues(
    parseJsonObject(text) ?? {},
    names.map((name) => [name]),
  );
  const held = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  return { uniqueKey, customerKey: mapping.customerKey(held[customerKey.field] ?? ''), fields: held };
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
