import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../shared/clock.ts';
import type { SyncChunkInput } from '../shared/contracts.ts';
import { requiredEnv, requiredNumberEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { loadBundledMapping } from '../shared/mapping/bundled.ts';
import { createProfilesClient } from '../shared/profiles/client.ts';
import { createProfileWriter } from '../shared/profiles/profile-writer.ts';
import { ratePlan } from '../shared/rate-plan.ts';
import { syncChunk } from './sync-chunk.ts';

/** Ledger writes are cheap to repeat and a lost one costs an attempt of the whole chunk. */
const DYNAMODB_MAX_ATTEMPTS = 6;
/**
 * Milliseconds. Without these a connection that died in silence, as that of a frozen worker, holds a request for five
 * minutes: longer than the worker has.
 */
const CONNECT_TIMEOUT_MS = 2_000;
const DYNAMODB_TIMEOUT_MS = 4_000;
/** Of S3: until an answer begins, and of silence within it. */
const S3_TIMEOUT_MS = 10_000;

const mapping = loadBundledMapping();
const plan = ratePlan(requiredNumberEnv('RATE_QUOTA'), requiredNumberEnv('RATE_RESERVE'));
const domainName = requiredEnv('DOMAIN_NAME');
const environment = {
  mapping,
  plan,
  domainName,
  runBucket: requiredEnv('RUN_BUCKET'),
  tables: {
    run: requiredEnv('RUN_TABLE'),
    ledger: requiredEnv('LEDGER_TABLE'),
    budget: requiredEnv('BUDGET_TABLE'),
  },
  s3: new S3Client({
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: S3_TIMEOUT_MS,
      socketTimeout: S3_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  }),
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

/** The child's output stays empty, so that the Map needs no ResultWriter. */
export const handler = lambdaHandler<SyncChunkInput, Record<string, never>>(async (input, context) => {
  const endsAt = systemClock.now() + context.getRemainingTimeInMillis();
  await syncChunk(input, environment, endsAt);
  return {};
});
