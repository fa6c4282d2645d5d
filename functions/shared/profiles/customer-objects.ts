import {
  type CustomerProfilesClient,
  ListProfileObjectsCommand,
  type Profile,
  SearchProfilesCommand,
} from '@aws-sdk/client-customer-profiles';
import { columnValues, parseJsonObject } from '../export/json-object.ts';
import type { Mapping } from '../mapping/types.ts';

/** Of one page. Customer Profiles API Reference, read 2026-11. */
export const MAX_RESULTS = 100;

/** A profile object of the system's type. */
export interface FoundObject {
  readonly uniqueKey: string;
  /** Undefined if the object does not show it. */
  readonly customerKey: string | undefined;
  /** By names of the mapping's fields; '' where the object has none. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A client, and how long it may take. */
interface Caller {
  readonly client: CustomerProfilesClient;
  readonly domainName: string;
  readonly abortSignal?: AbortSignal;
}

/** The profiles with this value of a search key. */
export async function searchProfiles(caller: Caller, KeyName: string, value: string): Promise<readonly Profile[]> {
  const { client, domainName: DomainName, abortSignal } = caller;
  const found: Profile[] = [];
  let NextToken: string | undefined;
  do {
    const input = { DomainName, KeyName, Values: [value], MaxResults: MAX_RESULTS, NextToken };
    const page = await client.send(new SearchProfilesCommand(input), { ...(abortSignal && { abortSignal }) });
    found.push(...(page.Items ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** The texts of a profile's objects of one type. */
export async function objectsOf(
  { client, domainName: DomainName, abortSignal }: Caller,
  ObjectTypeName: string,
  ProfileId: string,
): Promise<readonly { readonly uniqueKey: string; readonly text: string }[]> {
  const objects: { readonly uniqueKey: string; readonly text: string }[] = [];
  let NextToken: string | undefined;
  do {
    const input = { DomainName, ObjectTypeName, ProfileId, MaxResults: MAX_RESULTS, NextToken };
    const page = await client.send(new ListProfileObjectsCommand(input), { ...(abortSignal && { abortSignal }) });
    for (const { ProfileObjectUniqueKey: uniqueKey = '', Object: text = '' } of page.Items ?? []) {
      objects.push({ uniqueKey, text });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return objects;
}

/** The objects of the system's type in a profile; those of other customers are there if profiles were merged. */
export async function customerObjects(
  caller: Caller,
  mapping: Mapping,
  profileId: string,
): Promise<readonly FoundObject[]> {
  const { objectType, fields, customerKey } = mapping.definition;
  const names = fields.map(({ name }) => name);
  const objects = await objectsOf(caller, objectType.name, profileId);
  return objects.map(({ uniqueKey, text }) => {
    const { values } = columnValues(
      parseJsonObject(text) ?? {},
      names.map((name) => [name]),
    );
    const held = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    return { uniqueKey, customerKey: mapping.customerKey(held[customerKey.field] ?? ''), fields: held };
  });
}
