import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CustomerProfilesClient, PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { LOG_DELIVERY, writeEncryptedStack } from './encrypted-stack.ts';

const folders: string[] = [];
let allowances = new Set<string>();
const start = (cdkOut: string, timeScale = 1): Promise<EmbeddedStack> => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'encrypted-'));
  folders.push(cdkOut, stateDirectory);
  return startStack({
    cdkOut,
    stateDirectory,
    port: 0,
    timeScale,
    onRefused: () => {},
    onAllowed: ({ service }, { action }, { policy, statement }) =>
      allowances.add(`${service} ${action} by ${policy} ${statement}`),
  });
};

let stack: EmbeddedStack;
let policies: readonly PolicyModel[];
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  // A minute takes 300 ms.
  stack = await start(writeEncryptedStack(), 0.005);
  policies = stack.iam.policies();
  stack.iam.bindKey('worker', {
    role: stack.outputs.WorkerArn ?? '',
    service: 'lambda.amazonaws.com',
    session: 'worker',
  });
});
afterEach(() => stack.iam.putPolicies(policies));
afterAll(async () => {
  await stack.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const without = (name: string) => stack.iam.putPolicies(policies.filter((policy) => policy.name !== name));

function clients() {
  const credentials = { accessKeyId: 'worker', secretAccessKey: 'x' };
  const connection = { endpoint: stack.url, region: stack.region, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client(connection),
    dynamodb: new DynamoDBClient(connection),
    sqs: new SQSClient({ ...connection, useQueueUrlAsEndpoint: false }),
    sns: new SNSClient(connection),
  };
}
type Clients = ReturnType<typeof clients>;
type Call = (clients: Clients) => Promise<unknown>;

const object = () => ({ Bucket: stack.outputs.Bucket, Key: 'a' });
const item = () => ({ TableName: stack.outputs.Table, Key: { pk: { S: 'a' } } });
const QueueUrl = () => stack.outputs.Live;

/** What the call is answered with. */
async function answerOf(call: Call): Promise<{ name: string; status?: number; message?: string }> {
  const all = clients();
  try {
    return await call(all).then(
      () => ({ name: 'done' }),
      ({ name, message, $metadata }) => ({ name, status: $metadata?.httpStatusCode, message }),
    );
  } finally {
    for (const client of Object.values(all)) client.destroy();
  }
}

const NEEDING: readonly [string, Call, string, number, string][] = [
  [
    'PutObject',
    ({ s3 }) => s3.send(new PutObjectCommand({ ...object(), Body: 'x' })),
    'AccessDenied',
    403,
    'GenerateDataKey',
  ],
  ['GetObject', ({ s3 }) => s3.send(new GetObjectCommand(object())), 'AccessDenied', 403, 'Decrypt'],
  [
    'CreateMultipartUpload',
    ({ s3 }) => s3.send(new CreateMultipartUploadCommand(object())),
    'AccessDenied',
    403,
    'GenerateDataKey',
  ],
  [
    'PutItem',
    ({ dynamodb }) => dynamodb.send(new PutItemCommand({ TableName: stack.outputs.Table, Item: item().Key })),
    'AccessDeniedException',
    400,
    'Decrypt',
  ],
  ['GetItem', ({ dynamodb }) => dynamodb.send(new GetItemCommand(item())), 'AccessDeniedException', 400, 'Decrypt'],
  [
    'SendMessage',
    ({ sqs }) => sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: 'm' })),
    'KmsAccessDenied',
    400,
    'GenerateDataKey',
  ],
  [
    'ReceiveMessage',
    ({ sqs }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrl() })),
    'KmsAccessDenied',
    400,
    'Decrypt',
  ],
  [
    'Publish',
    ({ sns }) => sns.send(new PublishCommand({ TopicArn: stack.outputs.Topic, Message: 'm' })),
    'KMSAccessDeniedException',
    400,
    'GenerateDataKey',
  ],
];

describe('a role that calls what has a key', () => {
  it.each(NEEDING)('%s is answered if it may use the key', async (_, call) => {
    const before = allowances;
    allowances = new Set();
    expect(await answerOf(call)).toEqual({ name: 'done' });
    const byKey = [...allowances].filter((line) => line.includes(' kms:')).map((line) => line.split(' by ')[1]);
    expect(new Set(byKey)).toEqual(new Set(['Key 0', 'KeyOfWorker 0']));
    allowances = before;
  });

  it.each(NEEDING)('%s is refused if its policies say nothing of the key', async (_, call, name, status, action) => {
    without('KeyOfWorker');
    const because = `is not authorized to perform: kms:${action} on resource: ${stack.outputs.KeyArn} because no identity-based policy allows the kms:${action} action`;
    expect(await answerOf(call)).toEqual({ name, status, message: expect.stringContaining(because) });
  });

  it.each(NEEDING)("%s is refused if the key's policy leaves nothing to them", async (_, call, name, status) => {
    without('Key');
    const message = expect.stringContaining('because no resource-based policy allows the kms:');
    expect(await answerOf(call)).toEqual({ name, status, message });
  });

  it.each<[string, Call]>([
    ['HeadObject', ({ s3 }) => s3.send(new HeadObjectCommand(object()))],
    ['GetQueueAttributes', ({ sqs }) => sqs.send(new GetQueueAttributesCommand({ QueueUrl: QueueUrl() }))],
  ])('%s needs nothing of the key', async (_, call) => {
    without('KeyOfWorker');
    expect(await answerOf(call)).toEqual({ name: 'done' });
  });

  it('needs to decrypt, too, to upload in parts and to send', async () => {
    const weaker = policies.map((policy) => ({
      ...policy,
      ...(policy.name === 'KeyOfWorker' && {
        document: { Statement: { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: stack.outputs.KeyArn } },
      }),
    }));
    stack.iam.putPolicies(weaker);
    const answers = Object.fromEntries(
      await Promise.all(NEEDING.map(async ([call, make]) => [call, (await answerOf(make)).name])),
    );
    expect(answers).toMatchObject({
      PutObject: 'done',
      CreateMultipartUpload: 'AccessDenied',
      SendMessage: 'KmsAccessDenied',
      Publish: 'KMSAccessDeniedException',
    });
  });
});

/** Puts an object that reaches no profile. */
async function putOrphan(at: EmbeddedStack): Promise<void> {
  const client = new CustomerProfilesClient({ endpoint: at.url, region: at.region, credentials: at.credentials });
  const put = { DomainName: 'made', ObjectTypeName: 'Orphan', Object: '{"id":"a"}' };
  await client.send(new PutProfileObjectCommand(put));
  client.destroy();
}

async function putEvent(at: EmbeddedStack): Promise<void> {
  const client = new EventBridgeClient({ endpoint: at.url, region: at.region, credentials: at.credentials });
  const Entries = [{ EventBusName: 'live', Source: 'crm', DetailType: 'Changed', Detail: '{}' }];
  await client.send(new PutEventsCommand({ Entries }));
  client.destroy();
}

const alarm = (at: EmbeddedStack) =>
  at.sns.publish(
    { TopicArn: at.outputs.Topic ?? '', Message: 'm' },
    { service: 'cloudwatch.amazonaws.com' },
    'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a',
  );

describe('a service that calls in its own name', () => {
  it('is let in by the policies of the resource and of its key', async () => {
    const sent = stack.sqs.messages(stack.outputs.Live ?? '').length;
    await putEvent(stack);
    await putOrphan(stack);
    expect(stack.sqs.messages(stack.outputs.Live ?? '')).toHaveLength(sent + 1);
    const [late] = stack.sqs.messages(stack.outputs.Late ?? '');
    expect(JSON.parse(late?.body ?? '')).toMatchObject({ domainName: 'made', object: '{"id":"a"}' });
    expect(() => alarm(stack)).not.toThrow();
    expect([...allowances]).toEqual(
      expect.arrayContaining([
        'events.amazonaws.com sqs:SendMessage by LivePolicy 0',
        'events.amazonaws.com kms:GenerateDataKey by Key 1',
        'profile.amazonaws.com kms:Decrypt by Key 2',
        'cloudwatch.amazonaws.com SNS:Publish by TopicPolicy 0',
        'logs.us-east-1.amazonaws.com kms:DescribeKey by Key 4',
        'states.amazonaws.com logs:PutResourcePolicy by LogDelivery 0',
      ]),
    );
  });

  it('is not let in if one of the two has nothing for it; what it brings is lost, and the terminal says so', async () => {
    const closed = await start(writeEncryptedStack({ onKey: ['logs'] }));
    vi.mocked(console.error).mockClear();
    await putEvent(closed);
    await putOrphan(closed);
    expect(closed.sqs.messages(closed.outputs.Live ?? '')).toEqual([]);
    expect(closed.sqs.messages(closed.outputs.Late ?? '')).toEqual([]);
    // The other stack has its own to tell: the function that its schedule calls fails.
    const lines = vi.mocked(console.error).mock.calls.map(([line]) => String(line));
    const told = lines.filter((line) => !line.startsWith('The function '));
    const refused = (who: string) => `${who}.amazonaws.com is not authorized to perform: kms:GenerateDataKey`;
    expect(told).toEqual([
      expect.stringContaining(`could not deliver the event`),
      expect.stringContaining('A late error of the domain made is lost'),
    ]);
    expect([told[0], told[1]]).toEqual(['events', 'profile'].map((who) => expect.stringContaining(refused(who))));
    expect(() => alarm(closed)).toThrow(refused('cloudwatch'));

    closed.iam.putPolicies(policies.filter(({ name }) => name !== 'LatePolicy'));
    await putOrphan(closed);
    expect(closed.sqs.messages(closed.outputs.Late ?? '')).toEqual([]);
    await closed.close();
  });
});

describe('a stack that AWS would not deploy does not start:', () => {
  it("a log group whose key does not let CloudWatch's logs in", async () => {
    await expect(start(writeEncryptedStack({ onKey: [] }))).rejects.toThrow(
      "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:000000000000:log-group:mini-logs'",
    );
  });

  it.each(LOG_DELIVERY)('a state machine with a log whose role may not %s', async (missing) => {
    const logDelivery = ['states:*', ...LOG_DELIVERY.filter((action) => action !== missing)];
    await expect(start(writeEncryptedStack({ logDelivery }))).rejects.toThrow(
      'The state machine IAM Role is not authorized to access the Log Destination',
    );
  });
});

describe('a rule with a schedule', () => {
  it("calls its target again and again, with the event that AWS sends, and Lambda's metrics count it", async () => {
    const { Ticked = '', Logs = '' } = stack.outputs;
    const events = (): { id: string }[] =>
      [...readFileSync(stack.logs.fileOf(Logs), 'utf8').matchAll(/ (\{.*\})$/gm)].map(([, event = '']) =>
        JSON.parse(event),
      );
    await vi.waitFor(() => expect(new Set(events().map(({ id }) => id)).size).toBeGreaterThan(1), { timeout: 60_000 });
    expect(events()[0]).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/mini-tick'],
      detail: {},
    });
    const metric = (name: string) => stack.logs.metrics.query({ namespace: 'AWS/Lambda', name })[0];
    expect(metric('Invocations')).toMatchObject({ dimensions: { FunctionName: Ticked }, maximum: 1 });
    expect(metric('Errors')?.sum).toBe(metric('Invocations')?.sum);
  });
});
