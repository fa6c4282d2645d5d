import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Ledger writes are cheap to repeat and a lost one costs an attempt of all records at hand. */
const MAX_ATTEMPTS = 6;
/**
 * Milliseconds. Without these a connection that died in silence, as that of a frozen worker, holds a request for five
 * minutes: longer than the worker has.
 */
export const CONNECT_TIMEOUT_MS = 2_000;
const TIMEOUT_MS = 4_000;

/** A client for a function that writes to the ledger. */
export function createDynamoClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
  );
}
