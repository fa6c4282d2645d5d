import type { S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { requiredNumberEnv } from '../../functions/shared/env.ts';
import { profilesClient, put, rowsOf } from './aws.ts';
import { inParallel } from './in-parallel.ts';
import { mapRow } from './rows.ts';

const callsInFlight = requiredNumberEnv('CALLS_IN_FLIGHT');
const client = profilesClient(callsInFlight, {
  retryMode: 'adaptive',
  maxAttempts: requiredNumberEnv('MAX_ATTEMPTS'),
});

/** The loop, with parallel calls, and with the SDK's adaptive mode in place of retries of its own. */
export async function handler(event: S3ObjectCreatedNotificationEvent): Promise<void> {
  await inParallel(await rowsOf(event), callsInFlight, async (row) => {
    const object = mapRow(row)?.object;
    if (object === undefined) return;
    try {
      await put(client, object);
    } catch (error) {
      console.error('A row is lost:', error instanceof Error && error.name);
    }
  });
}
