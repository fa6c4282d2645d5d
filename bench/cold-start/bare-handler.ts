import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Kept, so that nothing of the clients is left out of the bundle. */
export const clients = [DynamoDBDocumentClient.from(new DynamoDBClient({})), new S3Client({})];

export const handler = async (): Promise<object> => ({});
