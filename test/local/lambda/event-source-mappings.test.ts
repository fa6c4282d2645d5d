import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnsupportedTemplate } from '../../../local/cloudformation/assembly.ts';
import type { EventSourceMappingModel } from '../../../local/cloudformation/model.ts';
import type { Access } from '../../../local/iam/access.ts';
import { createEventSourceMappings, type EventSourceMappings } from '../../../local/lambda/event-source-mappings.ts';
import { createSqs, type SqsService } from '../../../local/sqs/sqs.ts';
import { IntegrationError } from '../../../local/states/errors.ts';
import type { LambdaResult } from '../../../local/states/integrations.ts';
import { arnOf, queueOf } from '../sqs/queue-host.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const QUEUE = queueOf('live', { visibilityTimeoutSeconds: 30 });
const WORKER = {
  name: 'worker',
  codeDirectory: '',
  handler: 'index.handler',
  environment: {},
  timeoutSeconds: 30,
  memoryMb: 128,
  logGroup: 'logs',
  roleArn: ROLE,
};
const MAPPING: EventSourceMappingModel = {
  functionName: 'worker',
  queueArn: arnOf('live'),
  batchSize: 10,
  batchingWindowSeconds: 0,
  maximumConcurrency: 1,
  reportsFailures: true,
};

interface Record {
  readonly messageId: string;
  readonly body: string;
}

let directory: string;
let sqs: SqsService;
let mappings: EventSourceMappings;
let passed: number;
let refusal: ((access: Access) => string | undefined) | undefined;
let failures: unknown[];
/** The batches that the function got. */
let batches: Record[][];
/** What the function does with them. */
let work: (records: readonly Record[], attempt: number) => unknown;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mapping-'));
  [passed, refusal, failures, batches] = [0, undefined, [], []];
  work = () => null;
  const refuse = (_: unknown, access: Access) => refusal?.(access);
  sqs = createSqs({ directory, refuse, now: () => Date.now() + passed * 1000 });
  sqs.createQueue(QUEUE);
  mappings = createEventSourceMappings({
    functions: [WORKER],
    queues: [QUEUE],
    sqs,
    refuse,
    timeScale: 1,
    onFailure: (_, error) => failures.push(error),
    lambda: {
      async invoke(_, event): Promise<LambdaResult> {
        const { Records } = event as { Records: Record[] };
        batches.push(Records);
        const payload = await work(Records, batches.length);
        return { statusCode: 200, executedVersion: '$LATEST', payload };
      },
    },
  });
});
afterEach(async () => {
  await mappings.close();
  await sqs.close();
  rmSync(directory, { recursive: true });
});

function send(...bodies: readonly string[]): void {
  const attributes = { code: { DataType: 'String', StringValue: 'X' } };
  for (const body of bodies) sqs.send(arnOf('live'), { body, attributes }, { service: 'events.amazonaws.com' });
}
const left = (): string[] => sqs.messages('live').map(({ body }) => body);
const bodies = (): string[][] => batches.map((records) => records.map(({ body }) => body));
const failed = (...messages: readonly unknown[]) => ({
  batchItemFailures: messages.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch', () => {
  it('has the messages as Lambda shows them, and they are deleted when the function took them', async () => {
    send('{"n":1}');
    mappings.start(MAPPING);
    await vi.waitFor(() => expect(left()).toEqual([]));
    const time = expect.stringMatching(/^\d{13}$/);
    expect(batches).toEqual([
      [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: '{"n":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: time,
            SenderId: 'events.amazonaws.com',
            ApproximateFirstReceiveTimestamp: time,
          },
          messageAttributes: {
            code: {
              stringValue: 'X',
              binaryValue: undefined,
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
          },
          md5OfBody: '082c26c8a6bc75226a31da5495cc9292',
          eventSource: 'aws:sqs',
          eventSourceARN: arnOf('live'),
          awsRegion: 'us-east-1',
        },
      ],
    ]);
  });

  it('has as many messages as there are, up to its size', async () => {
    send('1', '2', '3', '4', '5');
    mappings.start({ ...MAPPING, batchSize: 2 });
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(bodies()).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('waits for its window to be filled, but no longer than until it is full', async () => {
    send('1');
    mappings.start({ ...MAPPING, batchSize: 3, batchingWindowSeconds: 300 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    send('2');
    await new Promise((resolve) => setTimeout(resolve, 50));
    send('3');
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(bodies()).toEqual([['1', '2', '3']]);
  });

  it('has no more than the function can be given at once', async () => {
    const large = (letter: string) => letter.repeat(1_000_000);
    send(...['a', 'b', 'c', 'd'].map(large));
    mappings.start(MAPPING);
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(batches.map(({ length }) => length)).toEqual([3, 1]);
  });

  it('at work does not keep others from being handed over, up to the concurrency', async () => {
    const finish: (() => void)[] = [];
    work = () => new Promise<void>((resolve) => finish.push(resolve));
    send('1', '2', '3');
    mappings.start({ ...MAPPING, batchSize: 1, maximumConcurrency: 2 });
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(batches).toHaveLength(2);
    work = () => null;
    for (const end of finish) end();
    await vi.waitFor(() => expect(left()).toEqual([]));
  });

  it('stays with its function, even if its visibility timeout ends before the function does', async () => {
    const finish: (() => void)[] = [];
    work = () => new Promise<void>((resolve) => finish.push(resolve));
    send('1');
    mappings.start({ ...MAPPING, maximumConcurrency: 2 });
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    passed = 100;
    send('2');
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    for (const end of finish) end();
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(bodies()).toEqual([['1'], ['2']]);
  });
});

describe('of a batch that the function did not take whole', () => {
  it('the messages that it names come again after the visibility timeout, the others are deleted', async () => {
    work = (records, attempt) => (attempt === 1 ? failed(records[1]?.messageId) : null);
    send('1', '2', '3');
    mappings.start(MAPPING);
    await vi.waitFor(() => expect(left()).toEqual(['2']));
    expect(bodies()).toEqual([['1', '2', '3']]);
    passed = 31;
    // Time that was turned wakes nobody.
    send('4');
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(bodies().flat()).toEqual(['1', '2', '3', '2', '4']);
  });

  it.each<[string, (records: readonly Record[]) => unknown]>([
    ['throws', () => Promise.reject(new IntegrationError('Lambda.TooManyRequestsException', 'Rate Exceeded.'))],
    ['answers with a text', () => 'ok'],
    ['answers with no list', () => ({ batchItemFailures: { itemIdentifier: 'x' } })],
    ['names a message that it did not get', () => failed('someone-else')],
    ['names an empty text', () => failed('')],
    ['names nothing', () => failed(null)],
    ['uses another name for the key', ([first]) => ({ batchItemFailures: [{ id: first?.messageId }] })],
  ])('everything comes again if it %s', async (_, answer) => {
    work = answer;
    send('1', '2');
    mappings.start(MAPPING);
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    await mappings.close();
    expect(left()).toEqual(['1', '2']);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an object without failures', {}],
    ['no failures', failed()],
    ['null for the failures', { batchItemFailures: null }],
  ])('nothing comes again if it answers with %s', async (_, answer) => {
    work = () => answer;
    send('1', '2');
    mappings.start(MAPPING);
    await vi.waitFor(() => expect(left()).toEqual([]));
  });

  it('the answer counts for nothing if the mapping does not ask for it', async () => {
    work = (records) => failed(records[0]?.messageId);
    send('1');
    mappings.start({ ...MAPPING, reportsFailures: false });
    await vi.waitFor(() => expect(left()).toEqual([]));
  });
});

it('a mapping that loses its permissions says so, keeps the messages, and goes on when it has them again', async () => {
  mappings.start(MAPPING);
  refusal = ({ action }) => (action === 'sqs:DeleteMessage' ? 'not allowed' : undefined);
  send('1');
  await vi.waitFor(() => expect(failures).toMatchObject([{ type: 'AccessDeniedException', message: 'not allowed' }]));
  expect(left()).toEqual(['1']);
  refusal = undefined;
  passed = 31;
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 5000 });
});

it('closing waits for the function at work, and hands over no more', async () => {
  let finish: () => void = () => {};
  work = () => new Promise<void>((resolve) => (finish = resolve));
  send('1');
  mappings.start({ ...MAPPING, batchSize: 1 });
  await vi.waitFor(() => expect(batches).toHaveLength(1));
  const closing = mappings.close();
  send('2');
  finish();
  await closing;
  expect([left(), bodies()]).toEqual([['2'], [['1']]]);
});

describe('a mapping is refused, as on AWS,', () => {
  it.each<[string, Partial<EventSourceMappingModel>, string]>([
    ['for a queue that the template does not have', { queueArn: arnOf('other') }, 'queues of the template'],
    ['for a function that the template does not have', { functionName: 'other' }, 'functions of the template'],
    ['with batches over 10 without a window', { batchSize: 11 }, 'between 1 and 10 '],
    ['with batches over 10,000', { batchSize: 10_001, batchingWindowSeconds: 1 }, 'between 1 and 10000 '],
  ])('%s', (_, settings, words) => {
    expect(() => mappings.start({ ...MAPPING, ...settings })).toThrow(words);
    expect(() => mappings.start({ ...MAPPING, ...settings })).toThrow(UnsupportedTemplate);
  });

  it.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])('without permission for %s', (call) => {
    refusal = ({ action }) => (action === `sqs:${call}` ? 'not allowed' : undefined);
    expect(() => mappings.start(MAPPING)).toThrow(`does not have permissions to call ${call} on SQS`);
  });

  it("with a visibility timeout below the function's timeout", () => {
    const parts = { functions: [{ ...WORKER, timeoutSeconds: 31 }], queues: [QUEUE], sqs, refuse: () => undefined };
    const lambda = { invoke: () => Promise.reject(new Error('not called')) };
    const others = createEventSourceMappings({ ...parts, lambda, timeScale: 1, onFailure: () => {} });
    expect(() => others.start(MAPPING)).toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
    );
  });
});
