import { S3Client } from '@aws-sdk/client-s3';
import type { SyncChunkInput } from '../shared/contracts.ts';
import { CONNECT_TIMEOUT_MS } from '../shared/dynamo-client.ts';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { workerEnvironment } from '../shared/sync/worker-environment.ts';
import { metrics } from '../shared/telemetry.ts';
import { functionMeter } from '../shared/usage/usage-meter.ts';
import { syncChunk } from './sync-chunk.ts';

/** Milliseconds until an answer of S3 begins, and of silence within it. */
const S3_TIMEOUT_MS = 10_000;

const worker = workerEnvironment();
const s3 = new S3Client({
  requestHandler: {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: S3_TIMEOUT_MS,
    socketTimeout: S3_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  },
});
const environment = {
  ...worker,
  metrics,
  runBucket: requiredEnv('RUN_BUCKET'),
  s3,
  meter: functionMeter({ dynamo: worker.dynamo, s3 }),
};

/** The child's output stays empty, so that the Map needs no ResultWriter. */
export const handler = lambdaHandler<SyncChunkInput, Record<string, never>>(async (input, context) => {
  const endsAt = environment.clock.now() + context.getRemainingTimeInMillis();
  await syncChunk(input, environment, endsAt);
  return {};
});
