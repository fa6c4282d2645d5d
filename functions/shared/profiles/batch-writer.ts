import type { ProfileSyncError } from '../errors.ts';
import { BatchPutProfileObjectCommand, type BatchPutProfileObjectResponse } from './batch-put-profile-object.ts';
import {
  accessDenied,
  CALL_TIMEOUT_MS,
  classify,
  notFound,
  type PutResult,
  refused,
  type WriterOptions,
} from './profile-writer.ts';

/**
 * UTF-16 units of all objects of a call. No limit is documented: ten objects of the largest size would be 2.5 MB, ten usual ones
 * are 10 KB.
 */
export const MAX_CALL_LENGTH = 1_000_000;

/** Of one item. An error is one that every other record would meet, as `ProfileWriter.put` throws it. */
export type ItemResult = PutResult | ProfileSyncError;

export interface BatchWriter {
  /**
   * Sends up to ten profile objects in one call.
   *
   * @returns what became of each, in their order; one result if it is that of the whole call.
   * @throws as `ProfileWriter.put`, for the whole call.
   */
  put(objects: readonly string[]): Promise<readonly ItemResult[] | PutResult>;
}

export function createBatchWriter(options: WriterOptions): BatchWriter {
  const { client, domainName, objectTypeName, timeoutMs = CALL_TIMEOUT_MS } = options;
  return {
    async put(objects) {
      try {
        const answer = await client.send(
          new BatchPutProfileObjectCommand({
            DomainName: domainName,
            ObjectTypeName: objectTypeName,
            Items: objects.map((object, index) => ({ Id: String(index), Object: object })),
          }),
          { abortSignal: AbortSignal.timeout(timeoutMs) },
        );
        return objects.map((_, index) => itemResult(answer, String(index), options));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return classify(error, 'BatchPutProfileObject', options);
      }
    },
  };
}

/** An item that the answer does not name may have been taken or not. */
function itemResult(
  { Successful = [], Failed = [] }: BatchPutProfileObjectResponse,
  id: string,
  target: WriterOptions,
): ItemResult {
  const failed = Failed.find(({ Id }) => Id === id);
  if (failed) return failedItem(failed.Code, failed.Message ?? '', target);
  return Successful.some(({ Id }) => Id === id) ? { kind: 'accepted' } : { kind: 'failed', open: true };
}

/** As the status of a single call. A code that the model's errors do not have is not known to be the record's fault. */
function failedItem(code: number, message: string, target: WriterOptions): ItemResult {
  switch (code) {
    case 400:
    case 413:
      return refused(message);
    case 403:
      return accessDenied('BatchPutProfileObject', target);
    case 404:
      return notFound(target);
    case 429:
      return { kind: 'throttled' };
    default:
      return { kind: 'failed', open: false };
  }
}
