import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What a command talks to: public APIs only, the same on AWS and on the embedded stack. */
export interface Clients {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

export interface Connection {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function createClients(connection: Connection): Clients {
  const s3 = new S3Client({ ...connection });
  const sfn = new SFNClient({ ...connection });
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ ...connection }));
  const events = new EventBridgeClient({ ...connection });
  // Else the SDK would send to the host of a queue's URL, whatever the endpoint.
  const sqs = new SQSClient({ ...connection, useQueueUrlAsEndpoint: false });
  return {
    s3,
    sfn,
    dynamo,
    events,
    sqs,
    destroy() {
      for (const client of [s3, sfn, dynamo, events, sqs]) client.destroy();
    },
  };
}
