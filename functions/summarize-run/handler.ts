import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunSummary, SummarizeRunInput } from '../shared/contracts.ts';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { deployedRatePlan } from '../shared/rate-environment.ts';
import { metrics } from '../shared/telemetry.ts';
import { functionMeter } from '../shared/usage/usage-meter.ts';
import { addRunMetrics } from './run-metrics.ts';
import { summarizeRun } from './summarize-run.ts';

const s3 = new S3Client();
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const { exportQuota, recordsPerPermit } = deployedRatePlan();
const dependencies = {
  s3,
  dynamo,
  runBucket: requiredEnv('RUN_BUCKET'),
  runTable: requiredEnv('RUN_TABLE'),
  quota: exportQuota,
  recordsPerPermit,
  now: Date.now,
  meter: functionMeter({ dynamo, s3 }),
};

export const handler = lambdaHandler<SummarizeRunInput, RunSummary>(async (input) => {
  const summary = await summarizeRun(input, dependencies);
  addRunMetrics(metrics, summary);
  return summary;
});
