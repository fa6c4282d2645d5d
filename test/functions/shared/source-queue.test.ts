import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSourceQueue, type SourceQueue } from '../../../functions/shared/source-queue.ts';
import { queueOf, urlOf, useQueues } from '../../local/sqs/queue-host.ts';

const ALL_OF_XML = '\t\n\r \uD7FF\uE000\uFFFD\u{10000}\u{10FFFF}';

const queues = useQueues(queueOf('live', { visibilityTimeoutSeconds: 360 }), queueOf('dead'));
let queue: SourceQueue;
beforeEach(() => {
  const { client } = queues;
  queue = createSourceQueue({ client, queueUrl: urlOf('live'), deadLetterQueueUrl: urlOf('dead') });
});

/** The message as a function gets it. */
async function received(body: string): Promise<SQSRecord> {
  await queues.client.send(new SendMessageCommand({ QueueUrl: urlOf('live'), MessageBody: body }));
  const { Messages = [] } = await queues.client.send(new ReceiveMessageCommand({ QueueUrl: urlOf('live') }));
  const [message] = Messages;
  return { body: message?.Body ?? '', receiptHandle: message?.ReceiptHandle ?? '' } as SQSRecord;
}

describe('a message that is put aside', () => {
  it('stands in the dead-letter queue as it was received, with code, reason and id of the event', async () => {
    const message = await received('{"name": "山田"}');
    await queue.putAside(message, { code: 'MISSING_KEY', reason: 'Column id is empty.' }, 'event-1');
    expect(queues.sqs.messages('dead').at(-1)).toMatchObject({
      body: message.body,
      attributes: { code: 'MISSING_KEY', reason: 'Column id is empty.', eventId: 'event-1' },
    });
  });

  it('without a readable id has none', async () => {
    await queue.putAside(await received('-'), { code: 'INVALID_EVENT', reason: 'No event.' }, undefined);
    expect(queues.sqs.messages('dead').at(-1)?.attributes).toEqual({ code: 'INVALID_EVENT', reason: 'No event.' });
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
    expect(queues.sqs.messages('dead').at(-1)?.attributes.reason).toBe(expected);
  });
});

it('a message that goes back is given out again after that time', async () => {
  const message = await received('again');
  await queue.comeBackIn(message, 0);
  const { Messages = [] } = await queues.client.send(new ReceiveMessageCommand({ QueueUrl: urlOf('live') }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['again']);
});
