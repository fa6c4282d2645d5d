import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDbService } from '../../../local/dynamodb/dynamodb.ts';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import { createMeter, type Meter } from '../../../local/meter.ts';

const TABLE = {
  TableName: 'ledger',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
};

let directory: string;
let endpoint: Endpoint;
let dynamodb: DynamoDbService;
let client: DynamoDBClient;
let meter: Meter;

async function start(): Promise<void> {
  meter = createMeter();
  dynamodb = await createDynamoDb({ directory, count: meter.count.dynamodb });
  endpoint = await openEndpoint(0);
  endpoint.mount(dynamodb);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  await dynamodb.createTable(endpoint.url, TABLE);
}

async function stop(): Promise<void> {
  client.destroy();
  await endpoint.close();
  await dynamodb.close();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

const put = (pk: string, n: number, condition = false) =>
  client.send(
    new PutItemCommand({
      TableName: 'ledger',
      Item: { pk: { S: pk }, n: { N: String(n) } },
      ...(condition && { ConditionExpression: 'attribute_not_exists(pk)' }),
    }),
  );
const get = async (pk: string) =>
  (await client.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: pk } }, ConsistentRead: true }))).Item;

it('keeps items and tables over a restart', async () => {
  await put('a', 1);
  await stop();
  await start();
  expect(await get('a')).toEqual({ pk: { S: 'a' }, n: { N: '1' } });
});

it('lets exactly one of many conditional writes of the same item through', async () => {
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => put('a', n, true)));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(19);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(ConditionalCheckFailedException);
});

it('names an operation that it does not have', async () => {
  const ttl = { TableName: 'ledger', TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } };
  await expect(client.send(new UpdateTimeToLiveCommand(ttl))).rejects.toThrow("no operation 'UpdateTimeToLive'");
});

it('lives on when a caller dies in the middle of a request', async () => {
  await new Promise<void>((resolve) => {
    const broken = request(endpoint.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'content-type': 'application/x-amz-json-1.0',
        'content-length': 1000,
      },
    });
    broken.on('error', () => resolve());
    broken.write('{', () => broken.destroy(new Error('killed')));
  });
  await put('b', 2);
  expect(await get('b')).toMatchObject({ n: { N: '2' } });
});

it('ends in peace while calls are under way', async () => {
  const calls = Promise.allSettled(Array.from({ length: 200 }, (_, n) => put(`under-way-${n}`, n)));
  await put('first', 1);
  await stop();
  await calls;
  await start();
  expect(await get('first')).toMatchObject({ n: { N: '1' } });
});

const bill = () => meter.usage().dynamodb.ledger;
const large = { pk: { S: 'large' }, text: { S: 'x'.repeat(5_000) } };
const read = (pk: string, ConsistentRead = true) =>
  client.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: pk } }, ConsistentRead }));

it.each([
  ['a consistent read of an item', () => read('small'), { reads: 1, writes: 0 }],
  ['one of an item that is absent', () => read('absent'), { reads: 1, writes: 0 }],
  ['one that is eventually consistent', () => read('small', false), { reads: 0.5, writes: 0 }],
  ['one of an item of over 4 KB', () => read('large'), { reads: 2, writes: 0 }],
  [
    'a batch of reads, item by item',
    () => {
      const Keys = ['small', 'large', 'absent'].map((pk) => ({ pk: { S: pk } }));
      return client.send(new BatchGetItemCommand({ RequestItems: { ledger: { Keys, ConsistentRead: true } } }));
    },
    { reads: 4, writes: 0 },
  ],
  [
    'a query',
    () =>
      client.send(
        new QueryCommand({
          TableName: 'ledger',
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'large' } },
        }),
      ),
    { reads: 2, writes: 0 },
  ],
  ['a write', () => put('small', 2), { reads: 0, writes: 1 }],
  [
    'one of over 4 KB',
    () => client.send(new PutItemCommand({ TableName: 'ledger', Item: large })),
    { reads: 0, writes: 5 },
  ],
  ['one whose condition fails', () => put('small', 2, true).catch(() => {}), { reads: 0, writes: 1 }],
  [
    'a request that is not valid',
    () => client.send(new PutItemCommand({ TableName: 'ledger', Item: {} })).catch(() => {}),
    { reads: 0, writes: 0 },
  ],
])('%s is counted as AWS bills it', async (_, request, expected) => {
  await put('small', 1);
  await client.send(new PutItemCommand({ TableName: 'ledger', Item: large }));
  const before = bill() ?? { reads: 0, writes: 0 };
  await request();
  const after = bill() ?? before;
  expect({ reads: after.reads - before.reads, writes: after.writes - before.writes }).toEqual(expected);
});
