import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SplitExportInput, SplitExportOutput } from '../shared/contracts.ts';
import { requiredEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/handler.ts';
import { createFullExports } from '../shared/ledger/full-exports.ts';
import { loadBundledMapping } from '../shared/mapping/bundled.ts';
import { deployedRatePlan } from '../shared/rate-environment.ts';
import { functionMeter } from '../shared/usage/usage-meter.ts';
import { splitExport } from './split-export.ts';

const mapping = loadBundledMapping();
const runTable = requiredEnv('RUN_TABLE');
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const s3 = new S3Client();
const dependencies = {
  s3,
  dynamo,
  fullExports: createFullExports({
    client: dynamo,
    runTable,
    domainName: requiredEnv('DOMAIN_NAME'),
    objectTypeName: mapping.definition.objectType.name,
  }),
  mapping,
  ratePlan: deployedRatePlan(),
  runBucket: requiredEnv('RUN_BUCKET'),
  runTable,
  tempDirectory: tmpdir(),
  now: Date.now,
  meter: functionMeter({ dynamo, s3 }),
};

export const handler = lambdaHandler<SplitExportInput, SplitExportOutput>((input) => splitExport(input, dependencies));
