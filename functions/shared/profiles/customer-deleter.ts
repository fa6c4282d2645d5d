import {
  type CustomerProfilesClient,
  DeleteProfileCommand,
  DeleteProfileObjectCommand,
} from '@aws-sdk/client-customer-profiles';
import { ProfilesAccessDenied, ProfilesNotFound } from '../errors.ts';
import type { DeletesDefinition, Mapping } from '../mapping/types.ts';
import { type CallFailure, failureOf } from './call-failure.ts';
import { customerObjects, searchProfiles } from './customer-objects.ts';
import { CALL_TIMEOUT_MS, MAX_REASON_LENGTH } from './profile-writer.ts';

/** What became of a customer who was to be deleted. */
export type DeleteResult =
  /** Also if nothing of the customer was there. */
  | { readonly kind: 'deleted' }
  /** It can't be told which profile or object is that of this customer alone: nothing was deleted. */
  | { readonly kind: 'ambiguous' }
  /** Over the rate. */
  | { readonly kind: 'throttled' }
  /** The service finds fault with the deletion. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The service broke. `open`: a deletion had no answer, so it may still arrive; `changed`: it may have been made. */
  | { readonly kind: 'failed'; readonly open: boolean; readonly changed: boolean };

/** Also of a profile or object that went since it was found: merged into another one or deleted, the next search finds what there is. */
const NOTHING_DONE: DeleteResult = { kind: 'failed', open: false, changed: false };

type Call = 'SearchProfiles' | 'ListProfileObjects' | 'DeleteProfileObject' | 'DeleteProfile';

export interface CustomerDeleter {
  /**
   * Deletes what the mapping says: finds the profile by the customer key, looks whose objects it holds, and deletes it or the
   * customer's object in it. Usually one call each of SearchProfiles, ListProfileObjects and the deletion.
   *
   * @param onDeleted called after each deletion: if another one fails then, the customer is deleted in part, whatever the result.
   * @throws ProfilesAccessDenied, ProfilesNotFound: every other record would fail, too. After any other error something may
   * have been deleted.
   */
  delete(customerKey: string, onDeleted?: () => void): Promise<DeleteResult>;
}

export function createCustomerDeleter(options: {
  readonly client: CustomerProfilesClient;
  readonly domainName: string;
  readonly mapping: Mapping;
  readonly action: DeletesDefinition['action'];
  /** Of all calls together, in place of `CALL_TIMEOUT_MS`, for tests. */
  readonly timeoutMs?: number;
}): CustomerDeleter {
  const { client, domainName, mapping, action, timeoutMs = CALL_TIMEOUT_MS } = options;
  const DomainName = domainName;
  const { customerKey: key, objectType } = mapping.definition;

  async function deletions(customerKey: string, abortSignal: AbortSignal): Promise<Deletion[] | 'ambiguous'> {
    const caller = { client, domainName, abortSignal };
    const found = await named('SearchProfiles', () => searchProfiles(caller, key.keyName, customerKey));
    if (action === 'profile' && found.length > 1) return 'ambiguous';
    const deletions: Deletion[] = [];
    for (const { ProfileId = '' } of found) {
      const objects = await named('ListProfileObjects', () => customerObjects(caller, mapping, ProfileId));
      // It may be this customer's: then it would be said to be deleted, and stay.
      if (objects.some((object) => object.customerKey === undefined)) return 'ambiguous';
      const own = objects.filter((object) => object.customerKey === customerKey);
      if (action === 'profile') {
        if (own.length === 0 || own.length < objects.length) return 'ambiguous';
        deletions.push({ call: 'DeleteProfile', ProfileId });
      } else {
        for (const { uniqueKey } of own) deletions.push({ call: 'DeleteProfileObject', ProfileId, uniqueKey });
      }
    }
    return deletions;
  }

  async function perform(deletion: Deletion, abortSignal: AbortSignal): Promise<void> {
    const { ProfileId } = deletion;
    if (deletion.call === 'DeleteProfile') {
      await client.send(new DeleteProfileCommand({ DomainName, ProfileId }), { abortSignal });
      return;
    }
    const ProfileObjectUniqueKey = deletion.uniqueKey;
    const input = { DomainName, ProfileId, ObjectTypeName: objectType.name, ProfileObjectUniqueKey };
    await client.send(new DeleteProfileObjectCommand(input), { abortSignal });
  }

  return {
    async delete(customerKey, onDeleted) {
      const signal = AbortSignal.timeout(timeoutMs);
      let found: Deletion[] | 'ambiguous';
      try {
        found = await deletions(customerKey, signal);
      } catch (caught) {
        const { call, error } = failedCall(caught);
        const failure = failureOf(error);
        if (failure.kind === 'failed') return NOTHING_DONE;
        if (failure.kind === 'missing' && call === 'ListProfileObjects') return NOTHING_DONE;
        return resultOf(failure, error, call, domainName);
      }
      if (found === 'ambiguous') return { kind: 'ambiguous' };
      for (const deletion of found) {
        try {
          await perform(deletion, signal);
          onDeleted?.();
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          const failure = failureOf(error);
          if (failure.kind === 'missing') return NOTHING_DONE;
          if (failure.kind === 'failed') return { ...failure, changed: true };
          return resultOf(failure, error, deletion.call, domainName);
        }
      }
      return { kind: 'deleted' };
    },
  };
}

type Deletion =
  | { readonly call: 'DeleteProfile'; readonly ProfileId: string }
  | { readonly call: 'DeleteProfileObject'; readonly ProfileId: string; readonly uniqueKey: string };

/** An error with the call that met it. */
class FailedCall extends Error {
  readonly call: Call;

  constructor(call: Call, cause: unknown) {
    super(call, { cause });
    this.call = call;
  }
}

async function named<T>(call: Call, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new FailedCall(call, error);
  }
}

function failedCall(caught: unknown): { readonly call: Call; readonly error: Error } {
  if (caught instanceof FailedCall && caught.cause instanceof Error) return { call: caught.call, error: caught.cause };
  throw caught;
}

function resultOf(
  failure: Exclude<CallFailure, { kind: 'failed' }>,
  error: Error,
  call: Call,
  domainName: string,
): DeleteResult {
  switch (failure.kind) {
    case 'throttled':
      return { kind: 'throttled' };
    case 'refused':
      return { kind: 'refused', reason: failure.reason.slice(0, MAX_REASON_LENGTH) };
    case 'denied':
      throw new ProfilesAccessDenied(
        `Customer Profiles refused access: the role of the function that deletes needs profile:${call} on domain ${domainName}. Correct the permission, then redrive the run.`,
        { cause: error },
      );
    case 'missing':
      throw new ProfilesNotFound(
        `Customer Profiles has no domain ${domainName}. Create it or correct the stack's domainName, then redrive the run.`,
        { cause: error },
      );
    case 'unknown':
      throw error;
  }
}
