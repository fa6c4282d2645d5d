import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../shared/clock.ts';
import { CONNECT_TIMEOUT_MS } from '../shared/dynamo-client.ts';
import { optionalEnv, requiredEnv, requiredNumberEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { logger, metrics } from '../shared/telemetry.ts';
import type { StatusChange } from './failed-run.ts';
import { addFailureMetric } from './failure-metric.ts';
import { reportFailure } from './report-failure.ts';

/** Milliseconds until an answer of S3 begins: the notice must not wait for a report that can't be written. */
const S3_TIMEOUT_MS = 5_000;

const dependencies = {
  sfn: new SFNClient(),
  sns: new SNSClient(),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient()),
  s3: new S3Client({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: S3_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  }),
  runBucket: requiredEnv('RUN_BUCKET'),
  runTable: requiredEnv('RUN_TABLE'),
  quota: requiredNumberEnv('RATE_QUOTA'),
  recordsPerPermit: Number(optionalEnv('RECORDS_PER_PERMIT') ?? 1),
  alarmTopicArn: requiredEnv('ALARM_TOPIC_ARN'),
  clock: systemClock,
};

export const handler = lambdaHandler<{ readonly detail: StatusChange }, void>(async ({ detail }, { awsRequestId }) => {
  const { executionArn, status, redriveCount } = detail;
  const notice = await reportFailure(detail, awsRequestId, dependencies);
  addFailureMetric(metrics, notice);
  logger.info('The notice of a failure.', { executionArn, status, redriveCount, notice });
});
