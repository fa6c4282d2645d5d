import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createFullExports } from '../../../functions/shared/ledger/full-exports.ts';
import { ratePlan } from '../../../functions/shared/rate-plan.ts';
import { splitExport } from '../../../functions/split-export/split-export.ts';
import { smallMapping } from '../../helpers/mapping.ts';

/**
 * Splits one export in a process of its own, as Lambda does, and prints what came of it and the memory that it took.
 * It loads what the function loads, and no part of the embedded stack.
 */
const [endpoint = '', dynamoEndpoint = '', bucket = '', key = '', runBucket = '', runTable = ''] =
  process.argv.slice(2);
const common = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: dynamoEndpoint }));

const { rows, chunks, duplicates } = await splitExport(
  { runId: 'large', resync: false, bucket, key },
  {
    s3: new S3Client({ ...common, endpoint }),
    dynamo,
    fullExports: createFullExports({
      client: dynamo,
      runTable,
      domainName: 'domain',
      objectTypeName: 'Customer',
    }),
    mapping: smallMapping({ updatedAt: { column: 'changed' } }),
    ratePlan: ratePlan(80),
    runBucket,
    runTable,
    tempDirectory: tmpdir(),
    now: Date.now,
  },
);

const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ rows, chunks, duplicates, peakMb }));
