import { type CustomerProfilesClient, PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import { ProfilesAccessDenied, ProfilesNotFound } from '../errors.ts';
import { failureOf } from './call-failure.ts';

/** Milliseconds until a call without a whole answer is given up; the service usually takes about 900. */
export const CALL_TIMEOUT_MS = 10_000;
/** Characters of the service's words that are remembered: the ledger's entry should stay small. */
const MAX_REASON_LENGTH = 300;

/** What became of one PutProfileObject call. */
export type PutResult =
  /** Validated and queued by the service. */
  | { readonly kind: 'accepted' }
  /** Surely not taken: over the rate. */
  | { readonly kind: 'throttled' }
  /** Surely not taken: the service finds fault with the record. Its words may quote the record. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The service broke. `open`: there was no answer, so the call may still arrive; else it was answered with an error. */
  | { readonly kind: 'failed'; readonly open: boolean };

export interface ProfileWriter {
  /**
   * Sends one profile object.
   *
   * @throws ProfilesAccessDenied, ProfilesNotFound: every other record would fail, too. After any other error the
   * service may have taken the record.
   */
  put(object: string): Promise<PutResult>;
}

export function createProfileWriter(options: {
  readonly client: CustomerProfilesClient;
  readonly domainName: string;
  readonly objectTypeName: string;
  /** In place of `CALL_TIMEOUT_MS`, for tests. */
  readonly timeoutMs?: number;
}): ProfileWriter {
  const { client, domainName, objectTypeName, timeoutMs = CALL_TIMEOUT_MS } = options;
  return {
    async put(object) {
      try {
        await client.send(
          new PutProfileObjectCommand({ DomainName: domainName, ObjectTypeName: objectTypeName, Object: object }),
          // The time-outs of the SDK's HTTP handler end with the head of the answer, and its body may stall.
          { abortSignal: AbortSignal.timeout(timeoutMs) },
        );
        return { kind: 'accepted' };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return resultOf(error, domainName, objectTypeName);
      }
    },
  };
}

function resultOf(error: Error, domainName: string, objectTypeName: string): PutResult {
  const failure = failureOf(error);
  switch (failure.kind) {
    case 'denied':
      throw new ProfilesAccessDenied(
        `Customer Profiles refused access: the role of the function that sends needs profile:PutProfileObject on domain ${domainName} and object type ${objectTypeName}. Correct the permission, then redrive the run; live events are tried again by themselves.`,
        { cause: error },
      );
    case 'missing':
      throw new ProfilesNotFound(
        `Customer Profiles has no domain ${domainName} or no object type ${objectTypeName} in it. Create it or correct the stack's domainName, then redrive the run; live events are tried again by themselves.`,
        { cause: error },
      );
    case 'refused':
      return { kind: 'refused', reason: failure.reason.slice(0, MAX_REASON_LENGTH) };
    case 'unknown':
      throw error;
    default:
      return failure;
  }
}
