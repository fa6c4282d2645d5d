import { requiredNumberEnv } from '../../functions/shared/env.ts';
import { profilesClient, put } from './aws.ts';
import { inParallel } from './in-parallel.ts';
import { mapRow, type Row } from './rows.ts';

const callsInFlight = requiredNumberEnv('CALLS_IN_FLIGHT');
const client = profilesClient(callsInFlight, { maxAttempts: requiredNumberEnv('MAX_ATTEMPTS') });

/** One batch of a Distributed Map over the rows: an error of one row fails it, and Step Functions' Retry sends it again. */
export async function handler({ Items }: { readonly Items: readonly Row[] }): Promise<void> {
  await inParallel(Items, callsInFlight, async (row) => {
    const object = mapRow(row)?.object;
    if (object !== undefined) await put(client, object);
  });
}
