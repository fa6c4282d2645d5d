import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const CONNECT_TIMEOUT_MS = 3_000;

/**
 * The SDK's own retries are off: they would spend calls past the rate budget, and Step Functions' Retry is the one place
 * where rows are tried again.
 */
export function createProfilesClient(maxCallsInFlight: number): CustomerProfilesClient {
  return new CustomerProfilesClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      httpsAgent: { maxSockets: maxCallsInFlight, keepAlive: true },
      httpAgent: { maxSockets: maxCallsInFlight, keepAlive: true },
    }),
  });
}
