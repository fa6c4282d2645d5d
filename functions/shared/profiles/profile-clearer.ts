import {
  type CustomerProfilesClient,
  SearchProfilesCommand,
  type SearchProfilesCommandOutput,
  UpdateProfileCommand,
  type UpdateProfileCommandInput,
} from '@aws-sdk/client-customer-profiles';
import { ProfilesAccessDenied, ProfilesNotFound } from '../errors.ts';
import { type CallFailure, failureOf } from './call-failure.ts';
import { CALL_TIMEOUT_MS } from './profile-writer.ts';

/** One profile is cleared, and a second one says that it is not the only one. */
const ENOUGH_PROFILES = 2;

/** What became of fields of a profile that were to be cleared. */
export type ClearResult =
  | { readonly kind: 'cleared' }
  /** No profile has the customer key: the service may not have matched its object yet. */
  | { readonly kind: 'notFound' }
  /** It can't be said which profile is meant, or the service finds fault with the change. */
  | { readonly kind: 'notPossible' }
  /** Surely nothing was changed: over the rate. */
  | { readonly kind: 'throttled' }
  /** The service broke. `open`: an update had no answer, so it may still arrive; `changed`: it may have been made. */
  | { readonly kind: 'failed'; readonly open: boolean; readonly changed: boolean };

export interface ProfileClearer {
  /**
   * Finds the customer's profile and empties these targets in it: one SearchProfiles and one UpdateProfile call.
   *
   * @throws ProfilesAccessDenied, ProfilesNotFound: every other record would fail, too. After any other error the profile
   * may have been changed.
   */
  clear(customerKey: string, targets: readonly string[]): Promise<ClearResult>;
}

export function createProfileClearer(options: {
  readonly client: CustomerProfilesClient;
  readonly domainName: string;
  /** Name of the customer key in the domain. */
  readonly keyName: string;
  /** Of both calls together, in place of `CALL_TIMEOUT_MS`, for tests. */
  readonly timeoutMs?: number;
}): ProfileClearer {
  const { client, domainName: DomainName, keyName: KeyName, timeoutMs = CALL_TIMEOUT_MS } = options;

  function search(customerKey: string, abortSignal: AbortSignal): Promise<SearchProfilesCommandOutput> {
    const input = { DomainName, KeyName, Values: [customerKey], MaxResults: ENOUGH_PROFILES };
    return client.send(new SearchProfilesCommand(input), { abortSignal });
  }

  async function update(ProfileId: string, targets: readonly string[], abortSignal: AbortSignal): Promise<ClearResult> {
    try {
      const input = { DomainName, ProfileId, ...emptied(targets) };
      await client.send(new UpdateProfileCommand(input), { abortSignal });
      return { kind: 'cleared' };
    } catch (error) {
      const failure = failureOf(known(error));
      // Merged into another one or deleted since it was found: the next search finds what there is.
      if (failure.kind === 'missing') return { kind: 'notFound' };
      if (failure.kind === 'refused') return { kind: 'notPossible' };
      if (failure.kind === 'failed') return { ...failure, changed: true };
      return resultOf(failure, known(error), 'UpdateProfile', DomainName);
    }
  }

  return {
    async clear(customerKey, targets) {
      const signal = AbortSignal.timeout(timeoutMs);
      let found: SearchProfilesCommandOutput;
      try {
        found = await search(customerKey, signal);
      } catch (error) {
        const failure = failureOf(known(error));
        if (failure.kind === 'failed') return { kind: 'failed', open: false, changed: false };
        return resultOf(failure, known(error), 'SearchProfiles', DomainName);
      }
      const [profile, another] = found.Items ?? [];
      if (profile?.ProfileId === undefined) return { kind: 'notFound' };
      return another ? { kind: 'notPossible' } : update(profile.ProfileId, targets, signal);
    },
  };
}

/** Empty texts at the targets, such as `_profile.Address.City`: what an update does not name stays. */
function emptied(targets: readonly string[]): Partial<UpdateProfileCommandInput> {
  const members: Record<string, string | Record<string, string>> = {};
  for (const target of targets) {
    const [, member = '', part] = target.split('.');
    if (part === undefined) members[member] = '';
    else members[member] = { ...Object(members[member]), [part]: '' };
  }
  return members;
}

function known(error: unknown): Error {
  if (error instanceof Error) return error;
  throw error;
}

function resultOf(
  { kind }: Exclude<CallFailure, { kind: 'failed' }>,
  error: Error,
  call: 'SearchProfiles' | 'UpdateProfile',
  domainName: string,
): ClearResult {
  switch (kind) {
    case 'throttled':
      return { kind: 'throttled' };
    case 'denied':
      throw new ProfilesAccessDenied(
        `Customer Profiles refused access: the role of the function that clears fields needs profile:${call} on domain ${domainName}. Correct the permission, then redrive the run; live events are tried again by themselves.`,
        { cause: error },
      );
    case 'missing':
      throw new ProfilesNotFound(
        `Customer Profiles has no domain ${domainName}. Create it or correct the stack's domainName, then redrive the run; live events are tried again by themselves.`,
        { cause: error },
      );
    case 'refused':
    case 'unknown':
      throw error;
  }
}
