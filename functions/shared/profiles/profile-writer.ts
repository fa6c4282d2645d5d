import { type CustomerProfilesClient, PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import { ProfilesAccessDenied, ProfilesNotFound } from '../errors.ts';
import { failureOf } from './call-failure.ts';

/** Milliseconds until a call without a whole answer is given up; the service usually takes about 900. */
export const CALL_TIMEOUT_MS = 10_000;
/** Characters of the service's words that are remembered: the ledger's entry should stay small. */
export const MAX_REASON_LENGTH = 300;

/** What became of one record that was sent. */
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

/** Where records are sent to. */
export interface WriterOptions {
  readonly client: CustomerProfilesClient;
  readonly domainName: string;
  readonly objectTypeName: string;
  /** In place of `CALL_TIMEOUT_MS`, for tests. */
  readonly timeoutMs?: number;
}

export function createProfileWriter(options: WriterOptions): ProfileWriter {
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
        return classify(error, 'PutProfileObject', options);
      }
    },
  };
}

type WriteAction = 'PutProfileObject' | 'BatchPutProfileObject';

export function classify(error: Error, action: WriteAction, target: WriterOptions): PutResult {
  const failure = failureOf(error);
  switch (failure.kind) {
    case 'denied':
      throw accessDenied(action, target, error);
    case 'missing':
      throw notFound(target, error);
    case 'refused':
      return refused(failure.reason);
    case 'unknown':
      throw error;
    default:
      return failure;
  }
}

export function refused(reason: string): PutResult {
  return { kind: 'refused', reason: reason.slice(0, MAX_REASON_LENGTH) };
}

export function accessDenied(
  action: WriteAction,
  { domainName, objectTypeName }: WriterOptions,
  cause?: Error,
): ProfilesAccessDenied {
  return new ProfilesAccessDenied(
    `Customer Profiles refused access: the role of the function that sends needs profile:${action} on domain ${domainName} and object type ${objectTypeName}. Correct the permission, then redrive the run; live events are tried again by themselves.`,
    { cause },
  );
}

export function notFound({ domainName, objectTypeName }: WriterOptions, cause?: Error): ProfilesNotFound {
  return new ProfilesNotFound(
    `Customer Profiles has no domain ${domainName} or no object type ${objectTypeName} in it. Create it or correct the stack's domainName, then redrive the run; live events are tried again by themselves.`,
    { cause },
  );
}
