import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What a command talks to: public APIs only, the same on AWS and on the embedded stack. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly profiles: CustomerProfilesClient;
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

export interface Connection {
  readonly endpoint?: string;
  readonly region?: string;
  /** Of the shared AWS configuration files. */
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function createClients(connection: Connection): Clients {
  const clients = {
    cloudFormation: new CloudFormationClient({ ...connection }),
    s3: new S3Client({ ...connection }),
    sfn: new SFNClient({ ...connection }),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({ ...connection })),
    profiles: new CustomerProfilesClient({ ...connection }),
    events: new EventBridgeClient({ ...connection }),
    // Else the SDK would send to the host of a queue's URL, whatever the endpoint.
    sqs: new SQSClient({ ...connection, useQueueUrlAsEndpoint: false }),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
