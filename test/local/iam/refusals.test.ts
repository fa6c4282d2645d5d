import { PutProfileObjectCommand, SearchProfilesCommand } from '@aws-sdk/client-customer-profiles';
import {
  BatchGetItemCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListStateMachinesCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  clientsOf,
  FUNCTION,
  HERE,
  MACHINE,
  QUEUE,
  ROLE,
  startGuardedServices,
  TABLE,
  TOPIC,
  TYPES,
} from './guarded-services.ts';

const USER = 'User: arn:aws:sts::000000000000:assumed-role/worker/worker';
const EXECUTION = `arn:aws:states:${HERE}:execution:`;

let services: Awaited<ReturnType<typeof startGuardedServices>>;
let by: ReturnType<typeof clientsOf>;
beforeAll(async () => {
  services = await startGuardedServices();
  by = clientsOf(services.url, 'fn-worker');
});
afterAll(async () => {
  for (const client of Object.values(by)) client.destroy();
  await services.close();
});

interface Answer {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

async function refused(call: Promise<unknown>): Promise<Answer> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('The call was not refused.');
}

const item = { pk: { S: 'k' } };
const keys = { Keys: [item] };

/** How each service names a refusal, by the prefix of its actions. */
const NAMED: Readonly<Record<string, Pick<Answer, 'name' | 'status'>>> = {
  s3: { name: 'AccessDenied', status: 403 },
  dynamodb: { name: 'AccessDeniedException', status: 400 },
  profile: { name: 'AccessDeniedException', status: 403 },
  states: { name: 'AccessDeniedException', status: 400 },
  SNS: { name: 'AuthorizationErrorException', status: 403 },
  sqs: { name: 'AccessDenied', status: 403 },
  events: { name: 'AccessDeniedException', status: 400 },
};

it.each<[string, string, () => Promise<unknown>]>([
  ['s3:GetObject', 'arn:aws:s3:::other/a', () => by.s3.send(new GetObjectCommand({ Bucket: 'other', Key: 'a' }))],
  [
    's3:GetObjectVersion',
    'arn:aws:s3:::own/a',
    () => by.s3.send(new GetObjectCommand({ Bucket: 'own', Key: 'a', VersionId: '1' })),
  ],
  [
    's3:PutObject',
    'arn:aws:s3:::own/a',
    () => by.s3.send(new PutObjectCommand({ Bucket: 'own', Key: 'a', Body: 'x' })),
  ],
  [
    's3:PutObject',
    'arn:aws:s3:::other/in/a',
    () => by.s3.send(new CreateMultipartUploadCommand({ Bucket: 'other', Key: 'in/a' })),
  ],
  [
    's3:AbortMultipartUpload',
    'arn:aws:s3:::own/in/a',
    () => by.s3.send(new AbortMultipartUploadCommand({ Bucket: 'own', Key: 'in/a', UploadId: 'u' })),
  ],
  [
    's3:DeleteObject',
    'arn:aws:s3:::own/in/a',
    () => by.s3.send(new DeleteObjectCommand({ Bucket: 'own', Key: 'in/a' })),
  ],
  ['s3:ListBucket', 'arn:aws:s3:::other', () => by.s3.send(new ListObjectsV2Command({ Bucket: 'other' }))],
  ['s3:ListBucketVersions', 'arn:aws:s3:::own', () => by.s3.send(new ListObjectVersionsCommand({ Bucket: 'own' }))],
  [
    's3:ListBucket',
    'arn:aws:s3:::silent',
    () => by.s3.send(new GetObjectCommand({ Bucket: 'silent', Key: 'missing' })),
  ],
  ['dynamodb:PutItem', `${TABLE}other`, () => by.dynamodb.send(new PutItemCommand({ TableName: 'other', Item: item }))],
  ['dynamodb:GetItem', `${TABLE}own`, () => by.dynamodb.send(new GetItemCommand({ TableName: 'own', Key: item }))],
  [
    'dynamodb:BatchGetItem',
    `${TABLE}other`,
    () => by.dynamodb.send(new BatchGetItemCommand({ RequestItems: { own: keys, other: keys } })),
  ],
  [
    'dynamodb:Query',
    `${TABLE}own/index/byName`,
    () =>
      by.dynamodb.send(new QueryCommand({ TableName: 'own', IndexName: 'byName', KeyConditionExpression: 'pk = pk' })),
  ],
  ['dynamodb:ListTables', '*', () => by.dynamodb.send(new ListTablesCommand({}))],
  [
    'profile:PutProfileObject',
    `${TYPES}Other`,
    () => by.profiles.send(new PutProfileObjectCommand({ DomainName: 'demo', ObjectTypeName: 'Other', Object: '{}' })),
  ],
  [
    'profile:PutProfileObject',
    TYPES.replace('demo', 'live').concat('Own'),
    () => by.profiles.send(new PutProfileObjectCommand({ DomainName: 'live', ObjectTypeName: 'Own', Object: '{}' })),
  ],
  [
    'profile:SearchProfiles',
    `arn:aws:profile:${HERE}:domains/demo`,
    () => by.profiles.send(new SearchProfilesCommand({ DomainName: 'demo', KeyName: 'k', Values: ['v'] })),
  ],
  [
    'states:StartExecution',
    `${MACHINE}other`,
    () => by.sfn.send(new StartExecutionCommand({ stateMachineArn: `${MACHINE}other` })),
  ],
  [
    'states:DescribeExecution',
    `${EXECUTION}own:1`,
    () => by.sfn.send(new DescribeExecutionCommand({ executionArn: `${EXECUTION}own:1` })),
  ],
  ['states:ListStateMachines', '*', () => by.sfn.send(new ListStateMachinesCommand({}))],
  ['SNS:Publish', `${TOPIC}other`, () => by.sns.send(new PublishCommand({ TopicArn: `${TOPIC}other`, Message: 'm' }))],
  [
    'sqs:SendMessage',
    `${QUEUE}other`,
    () => by.sqs.send(new SendMessageCommand({ QueueUrl: 'https://queues/other', MessageBody: 'm' })),
  ],
  [
    'events:PutEvents',
    `arn:aws:events:${HERE}:event-bus/default`,
    () => by.events.send(new PutEventsCommand({ Entries: [{}] })),
  ],
])('%s on %s is refused as the service refuses it', async (action, resource, call) => {
  const service = action.split(':')[0] ?? '';
  const named = service === 's3' ? `"${resource}"` : resource;
  const because = `because no identity-based policy allows the ${action} action`;
  const message = `${USER} is not authorized to perform: ${action} on resource: ${named} ${because}`;
  expect(await refused(call())).toEqual({ ...NAMED[service], message });
});

it('Lambda refuses the function that is not allowed, and goes on to look for the one that is', async () => {
  const invoke = async (name: string) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=fn-worker/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0`;
    const path = `/2015-03-31/functions/${name}/invocations`;
    const response = await fetch(`${services.url}${path}`, { method: 'POST', headers: { authorization }, body: '{}' });
    return [response.status, response.headers.get('x-amzn-errortype'), await response.text()];
  };
  expect(await invoke('other')).toEqual([
    403,
    'AccessDeniedException',
    expect.stringContaining(`on resource: ${FUNCTION}other because`),
  ]);
  expect((await invoke('own'))[0]).toBe(404);
});

it('HeadObject is refused without a word, as its answers have no body', async () => {
  expect(await refused(by.s3.send(new HeadObjectCommand({ Bucket: 'other', Key: 'a' })))).toMatchObject({
    status: 403,
  });
});

it('what is allowed goes on: a missing object is missing to who may list its bucket', async () => {
  await by.s3.send(new PutObjectCommand({ Bucket: 'own', Key: 'in/a', Body: 'x' }));
  const missing = by.s3.send(new GetObjectCommand({ Bucket: 'own', Key: 'missing' }));
  expect(await refused(missing)).toMatchObject({ name: 'NoSuchKey', status: 404 });
  await by.sns.send(new PublishCommand({ TopicArn: `${TOPIC}own`, Message: 'm' }));
  await by.sqs.send(new SendMessageCommand({ QueueUrl: 'https://queues/own', MessageBody: 'm' }));
  const put = by.dynamodb.send(new PutItemCommand({ TableName: 'own', Item: item }));
  expect(await refused(put)).toMatchObject({ name: 'ResourceNotFoundException' });
  const start = by.sfn.send(new StartExecutionCommand({ stateMachineArn: `${MACHINE}own` }));
  expect(await refused(start)).toMatchObject({ name: 'StateMachineDoesNotExist' });
});

it('an unknown access key may do nothing', async () => {
  const { s3 } = clientsOf(services.url, 'AKIA');
  const answer = await refused(s3.send(new GetObjectCommand({ Bucket: 'own', Key: 'in/a' })));
  s3.destroy();
  expect(answer).toMatchObject({ name: 'AccessDenied', status: 403, message: expect.stringContaining("'local'") });
});

it("a state machine calls by its role, and its errors are named as Step Functions' own", async () => {
  const asRole = services.integrations.withRole?.(ROLE, `${MACHINE}own`) ?? services.integrations;
  const { signal } = new AbortController();
  const read = async (Bucket: string) => {
    for await (const _ of asRole.readObject({ Bucket, Key: 'in/a' }));
  };
  const publish = (topic: string) => asRole.publish({ TopicArn: `${TOPIC}${topic}`, Message: 'm' });

  await expect(asRole.invokeLambda(`${FUNCTION}other`, {}, { signal })).rejects.toMatchObject({
    error: 'Lambda.AWSLambdaException',
    message: expect.stringContaining(`lambda:InvokeFunction on resource: ${FUNCTION}other`),
  });
  await expect(asRole.invokeLambda(`${FUNCTION}own`, {}, { signal })).rejects.toMatchObject({
    error: 'Lambda.ResourceNotFoundException',
  });
  await expect(publish('other')).rejects.toMatchObject({ error: 'SNS.AuthorizationErrorException' });
  await expect(publish('own')).resolves.toHaveProperty('MessageId');
  await expect(read('other')).rejects.toMatchObject({ error: 'S3.AccessDeniedException' });
  await expect(read('own')).resolves.toBeUndefined();
  expect(() => asRole.authorizeChildren?.('StartExecution', `${MACHINE}own`)).not.toThrow();
  expect(() => asRole.authorizeChildren?.('StartExecution', `${MACHINE}other`)).toThrow('States.Permissions');
  expect(() => asRole.authorizeChildren?.('RedriveExecution', `${EXECUTION}own/Map:1`)).toThrow(
    'states:RedriveExecution',
  );
});
