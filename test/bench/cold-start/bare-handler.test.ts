import { describe, expect, it } from 'vitest';
import { bareHandler } from '../../../bench/cold-start/bare-handler.ts';

const SDK = '../../../project/node_modules/@aws-sdk';

describe('the bare handler', () => {
  it('has the clients and commands of the sources, and nothing else of them', () => {
    const text = bareHandler([
      '../../../project/functions/sync-chunk/handler.ts',
      `${SDK}/client-s3/dist-es/S3Client.js`,
      `${SDK}/client-s3/dist-es/runtimeConfig.js`,
      `${SDK}/client-s3/dist-es/commands/PutObjectCommand.js`,
      `${SDK}/lib-dynamodb/dist-es/commands/utils.js`,
      `${SDK}/nested-clients/dist-es/submodules/sts/STSClient.js`,
    ]);
    expect(text).toBe(
      [
        "import { S3Client as sdk0 } from '@aws-sdk/client-s3';",
        "import { PutObjectCommand as sdk1 } from '@aws-sdk/client-s3';",
        'const used = [new sdk0(), sdk1];',
        'export const handler = async () => used.length;',
        '',
      ].join('\n'),
    );
  });

  it('has commands of one name from two packages, and makes no client that wraps another', () => {
    const text = bareHandler([
      `${SDK}/lib-dynamodb/dist-es/DynamoDBDocumentClient.js`,
      `${SDK}/lib-dynamodb/dist-es/commands/QueryCommand.js`,
      `${SDK}/client-dynamodb/dist-es/commands/QueryCommand.js`,
    ]);
    expect(text).toContain('const used = [sdk0, sdk1, sdk2];');
  });
});
