import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addLateErrorMetrics } from '../../../functions/late-errors/late-error-metrics.ts';
import { type LateErrorsEnvironment, noteLateErrors } from '../../../functions/late-errors/late-errors.ts';
import { passOnTo } from '../../../functions/late-errors/pass-on.ts';
import type { Entry } from '../../../functions/shared/ledger/entry.ts';
import { createLedger, type Ledger } from '../../../functions/shared/ledger/ledger.ts';
import { decide } from '../../../functions/shared/ledger/rules.ts';
import { createSourceQueue } from '../../../functions/shared/source-queue.ts';
import { logger, metrics } from '../../../functions/shared/telemetry.ts';
import { createSqs, type SqsService } from '../../../local/sqs/sqs.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { serve } from '../../helpers/serve.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { type Buckets, RUNS, startBuckets } from '../split-export/buckets.ts';

const URL_OF = 'https://sqs.us-east-1.amazonaws.com/000000000000/';
const NIGHT = Date.parse('2026-11-22T02:00:00Z');
const NAME = 'Zaphod';
const BYTES = { dataType: 'Binary', binaryValue: 'AQID' } as SQSMessageAttributes[string];
const mapping = smallMapping();

let tables: Awaited<ReturnType<typeof startTables>>;
let buckets: Buckets;
let folder: string;
let sqs: SqsService;
let served: Awaited<ReturnType<typeof serve>>;
let client: SQSClient;
let clock: FakeClock;
let ledger: Ledger;
let domainName: string;
let delays: number[];
let logged: string[];
let tests = 0;

beforeAll(async () => {
  tables = await startTables();
  buckets = await startBuckets();
  folder = await mkdtemp(join(tmpdir(), 'late-errors-'));
  sqs = createSqs({ directory: folder });
  for (const name of ['late', 'dead', 'other']) {
    sqs.createQueue({
      name,
      arn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      url: URL_OF + name,
      visibilityTimeoutSeconds: 180,
      delaySeconds: 0,
      retentionSeconds: 1_000,
      receiveWaitSeconds: 0,
      maxMessageBytes: 1_048_576,
    });
  }
  served = await serve(sqs);
  client = new SQSClient({
    endpoint: served.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    useQueueUrlAsEndpoint: false,
  });
});
afterAll(async () => {
  client.destroy();
  await served.close();
  await buckets.stop();
  await tables.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tests += 1;
  domainName = `domain${tests}`;
  clock = createFakeClock(NIGHT);
  const scope = { client: tables.client, tableName: TABLES.ledger, domainName, objectTypeName: 'Customer' };
  ledger = createLedger({ ...scope, clock });
  delays = [];
  logged = [];
  vi.spyOn(logger, 'warn').mockImplementation((text, ...more) => {
    logged.push(`${text} ${(more[0] as unknown as { error: Error }).error}`);
  });
});

function environment(over: Partial<LateErrorsEnvironment> = {}): LateErrorsEnvironment {
  const queue = createSourceQueue({ client, queueUrl: `${URL_OF}late`, deadLetterQueueUrl: `${URL_OF}dead` });
  const comeBackIn = async (_message: SQSRecord, seconds: number) => {
    delays.push(seconds);
  };
  return {
    ledger,
    clock,
    mapping,
    domainName,
    s3: buckets.s3,
    runBucket: RUNS,
    queue: { ...queue, comeBackIn },
    ...over,
  };
}

/** What the embedded service sends, as LateErrors receives it. */
async function late(customerKey: string, over: object = {}): Promise<SQSRecord> {
  const object = JSON.stringify({ id: customerKey, name: NAME });
  const body = { domainName, objectTypeName: 'Customer', object, errorMessage: `No profile for ${NAME}.`, ...over };
  return received(JSON.stringify(body));
}

async function received(body: string, messageAttributes: SQSMessageAttributes = {}): Promise<SQSRecord> {
  const QueueUrl = `${URL_OF}late`;
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
  );
  const [message] = Messages;
  if (Messages.length !== 1 || message?.Body !== body) throw new Error('The message should be the only one.');
  const { MessageId = '', ReceiptHandle = '', Attributes = {} } = message;
  const record = {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body,
    attributes: Attributes,
    messageAttributes,
  };
  return record as unknown as SQSRecord;
}

/** What the ledger holds of a customer whom this run sent a minute ago. */
async function synced(customerKey: string, over: Partial<Entry> = {}, runId = `run-${tests}`): Promise<void> {
  const version = { sourceTime: 1, exportTime: 1, uploadTime: 2, row: 3, rule: 'exportTime' };
  await ledger.write(customerKey, await ledger.readOne(customerKey), {
    known: { version, fingerprint: 'F1', runId, sentAt: clock.now() - 60_000, filled: ['id', 'name'], kept: [] },
    expiresAt: NIGHT / 1_000 + 1_000_000,
    ...over,
  });
}

async function entryOf(customerKey: string): Promise<Entry | undefined> {
  return (await ledger.readOne(customerKey)).entry;
}

/** What becomes of the content in the next run that holds it. */
async function nextRun(customerKey: string) {
  const version = { sourceTime: 9, exportTime: 9, uploadTime: 9, row: 9, rule: 'exportTime' };
  const record = { version, fingerprint: 'F1', runId: 'next', resync: false, unchangedMovesVersion: false };
  const decision = decide(await entryOf(customerKey), { ...record, refreshAfter: 1e12 }, clock.now(), false);
  return decision.kind === 'refused' ? decision.refusal : decision.kind;
}

async function filesUnder(prefix: string): Promise<string[]> {
  const { Contents = [] } = await buckets.s3.send(new ListObjectsV2Command({ Bucket: RUNS, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function fileOf(key: string): Promise<Record<string, unknown>> {
  return JSON.parse(await buckets.text(RUNS, key)) as Record<string, unknown>;
}

function back({ response }: Awaited<ReturnType<typeof noteLateErrors>>): string[] {
  return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** An S3 that is out of order, in the words of one that quotes what it got. */
const BROKEN_S3 = { send: () => Promise.reject(new Error(`bad body: ${NAME}`)) } as unknown as S3Client;

describe('a late error', () => {
  it('lets the next run send the record again, and stands in a file of the run that sent it', async () => {
    await synced('C1');
    expect(await nextRun('C1')).toBe('unchanged');
    const message = await late('C1');
    const result = await noteLateErrors([message], environment());
    expect(result).toEqual({
      response: { batchItemFailures: [] },
      tally: { late: 1, givenUp: 0, foreign: 0, returned: 0 },
    });
    expect(await nextRun('C1')).toBe('send');
    expect(await fileOf(`runs/run-${tests}/late-errors/${message.messageId}.json`)).toEqual({
      customerKey: 'C1',
      objectTypeName: 'Customer',
      object: { id: 'C1', name: NAME },
      reason: `No profile for ${NAME}.`,
      sentAt: new Date(Number(message.attributes.SentTimestamp)).toISOString(),
      receivedAt: '2026-11-22T02:00:00.000Z',
      version: '1970-01-01T00:00:00.001Z/1970-01-01T00:00:00.002Z/3',
      attempt: 1,
      givenUp: false,
    });
  });

  it('of a live event stands in a file of that event', async () => {
    await synced('C1', {}, `event/e-${tests}`);
    const message = await late('C1');
    await noteLateErrors([message], environment());
    expect(await filesUnder(`runs/event/e-${tests}/`)).toEqual([
      `runs/event/e-${tests}/late-errors/${message.messageId}.json`,
    ]);
  });

  it('of content that was sent again three times ends it: later runs count the row rejected', async () => {
    await synced('C1');
    const tallies = [];
    for (let resends = 0; resends < 4; resends += 1) {
      const mark = (await entryOf('C1'))?.late;
      await synced('C1', mark && { late: { ...mark, open: false, resends } });
      tallies.push((await noteLateErrors([await late('C1')], environment())).tally.givenUp);
    }
    expect(tallies).toEqual([0, 0, 0, 1]);
    expect(await nextRun('C1')).toMatchObject({ code: 'LATE_ERROR', reason: `No profile for ${NAME}.` });
    const files = await Promise.all((await filesUnder(`runs/run-${tests}/`)).map(fileOf));
    const ends = files.map(({ attempt, givenUp }) => `${attempt} ${givenUp}`).sort();
    expect(ends).toEqual(['1 false', '2 false', '3 false', '4 true']);
  });

  it('has a reason in the ledger that keeps the entry small, and all of it in the file', async () => {
    await synced('C1', { late: { fingerprint: 'F1', messages: ['a'], open: false, resends: 3 } });
    await noteLateErrors([await late('C1', { errorMessage: 'x'.repeat(2_000) })], environment());
    expect((await entryOf('C1'))?.refusal?.reason).toHaveLength(300);
    const [file = ''] = await filesUnder(`runs/run-${tests}/`);
    expect((await fileOf(file)).reason).toHaveLength(2_000);
  });

  it('waits until no call for the customer is under way, and looks again long before a claim would end by itself', async () => {
    const version = { sourceTime: 2, exportTime: 2, uploadTime: 2, row: 2, rule: 'exportTime' };
    await synced('C1', { claim: { id: 'c', version, fingerprint: 'F2', deadline: clock.now() + 60_000 } });
    const message = await late('C1');
    const result = await noteLateErrors([message], environment());
    expect(back(result)).toEqual([message.messageId]);
    expect(delays).toEqual([30]);
    const returnedAge = clock.now() - Number(message.attributes.SentTimestamp);
    expect(result.tally).toEqual({ late: 0, givenUp: 0, foreign: 0, returned: 1, returnedAge });
    expect((await entryOf('C1'))?.late).toBeUndefined();

    clock.freeze(63_000);
    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect((await entryOf('C1'))?.late?.open).toBe(true);
  });

  it('of a customer whom the ledger does not know is counted, and stands among those without a run', async () => {
    const message = await late('nobody');
    expect((await noteLateErrors([message], environment())).tally).toMatchObject({ late: 1, givenUp: 0 });
    const file = await fileOf(`runs/unknown/late-errors/${message.messageId}.json`);
    expect(file).toMatchObject({ customerKey: 'nobody', object: { name: NAME }, givenUp: false });
    expect(file).not.toHaveProperty('attempt');
    expect(await entryOf('nobody')).toBeUndefined();
  });
});

describe('a message of somebody else', () => {
  it.each([
    ['OTHER_OBJECT_TYPE', { objectTypeName: 'Order' }, 'The message is about another object type.'],
    ['OTHER_DOMAIN', { domainName: 'elsewhere' }, 'The message is about another domain.'],
    ['UNREADABLE', { object: '{"id":' }, 'The message is no JSON object, or holds no object with the customer key.'],
  ])('is put aside with its code: %s', async (code, over, reason) => {
    await synced('C1');
    const message = await late('C1', over);
    const result = await noteLateErrors([message], environment());
    expect(result.tally).toEqual({ late: 0, givenUp: 0, foreign: 1, returned: 0 });
    expect(back(result)).toEqual([]);
    expect(sqs.messages('dead').at(-1)).toMatchObject({ body: message.body, attributes: { code, reason } });
    expect(await nextRun('C1')).toBe('unchanged');
  });

  it('keeps its attributes', async () => {
    const attribute = (stringValue: string) => ({ stringValue, dataType: 'String' }) as SQSMessageAttributes[string];
    const attributes = { ObjectTypeName: attribute('Order'), reason: attribute('No order.'), Bytes: BYTES };
    await noteLateErrors([await received('{}', attributes)], environment());
    const aside = sqs.messages('dead').at(-1)?.attributes;
    expect(aside).toEqual({
      code: 'OTHER_OBJECT_TYPE',
      reason: 'The message is about another object type.',
      ObjectTypeName: 'Order',
      'received-reason': 'No order.',
      Bytes: BYTES.binaryValue,
    });
  });

  it('that was moved back does not get our words for those of the service', async () => {
    const attributes = Object.fromEntries(
      ['code', 'reason'].map((name) => [name, { stringValue: 'UNREADABLE', dataType: 'String' }]),
    ) as SQSMessageAttributes;
    await noteLateErrors([await received('{}', attributes)], environment());
    expect(Object.keys(sqs.messages('dead').at(-1)?.attributes ?? {}).sort()).toEqual(['code', 'reason']);
  });

  it('with more attributes than there is room for is put aside with those that there is', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `a${n}`);
    const attributes = Object.fromEntries(names.map((name) => [name, { stringValue: 'x', dataType: 'String' }]));
    const message = await received('{}', attributes as SQSMessageAttributes);
    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect(Object.keys(sqs.messages('dead').at(-1)?.attributes ?? {})).toHaveLength(10);
  });

  it('of another object type is passed on as it came, if another system waits for it', async () => {
    const messageAttributes = {
      source: { dataType: 'String', stringValue: 'ingestion' },
      bytes: { dataType: 'Binary', binaryValue: Buffer.from('0 1').toString('base64') },
    } as unknown as SQSRecord['messageAttributes'];
    const message = { ...(await late('C1', { objectTypeName: 'Order' })), messageAttributes };
    const unreadable = await late('C1', { object: '{"id":' });
    const dead = sqs.messages('dead').length;
    const passOn = passOnTo(client, `${URL_OF}other`);
    const result = await noteLateErrors([message, unreadable], environment({ passOn }));
    expect(back(result)).toEqual([]);
    expect(result.tally.foreign).toBe(2);
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: `${URL_OF}other`, MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([{ Body: message.body }]);
    expect(Messages?.[0]?.MessageAttributes).toEqual({
      source: { DataType: 'String', StringValue: 'ingestion' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array(Buffer.from('0 1')) },
    });
    expect(sqs.messages('dead').slice(dead)).toMatchObject([{ body: unreadable.body }]);
  });

  it('comes again if it can not be put aside', async () => {
    const message = await late('C1', { objectTypeName: 'Order' });
    const putAside = () => Promise.reject(new Error(`queue is full: ${NAME}`));
    const queue = { ...environment().queue, putAside };
    expect(back(await noteLateErrors([message], environment({ queue })))).toEqual([message.messageId]);
  });
});

describe('after a crash', () => {
  it('between mark and file, the message comes again and writes the file; the mark is not counted twice', async () => {
    await synced('C1');
    const message = await late('C1');
    expect(back(await noteLateErrors([message], environment({ s3: BROKEN_S3 })))).toEqual([message.messageId]);
    expect(await nextRun('C1')).toBe('send');
    const marked = await entryOf('C1');

    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect(await entryOf('C1')).toEqual(marked);
    const [file = ''] = await filesUnder(`runs/run-${tests}/`);
    expect(await fileOf(file)).toMatchObject({ attempt: 1 });
  });

  it('between mark and file, and a run that sent the record again, nothing is sent a second time', async () => {
    await synced('C1');
    const message = await late('C1');
    await noteLateErrors([message], environment({ s3: BROKEN_S3 }));
    const { late: mark } = (await entryOf('C1')) ?? {};
    if (!mark) throw new Error('It should be marked.');
    await synced('C1', { late: { ...mark, open: false, resends: 1 } }, `again-${tests}`);

    await noteLateErrors([message], environment());
    expect(await nextRun('C1')).toBe('unchanged');
    expect(await filesUnder(`runs/again-${tests}/`)).toHaveLength(1);
  });

  it('after the file, nothing is written twice', async () => {
    await synced('C1');
    const message = await late('C1');
    await noteLateErrors([message], environment());
    const marked = await entryOf('C1');
    await noteLateErrors([message], environment());
    expect(await entryOf('C1')).toEqual(marked);
    expect(await filesUnder(`runs/run-${tests}/`)).toHaveLength(1);
  });

  it('before the mark, all of it is still to be done', async () => {
    await synced('C1');
    const message = await late('C1');
    const write = () => Promise.reject(new Error('lost'));
    const result = await noteLateErrors([message], environment({ ledger: { ...ledger, write } }));
    expect(back(result)).toEqual([message.messageId]);
    expect(await filesUnder(`runs/run-${tests}/`)).toEqual([]);
    expect(await nextRun('C1')).toBe('unchanged');
    await noteLateErrors([message], environment());
    expect(await nextRun('C1')).toBe('send');
  });
});

describe('two invocations at once', () => {
  it('with the same message note it once', async () => {
    await synced('C1');
    const message = await late('C1');
    await Promise.all([noteLateErrors([message], environment()), noteLateErrors([message], environment())]);
    expect((await entryOf('C1'))?.late?.messages).toHaveLength(1);
    expect(await filesUnder(`runs/run-${tests}/`)).toHaveLength(1);
  });

  it('with several messages of one customer note each, as late errors of the one send', async () => {
    await synced('C1');
    const messages = [await late('C1'), await late('C1'), await late('C1')];
    await Promise.all(messages.map((message) => noteLateErrors([message], environment())));
    expect((await entryOf('C1'))?.late?.messages).toHaveLength(3);
    const files = await Promise.all((await filesUnder(`runs/run-${tests}/`)).map(fileOf));
    expect(files.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });
});

it('of several messages only those come again that could not be dealt with', async () => {
  await synced('C1');
  await synced('C2', { fence: { fingerprint: 'F1', until: clock.now() + 1 } });
  const messages = [await late('C1'), await late('C2'), await received(randomUUID())];
  const result = await noteLateErrors(messages, environment());
  expect(back(result)).toEqual([messages[1]?.messageId]);
  expect(result.tally).toMatchObject({ late: 1, givenUp: 0, foreign: 1, returned: 1 });
});

it('of several that come again tells how long the oldest has waited', async () => {
  await synced('C1');
  const messages = [await late('C1'), await late('C1')];
  const [first, second] = messages.map(({ attributes }) => attributes);
  Object.assign(first ?? {}, { SentTimestamp: String(NIGHT - 9_000) });
  Object.assign(second ?? {}, { SentTimestamp: String(NIGHT - 1_800_000) });
  const { tally } = await noteLateErrors(messages, environment({ s3: BROKEN_S3 }));
  expect(tally).toMatchObject({ returned: 2, returnedAge: 1_800_000 });
});

it('writes no customer data into its log', async () => {
  await synced('C1');
  await noteLateErrors([await late('C1')], environment({ s3: BROKEN_S3 }));
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('Error was thrown');
  expect(logged[0]).not.toContain(NAME);
});

it('counts in metrics what it dealt with', () => {
  const addMetric = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  addLateErrorMetrics(metrics, { late: 3, givenUp: 1, foreign: 2, returned: 9, returnedAge: 61_000 });
  const values = addMetric.mock.calls.map(([name, , value]) => [name, value]);
  expect(Object.fromEntries(values)).toEqual({
    LateErrors: 3,
    LateErrorsGivenUp: 1,
    LateErrorsForeign: 2,
    LateErrorsReturned: 9,
    LateErrorsReturnedAge: 61,
  });
});
