import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../clock.ts';
import { requiredEnv, requiredNumberEnv } from '../env.ts';
import { loadBundledMapping } from '../mapping/bundled.ts';
import { createProfilesClient } from '../profiles/client.ts';
import { createProfileWriter } from '../profiles/profile-writer.ts';
import { ratePlan } from '../rate-plan.ts';
import type { SyncEnvironment } from './open-sync.ts';

/** Ledger writes are cheap to repeat and a lost one costs an attempt of all records at hand. */
const DYNAMODB_MAX_ATTEMPTS = 6;
/**
 * Milliseconds. Without these a connection that died in silence, as that of a frozen worker, holds a request for five
 * minutes: longer than the worker has.
 */
export const CONNECT_TIMEOUT_MS = 2_000;
const DYNAMODB_TIMEOUT_MS = 4_000;

/**
 * What a deployed worker works with, by its environment variables and the mapping beside its bundle.
 *
 * @throws InvalidConfiguration naming the variable that is missing or wrong.
 */
export function workerEnvironment(): SyncEnvironment {
  const mapping = loadBundledMapping();
  const plan = ratePlan(requiredNumberEnv('RATE_QUOTA'), requiredNumberEnv('RATE_RESERVE'));
  const domainName = requiredEnv('DOMAIN_NAME');
  return {
    mapping,
    plan,
    domainName,
    tables: {
      run: requiredEnv('RUN_TABLE'),
      ledger: requiredEnv('LEDGER_TABLE'),
      budget: requiredEnv('BUDGET_TABLE'),
    },
    dynamo: DynamoDBDocumentClient.from(
      new DynamoDBClient({
        maxAttempts: DYNAMODB_MAX_ATTEMPTS,
        requestHandler: {
          connectionTimeout: CONNECT_TIMEOUT_MS,
          requestTimeout: DYNAMODB_TIMEOUT_MS,
          throwOnRequestTimeout: true,
        },
      }),
    ),
    writer: createProfileWriter({
      client: createProfilesClient(plan.maxCallsInFlight),
      domainName,
      objectTypeName: mapping.definition.objectType.name,
    }),
    clock: systemClock,
  };
}
