import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { createQueueClient, createSourceQueue } from '../shared/source-queue.ts';
import { workerEnvironment } from '../shared/sync/worker-environment.ts';
import { metrics } from '../shared/telemetry.ts';
import { syncEvents } from './sync-event.ts';

const environment = {
  ...workerEnvironment(),
  queue: createSourceQueue({
    client: createQueueClient(),
    queueUrl: requiredEnv('LIVE_QUEUE_URL'),
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
