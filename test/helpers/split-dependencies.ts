import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createFullExports } from '../../functions/shared/ledger/full-exports.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import type { SplitExportDependencies } from '../../functions/split-export/split-export.ts';

/** What splitExport works with in a process of its own, which loads no part of the embedded stack. */
export function splitDependencies(
  endpoints: { readonly s3: string; readonly dynamo: string },
  names: { readonly runBucket: string; readonly runTable: string },
  mapping: Mapping,
): SplitExportDependencies {
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: endpoints.dynamo }));
  return {
    ...names,
    s3: new S3Client({ ...common, endpoint: endpoints.s3 }),
    dynamo,
    fullExports: createFullExports({
      client: dynamo,
      runTable: names.runTable,
      domainName: 'domain',
      objectTypeName: mapping.definition.objectType.name,
    }),
    mapping,
    ratePlan: ratePlan(80),
    tempDirectory: tmpdir(),
    now: Date.now,
  };
}
