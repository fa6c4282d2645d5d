import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../shared/clock.ts';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { logger, metrics } from '../shared/telemetry.ts';
import { readSchedule } from './schedule.ts';
import { addWatchMetrics } from './watch-metrics.ts';
import { watchRuns } from './watch-runs.ts';

const dependencies = {
  sfn: new SFNClient(),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient()),
  stateMachineArn: requiredEnv('STATE_MACHINE_ARN'),
  runTable: requiredEnv('RUN_TABLE'),
  schedule: readSchedule({
    exportBy: requiredEnv('EXPORT_BY'),
    doneBy: requiredEnv('DONE_BY'),
    timeZone: requiredEnv('TIME_ZONE'),
    days: requiredEnv('EXPECTED_DAYS'),
  }),
  clock: systemClock,
};

export const handler = lambdaHandler<unknown, void>(async () => {
  const result = await watchRuns(dependencies);
  addWatchMetrics(metrics, result);
  logger.info('Looked at the runs.', { ...result });
});
