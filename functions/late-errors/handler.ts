import { S3Client } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { createDynamoClient } from '../shared/dynamo-client.ts';
import { optionalEnv, requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { createLedger } from '../shared/ledger/ledger.ts';
import { loadBundledMapping } from '../shared/mapping/bundled.ts';
import { createQueueClient, createSourceQueue } from '../shared/source-queue.ts';
import { metrics } from '../shared/telemetry.ts';
import { addLateErrorMetrics } from './late-error-metrics.ts';
import { type LateErrorsEnvironment, noteLateErrors } from './late-errors.ts';
import { passOnTo } from './pass-on.ts';

const mapping = loadBundledMapping();
const domainName = requiredEnv('DOMAIN_NAME');
const otherQueueUrl = optionalEnv('OTHER_LATE_ERRORS_QUEUE_URL');
const client = createQueueClient();

const environment: LateErrorsEnvironment = {
  mapping,
  domainName,
  clock: systemClock,
  ledger: createLedger({
    client: createDynamoClient(),
    tableName: requiredEnv('LEDGER_TABLE'),
    domainName,
    objectTypeName: mapping.definition.objectType.name,
    clock: systemClock,
  }),
  s3: new S3Client(),
  runBucket: requiredEnv('RUN_BUCKET'),
  queue: createSourceQueue({
    client,
    queueUrl: requiredEnv('LATE_QUEUE_URL'),
    deadLetterQueueUrl: requiredEnv('DEAD_LETTER_QUEUE_URL'),
  }),
  passOn: otherQueueUrl === undefined ? undefined : passOnTo(client, otherQueueUrl),
};

export const handler = lambdaHandler<SQSEvent, SQSBatchResponse>(async ({ Records }) => {
  const { response, tally } = await noteLateErrors(Records, environment);
  addLateErrorMetrics(metrics, tally);
  return response;
});
