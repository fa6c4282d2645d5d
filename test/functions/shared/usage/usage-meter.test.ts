import { CreateMultipartUploadCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { BatchGetCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionUse } from '../../../../functions/shared/contracts.ts';
import { createUsageMeter, type UsageMeter } from '../../../../functions/shared/usage/usage-meter.ts';
import { startTables, TABLES } from '../../../helpers/tables.ts';
import { type Buckets, EXPORTS, RUNS, startBuckets } from '../../split-export/buckets.ts';

let buckets: Buckets;
let tables: Awaited<ReturnType<typeof startTables>>;
let meter: UsageMeter;
let now = 0;

beforeAll(async () => {
  buckets = await startBuckets();
  tables = await startTables();
  meter = createUsageMeter({ dynamo: tables.client, s3: buckets.s3, mib: 512, now: () => now });
});
afterAll(async () => {
  await buckets.stop();
  await tables.stop();
});

/** What was counted while this was done, whether or not it succeeded. */
async function useOf(act: () => Promise<unknown>): Promise<FunctionUse> {
  const used = meter.start();
  await act().catch(() => {});
  return used();
}

const TableName = TABLES.run;
const Key = { run: 'r', item: 'large' };
const text = (kb: number) => 'x'.repeat(kb * 1_000);
const put = (kb: number, more = {}) =>
  tables.client.send(new PutCommand({ TableName, Item: { ...Key, text: text(kb) }, ...more }));
const IS_NEW = { ConditionExpression: 'attribute_not_exists(#run)', ExpressionAttributeNames: { '#run': 'run' } };
const batchGet = () =>
  tables.client.send(
    new BatchGetCommand({
      RequestItems: { [TableName]: { Keys: [Key, { ...Key, item: 'no' }], ConsistentRead: true } },
    }),
  );

describe('the meter of a function', () => {
  it.each<[what: string, act: () => Promise<unknown>, use: Partial<FunctionUse>]>([
    ['a write by its size', () => put(2), { writes: 2 }],
    ['a write whose condition fails, which is billed by size', () => put(2, IS_NEW), { writes: 2 }],
    [
      'an update whose condition fails as one unit: what is updated is small',
      () => tables.client.send(new UpdateCommand({ ...IS_NEW, TableName, Key, UpdateExpression: 'REMOVE more' })),
      { writes: 1 },
    ],
    [
      'a consistent read by size',
      () => tables.client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
      { reads: 1 },
    ],
    ['another read at half of it', () => tables.client.send(new GetCommand({ TableName, Key })), { reads: 0.5 }],
    ['each key of a batch, those included that there are not', batchGet, { reads: 2 }],
    [
      'nothing for a request that DynamoDB does not take',
      () => tables.client.send(new GetCommand({ TableName: 'none', Key })),
      {},
    ],
    ['a file that is put', () => buckets.put(RUNS, 'a', 'text'), { puts: 1 }],
    ['a file that is read', () => buckets.text(RUNS, 'a'), { gets: 1 }],
    ['a file that is not there', () => buckets.text(RUNS, 'b'), { gets: 1 }],
    ['a list', () => buckets.s3.send(new ListObjectsV2Command({ Bucket: EXPORTS })), { puts: 1 }],
    [
      'a part of an upload',
      () => buckets.s3.send(new CreateMultipartUploadCommand({ Bucket: RUNS, Key: 'c' })),
      { puts: 1 },
    ],
  ])('counts %s', async (_what, act, use) => {
    expect(await useOf(act)).toEqual({ ms: 0, mib: 512, reads: 0, writes: 0, puts: 0, gets: 0, ...use });
  });

  it('counts from the begin of the invocation on', async () => {
    const first = meter.start();
    await buckets.text(RUNS, 'a');
    now += 300;
    const second = meter.start();
    await buckets.text(RUNS, 'a');
    now += 50;
    expect([first(), second()]).toMatchObject([
      { ms: 350, gets: 2 },
      { ms: 50, gets: 1 },
    ]);
  });
});
