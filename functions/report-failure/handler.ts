import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../shared/clock.ts';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { logger, metrics } from '../shared/telemetry.ts';
import type { StatusChange } from './failed-run.ts';
import { addFailureMetric } from './failure-metric.ts';
import { reportFailure } from './report-failure.ts';

const dependencies = {
  sfn: new SFNClient(),
  sns: new SNSClient(),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient()),
  runTable: requiredEnv('RUN_TABLE'),
  alarmTopicArn: requiredEnv('ALARM_TOPIC_ARN'),
  clock: systemClock,
};

export const handler = lambdaHandler<{ readonly detail: StatusChange }, void>(async ({ detail }, { awsRequestId }) => {
  const { executionArn, status, redriveCount } = detail;
  const notice = await reportFailure(detail, awsRequestId, dependencies);
  addFailureMetric(metrics, notice);
  logger.info('The notice of a failure.', { executionArn, status, redriveCount, notice });
});
