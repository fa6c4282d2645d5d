import { CustomerProfilesClient, type Profile, SearchProfilesCommand } from '@aws-sdk/client-customer-profiles';
import type { EmbeddedStack } from '../../local/stack.ts';

/** The profiles that hold this customer key, as any client of the service sees them. */
export async function findProfiles(
  { url, region, credentials, outputs }: EmbeddedStack,
  keyName: string,
  customerKey: string,
): Promise<Profile[]> {
  const client = new CustomerProfilesClient({ endpoint: url, region, credentials });
  const search = new SearchProfilesCommand({ DomainName: outputs.DomainName, KeyName: keyName, Values: [customerKey] });
  const { Items = [] } = await client.send(search);
  client.destroy();
  return Items;
}

/** Reads `_profile.Address.City` of a profile. */
export function fieldAt(profile: Profile, target: string): unknown {
  return target
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], profile);
}
