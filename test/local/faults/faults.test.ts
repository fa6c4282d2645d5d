import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDbService } from '../../../local/dynamodb/dynamodb.ts';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import { createFaults, type Faults, type ServiceFaultKind } from '../../../local/faults/faults.ts';
import { sendJson } from '../../../local/http.ts';
import { createS3, type S3Service } from '../../../local/s3/s3.ts';

const TableName = 'ledger';
const Bucket = 'bucket';
const MINUTE_MS = 60_000;

let directory: string;
let endpoint: Endpoint;
let dynamodb: DynamoDbService;
let s3: S3Service;
let faults: Faults;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  endpoint = await openEndpoint(0);
  dynamodb = await createDynamoDb({ directory: join(directory, 'dynamodb') });
  s3 = createS3({ directory: join(directory, 's3'), onEvent: () => {} });
  s3.createBucket(Bucket, { versioned: false, eventBridge: false });
  faults = createFaults({ spared: 'onlooker' });
  const sqs = {
    signingName: 'sqs',
    handle: async (_request: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, {}),
    close: async () => {},
  };
  for (const service of [dynamodb, s3, sqs]) endpoint.mount(faults.around(service));
  await dynamodb.createTable(endpoint.url, {
    TableName,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
});
afterEach(() => faults.lift());
afterAll(async () => {
  await endpoint.close();
  await Promise.all([dynamodb.close(), s3.close()]);
  rmSync(directory, { recursive: true });
});

const connection = (accessKeyId = 'worker') => ({
  endpoint: endpoint.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'local' },
  maxAttempts: 1,
});

const always = (service: string, kind: ServiceFaultKind) =>
  faults.inject({ service, kind, share: 1, forMs: MINUTE_MS });

async function outcome(call: Promise<unknown>): Promise<{ name: string; status: number | undefined } | 'answered'> {
  try {
    await call;
    return 'answered';
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { name, status: $metadata?.httpStatusCode };
  }
}

const key = (pk: string) => ({ pk: { S: pk } });
const put = (pk: string, caller?: string) =>
  new DynamoDBClient(connection(caller)).send(new PutItemCommand({ TableName, Item: key(pk) }));
const isThere = async (pk: string) => {
  const client = new DynamoDBClient(connection('onlooker'));
  return (await client.send(new GetItemCommand({ TableName, Key: key(pk) }))).Item !== undefined;
};
const putObject = (Key: string) =>
  new S3Client(connection()).send(new PutObjectCommand({ Bucket, Key, Body: 'x'.repeat(100_000) }));
const objectIsThere = async (Key: string) =>
  (await outcome(new S3Client(connection('onlooker')).send(new HeadObjectCommand({ Bucket, Key })))) === 'answered';
const receive = () => new SQSClient(connection()).send(new ReceiveMessageCommand({ QueueUrl: `${endpoint.url}/1/q` }));

describe('a fault', () => {
  it.each<[ServiceFaultKind, string, number]>([
    ['error', 'InternalServerError', 500],
    ['throttled', 'ProvisionedThroughputExceededException', 400],
  ])('%s of DynamoDB answers with %s, and nothing is done', async (kind, name, status) => {
    always('dynamodb', kind);
    expect(await outcome(put(kind))).toEqual({ name, status });
    expect(await isThere(kind)).toBe(false);
  });

  it.each<[ServiceFaultKind, string, number]>([
    ['error', 'InternalError', 500],
    ['throttled', 'SlowDown', 503],
  ])('%s of S3 answers with %s, and nothing is done', async (kind, name, status) => {
    always('s3', kind);
    expect(await outcome(putObject(kind))).toEqual({ name, status });
    expect(await objectIsThere(kind)).toBe(false);
  });

  it.each<[ServiceFaultKind, string, number]>([
    ['error', 'InternalFailure', 500],
    ['throttled', 'ThrottlingException', 400],
  ])('%s of any other service answers with %s', async (kind, name, status) => {
    always('sqs', kind);
    expect(await outcome(receive())).toEqual({ name, status });
  });

  it.each<[ServiceFaultKind, boolean]>([
    ['droppedBefore', false],
    ['droppedAfter', true],
  ])('%s loses the connection; the work is done: %s', async (kind, isDone) => {
    always('dynamodb', kind);
    always('s3', kind);
    expect(await outcome(put(kind))).toMatchObject({ status: undefined });
    expect(await isThere(kind)).toBe(isDone);
    expect(await outcome(putObject(`lost/${kind}`))).toMatchObject({ status: undefined });
    expect(await objectIsThere(`lost/${kind}`)).toBe(isDone);
    const get = new GetObjectCommand({ Bucket, Key: `lost/${kind}` });
    expect(await outcome(new S3Client(connection()).send(get))).toMatchObject({ status: undefined });
  });

  it('spares the onlooker, other services, and everybody once it is over or lifted', async () => {
    always('dynamodb', 'error');
    expect(await outcome(put('spared', 'onlooker'))).toBe('answered');
    expect(await outcome(putObject('other'))).toBe('answered');
    faults.lift();
    expect(await outcome(put('lifted'))).toBe('answered');
    expect(faults.isActive).toBe(false);
  });

  it('lasts from its first call on', async () => {
    faults.inject({ service: 'dynamodb', kind: 'error', share: 1, forMs: 50 });
    await setTimeout(60);
    expect(faults.isActive).toBe(true);
    expect(await outcome(put('over'))).toMatchObject({ status: 500 });
    await setTimeout(60);
    expect(faults.isActive).toBe(false);
    expect(await outcome(put('over'))).toBe('answered');
  });

  it('hits its share of the calls, and only those are counted', async () => {
    const draws = [0.1, 0.4, 0.3, 0.2];
    const some = createFaults({ spared: 'onlooker', random: () => draws.shift() ?? 1 });
    endpoint.mount(some.around(dynamodb));
    some.inject({ service: 'dynamodb', kind: 'throttled', share: 0.3, forMs: MINUTE_MS });
    const outcomes = [];
    for (const pk of ['a', 'b', 'c', 'd']) outcomes.push((await outcome(put(pk))) === 'answered');
    endpoint.mount(faults.around(dynamodb));
    expect(outcomes).toEqual([false, true, true, false]);
    expect(some.hits()).toEqual({ error: 0, throttled: 2, droppedBefore: 0, droppedAfter: 0, unprocessedKeys: 0 });
  });
});

describe('unprocessed keys', () => {
  const batchGet = (keys: string[]) =>
    new DynamoDBClient(connection()).send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys.map(key), ConsistentRead: true } } }),
    );

  it('are every second key; asked for again and again, all are read', async () => {
    const keys = ['k1', 'k2', 'k3', 'k4'];
    for (const pk of keys) await put(pk);
    const before = faults.hits().unprocessedKeys;
    always('dynamodb', 'unprocessedKeys');
    const { Responses, UnprocessedKeys } = await batchGet(keys);
    expect(Responses?.[TableName]).toHaveLength(2);
    expect(UnprocessedKeys).toEqual({ [TableName]: { Keys: [key('k2'), key('k4')], ConsistentRead: true } });
    const second = await batchGet(['k2', 'k4']);
    expect(second.UnprocessedKeys).toEqual({ [TableName]: { Keys: [key('k4')], ConsistentRead: true } });
    const third = await batchGet(['k4']);
    expect(third.Responses?.[TableName]).toEqual([key('k4')]);
    expect(third.UnprocessedKeys).toEqual({});
    expect(faults.hits().unprocessedKeys - before).toBe(2);
  });

  it('leave every other operation as it is', async () => {
    always('dynamodb', 'unprocessedKeys');
    expect(await outcome(put('single'))).toBe('answered');
    expect(await isThere('single')).toBe(true);
    await expect(batchGet([])).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
