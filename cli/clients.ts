import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What a command talks to: public APIs only, the same on AWS and on the embedded stack. */
export interface Clients {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly dynamo: DynamoDBDocumentClient;
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
  return {
    s3,
    sfn,
    dynamo,
    destroy() {
      for (const client of [s3, sfn, dynamo]) client.destroy();
    },
  };
}
