import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSourceQueue, type SourceQueue } from '../../../functions/shared/source-queue.ts';
import { createSqs, type SqsService } from '../../../local/sqs/sqs.ts';
import { serve } from '../../helpers/serve.ts';

const URL_OF = 'https://sqs.us-east-1.amazonaws.com/000000000000/';
const ALL_OF_XML = '\t\n\r \uD7FF\uE000\uFFFD\u{10000}\u{10FFFF}';

let folder: string;
let sqs: SqsService;
let served: Awaited<ReturnType<typeof serve>>;
let client: SQSClient;
let queue: SourceQueue;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-queue-'));
  sqs = createSqs({ directory: folder });
  for (const name of ['live', 'dead']) {
    const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    sqs.createQueue({
      name,
      arn,
      url: URL_OF + name,
      visibilityTimeoutSeconds: 360,
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
  queue = createSourceQueue({ client, queueUrl: `${URL_OF}live`, deadLetterQueueUrl: `${URL_OF}dead` });
});
afterAll(async () => {
  client.destroy();
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

/** The message as a function gets it. */
async function received(body: string): Promise<SQSRecord> {
  await client.send(new SendMessageCommand({ QueueUrl: `${URL_OF}live`, MessageBody: body }));
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: `${URL_OF}live` }));
  const [message] = Messages;
  return { body: message?.Body ?? '', receiptHandle: message?.ReceiptHandle ?? '' } as SQSRecord;
}

describe('a message that is put aside', () => {
  it('stands in the dead-letter queue as it was received, with code, reason and id of the event', async () => {
    const message = await received('{"name": "山田"}');
    await queue.putAside(message, { code: 'MISSING_KEY', reason: 'Column id is empty.' }, 'event-1');
    expect(sqs.messages('dead').at(-1)).toMatchObject({
      body: message.body,
      attributes: { code: 'MISSING_KEY', reason: 'Column id is empty.', eventId: 'event-1' },
    });
  });

  it('without a readable id has none', async () => {
    await queue.putAside(await received('-'), { code: 'INVALID_EVENT', reason: 'No event.' }, undefined);
    expect(sqs.messages('dead').at(-1)?.attributes).toEqual({ code: 'INVALID_EVENT', reason: 'No event.' });
  });

  it.each([
    ['empty', '', 'No reason was given.'],
    ['of blanks', ' \n', 'No reason was given.'],
    ['longer than 512 characters', 'x'.repeat(600), 'x'.repeat(512)],
    ['cut within a rare character', `${'x'.repeat(511)}\u{20BB7}`, 'x'.repeat(511)],
    ['with characters that SQS does not take', 'a\u0000b\u001Fc\uFFFFd\uD800e', 'a b c d e'],
    ['with any other character', `x${ALL_OF_XML}x`, `x${ALL_OF_XML}x`],
  ])('has a reason that SQS takes, though the service gave one %s', async (_, reason, expected) => {
    await queue.putAside(await received('-'), { code: 'REFUSED', reason }, 'event-2');
    expect(sqs.messages('dead').at(-1)?.attributes.reason).toBe(expected);
  });
});

it('a message that goes back is given out again after that time', async () => {
  const message = await received('again');
  await queue.comeBackIn(message, 0);
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: `${URL_OF}live` }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['again']);
});
