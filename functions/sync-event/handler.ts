import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { CONNECT_TIMEOUT_MS, workerEnvironment } from '../shared/sync/worker-environment.ts';
import { metrics } from '../shared/telemetry.ts';
import { createLiveQueue } from './live-queue.ts';
import { syncEvents } from './sync-event.ts';

/** Milliseconds and tries, that fit into what is left of an invocation after its last call. */
const SQS_TIMEOUT_MS = 2_000;
const SQS_MAX_ATTEMPTS = 2;

const environment = {
  ...workerEnvironment(),
  queue: createLiveQueue({
    client: new SQSClient({
      // Else the SDK would send to the host of the queue's URL and leave AWS_ENDPOINT_URL aside.
      useQueueUrlAsEndpoint: false,
      maxAttempts: SQS_MAX_ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: SQS_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
    liveQueueUrl: requiredEnv('LIVE_QUEUE_URL'),
    deadLetterQueueUrl: requiredEnv('DEAD_LETTER_QUEUE_URL'),
  }),
  random: Math.random,
};

export const handler = lambdaHandler<SQSEvent, SQSBatchResponse>(async ({ Records }, context) => {
  const endsAt = environment.clock.now() + context.getRemainingTimeInMillis();
  const { response, tally } = await syncEvents(Records, environment, endsAt);
  tally.addTo(metrics);
  return response;
});
