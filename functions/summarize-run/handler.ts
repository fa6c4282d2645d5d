import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunSummary, SummarizeRunInput } from '../shared/contracts.ts';
import { requiredEnv, requiredNumberEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { metrics } from '../shared/telemetry.ts';
import { addRunMetrics } from './run-metrics.ts';
import { summarizeRun } from './summarize-run.ts';

const dependencies = {
  s3: new S3Client(),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient()),
  runBucket: requiredEnv('RUN_BUCKET'),
  runTable: requiredEnv('RUN_TABLE'),
  quota: requiredNumberEnv('RATE_QUOTA'),
  now: Date.now,
};

export const handler = lambdaHandler<SummarizeRunInput, RunSummary>(async (input) => {
  const summary = await summarizeRun(input, dependencies);
  addRunMetrics(metrics, summary);
  return summary;
});
