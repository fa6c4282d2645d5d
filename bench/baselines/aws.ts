import { Readable } from 'node:stream';
import {
  CustomerProfilesClient,
  type CustomerProfilesClientConfig,
  PutProfileObjectCommand,
} from '@aws-sdk/client-customer-profiles';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { requiredEnv } from '../../functions/shared/env.ts';
import { type Row, readRows } from './rows.ts';

type Retries = Pick<CustomerProfilesClientConfig, 'maxAttempts' | 'retryMode'>;

const CONNECT_TIMEOUT_MS = 3_000;
const s3 = new S3Client();

/** As the product's own client but for its retries. */
export function profilesClient(callsInFlight: number, retries: Retries): CustomerProfilesClient {
  const agent = { maxSockets: callsInFlight, keepAlive: true };
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: CONNECT_TIMEOUT_MS,
    httpAgent: agent,
    httpsAgent: agent,
  });
  return new CustomerProfilesClient({ ...retries, requestHandler });
}

export async function put(client: CustomerProfilesClient, object: string): Promise<void> {
  const DomainName = requiredEnv('DOMAIN_NAME');
  const ObjectTypeName = requiredEnv('OBJECT_TYPE_NAME');
  await client.send(new PutProfileObjectCommand({ DomainName, ObjectTypeName, Object: object }));
}

/** The rows of the export that arrived. */
export async function rowsOf({ detail }: S3ObjectCreatedNotificationEvent): Promise<AsyncIterable<Row>> {
  const { bucket, object } = detail;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: object.key }));
  if (!(Body instanceof Readable)) throw new TypeError('S3 gave no stream.');
  return readRows(Body);
}
