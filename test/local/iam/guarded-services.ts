import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCustomerProfiles } from '../../../local/customer-profiles/customer-profiles.ts';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { openEndpoint } from '../../../local/endpoint.ts';
import { createEvents } from '../../../local/events/events.ts';
import { createIam } from '../../../local/iam/iam.ts';
import { createIntegrations } from '../../../local/integrations.ts';
import { createLambda } from '../../../local/lambda/lambda.ts';
import { createLogs } from '../../../local/logs/logs.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { createSns } from '../../../local/sns/sns.ts';
import { createSqs } from '../../../local/sqs/sqs.ts';
import { createStepFunctions } from '../../../local/step-functions/step-functions.ts';
import { queueOf } from '../sqs/queue-host.ts';

export const HERE = 'us-east-1:000000000000';
export const ROLE = 'arn:aws:iam::000000000000:role/worker';
export const TABLE = `arn:aws:dynamodb:${HERE}:table/`;
export const MACHINE = `arn:aws:states:${HERE}:stateMachine:`;
export const TOPIC = `arn:aws:sns:${HERE}:`;
export const QUEUE = `arn:aws:sqs:${HERE}:`;
export const FUNCTION = `arn:aws:lambda:${HERE}:function:`;
export const TYPES = `arn:aws:profile:${HERE}:domains/demo/object-types/`;

/** What the role `worker` may do. The bucket `silent` may be read, but not listed. */
const ALLOWED = {
  's3:GetObject': ['arn:aws:s3:::own/*', 'arn:aws:s3:::silent/*'],
  's3:PutObject': 'arn:aws:s3:::own/in/*',
  's3:ListBucket': 'arn:aws:s3:::own',
  'dynamodb:PutItem': `${TABLE}own`,
  'dynamodb:BatchGetItem': `${TABLE}own`,
  'dynamodb:Query': `${TABLE}own`,
  'profile:PutProfileObject': `${TYPES}Own`,
  'states:StartExecution': `${MACHINE}own`,
  'sns:Publish': `${TOPIC}own`,
  'sqs:SendMessage': `${QUEUE}own`,
  'lambda:InvokeFunction': `${FUNCTION}own`,
} as const;

/** Clients that sign with this access key; the function `worker` has `fn-worker`. */
export function clientsOf(url: string, accessKeyId: string) {
  const credentials = { accessKeyId, secretAccessKey: 'x' };
  const connection = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 };
  return {
    s3: new S3Client(connection),
    dynamodb: new DynamoDBClient(connection),
    profiles: new CustomerProfilesClient(connection),
    sfn: new SFNClient(connection),
    sns: new SNSClient(connection),
    sqs: new SQSClient(connection),
    events: new EventBridgeClient(connection),
  };
}

/** Every service behind one endpoint, asking the policies above. */
export async function startGuardedServices() {
  const parts = new AsyncDisposableStack();
  const later = <T extends { close(): Promise<void> }>(part: T): T => {
    parts.defer(() => part.close());
    return part;
  };
  const root = mkdtempSync(join(tmpdir(), 'refusals-'));
  parts.defer(() => rmSync(root, { recursive: true }));
  const iam = createIam({ userKey: 'local' });
  const Trusted = { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] };
  const statements = Object.entries(ALLOWED).map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
  iam.putPolicies([
    { name: 'Own', document: { Statement: statements }, roles: ['worker'] },
    {
      name: 'Trust',
      document: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: Trusted } },
      roles: [],
      resource: ROLE,
    },
  ]);
  iam.bindKey('fn-worker', { role: ROLE, service: 'lambda.amazonaws.com', session: 'worker' });
  const { refuse } = iam;
  const endpoint = later(await openEndpoint(0));
  const { url } = endpoint;
  const directory = (name: string) => join(root, name);
  const onEvent = () => {};
  const s3 = later(createS3({ directory: directory('s3'), onEvent, refuse }));
  for (const name of ['own', 'silent', 'other']) s3.createBucket(name, { versioned: true, eventBridge: false });
  const dynamodb = later(await createDynamoDb({ directory: directory('dynamodb'), refuse }));
  const profiles = later(createCustomerProfiles({ directory: directory('profiles'), refuse }));
  const sns = later(createSns({ directory: directory('sns'), refuse }));
  for (const name of ['own', 'other']) sns.createTopic(`${TOPIC}${name}`);
  const sqs = later(createSqs({ directory: directory('sqs'), refuse }));
  for (const name of ['own', 'other']) sqs.createQueue(queueOf(name));
  const events = later(createEvents({ onFailure: onEvent, refuse }));
  events.start();
  const logs = createLogs({ directory: directory('logs') });
  const lambda = later(createLambda({ directory: directory('lambda'), endpointUrl: url, logs, refuse }));
  const integrations = createIntegrations({ lambda, s3, sns, refuse });
  const stepFunctions = later(createStepFunctions({ directory: directory('sfn'), integrations, onEvent, refuse }));
  for (const service of [s3, dynamodb, profiles, sns, sqs, events, lambda, stepFunctions]) endpoint.mount(service);
  return { url, integrations, close: () => parts.disposeAsync() };
}
