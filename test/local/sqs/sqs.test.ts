import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { arnOf, queueOf, urlOf, useQueues } from './queue-host.ts';

const LIVE = queueOf('live', { redrive: { deadLetterArn: arnOf('dead'), maxReceiveCount: 2 } });
const DEAD = queueOf('dead');
const SLOW = queueOf('slow', { delaySeconds: 5, retentionSeconds: 60, maxMessageBytes: 1024 });
const host = useQueues(LIVE, DEAD, SLOW);

const QueueUrl = urlOf('live');
const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  host.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
async function receive(more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const { Messages = [] } = await host.client.send(new ReceiveMessageCommand({ QueueUrl, ...more }));
  return Messages;
}
async function receiveOne(more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
  const [message, ...others] = await receive({ MaxNumberOfMessages: 10, ...more });
  expect(others).toEqual([]);
  return message ?? expect.fail('There is no message.');
}
const counts = async (name = 'live') => {
  const asked = new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames: ['All'] });
  const { Attributes: found } = await host.client.send(asked);
  return [
    found?.ApproximateNumberOfMessages,
    found?.ApproximateNumberOfMessagesNotVisible,
    found?.ApproximateNumberOfMessagesDelayed,
  ].map(Number);
};

describe('a message', () => {
  it('comes as it was sent, with its attributes and digests, which the SDK checks', async () => {
    const MessageAttributes = {
      code: { DataType: 'String', StringValue: 'INVALID_EVENT' },
      data: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
    };
    const sent = await send('{"name":"花子 🌸"}', { MessageAttributes });
    const asked = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
    const message = await receiveOne(asked);
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: '{"name":"花子 🌸"}',
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: {
        SenderId: 'local',
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
    });
    expect(message.MessageAttributes?.code).toEqual(MessageAttributes.code);
    expect([...(message.MessageAttributes?.data?.BinaryValue ?? [])]).toEqual([1, 2, 3]);
  });

  it('has of its attributes those that the receiver asks for', async () => {
    const text = { DataType: 'String', StringValue: 'x' };
    await send('m', { MessageAttributes: { code: text, 'trace.id': text, 'trace.time': text } });
    const found = async (...names: string[]) => {
      const [message] = await receive({ MessageAttributeNames: names, VisibilityTimeout: 0 });
      return Object.keys(message?.MessageAttributes ?? {});
    };
    expect([await found('trace.*'), await found()]).toEqual([['trace.id', 'trace.time'], []]);
  });

  it('is in flight for its visibility timeout, and then comes again with a higher count and another handle', async () => {
    await send('m');
    const asked = { MessageSystemAttributeNames: ['All' as const] };
    const first = await receiveOne(asked);
    host.pass(29);
    expect(await receive()).toEqual([]);
    expect(await counts()).toEqual([0, 1, 0]);
    host.pass(2);
    const second = await receiveOne(asked);
    expect(second.Attributes).toEqual({ ...first.Attributes, ApproximateReceiveCount: '2' });
    expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
  });

  it('that was deleted is gone, whichever of its receipt handles was used, and however often', async () => {
    await send('m');
    const { ReceiptHandle } = await receiveOne({ VisibilityTimeout: 0 });
    await receiveOne();
    for (let times = 0; times < 2; times++) {
      await host.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      expect(await counts()).toEqual([0, 0, 0]);
    }
  });

  it('comes when the time that ChangeMessageVisibility gave it is over', async () => {
    await send('m');
    const { ReceiptHandle } = await receiveOne();
    await host.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 4 }));
    host.pass(3);
    expect(await receive()).toEqual([]);
    host.pass(2);
    await receiveOne();
  });

  it.each([
    ['DelaySeconds', 'live', { DelaySeconds: 5 }],
    ["the queue's own delay", 'slow', {}],
  ])('waits for %s', async (_, name, more) => {
    await send('m', { QueueUrl: urlOf(name), ...more });
    expect(await counts(name)).toEqual([0, 0, 1]);
    expect(await receive({ QueueUrl: urlOf(name) })).toEqual([]);
    host.pass(6);
    await receiveOne({ QueueUrl: urlOf(name) });
  });

  it('that nobody took for the retention period is forgotten', async () => {
    await send('m', { QueueUrl: urlOf('slow'), DelaySeconds: 0 });
    host.pass(61);
    expect(await receive({ QueueUrl: urlOf('slow') })).toEqual([]);
    expect(host.sqs.messages('slow')).toEqual([]);
  });

  it('that was received as often as it may goes to the dead-letter queue, with its count and where it came from', async () => {
    const { MessageId } = await send('m', { MessageAttributes: { code: { DataType: 'String', StringValue: 'X' } } });
    await receiveOne({ VisibilityTimeout: 0 });
    await receiveOne({ VisibilityTimeout: 0 });
    expect(await receive()).toEqual([]);
    expect(await receiveOne({ QueueUrl: urlOf('dead'), MessageSystemAttributeNames: ['All'] })).toMatchObject({
      MessageId,
      Attributes: { ApproximateReceiveCount: '3', DeadLetterQueueSourceArn: arnOf('live') },
    });
    expect(host.sqs.messages('dead')).toMatchObject([{ body: 'm', attributes: { code: 'X' } }]);
  });

  it('survives a restart, in flight or not', async () => {
    await send('first');
    await receiveOne();
    await send('second');
    await host.restart(LIVE, DEAD);
    expect((await receiveOne()).Body).toBe('second');
    host.pass(31);
    expect((await receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body)).toEqual(['first', 'second']);
  });
});

describe('a receive', () => {
  it('gives no more messages than asked, and each to one receiver only', async () => {
    for (let n = 0; n < 5; n++) await send(String(n));
    const batches = await Promise.all([3, 3].map((MaxNumberOfMessages) => receive({ MaxNumberOfMessages })));
    expect(batches.flat().map(({ Body }) => Body)).toEqual(['0', '1', '2', '3', '4']);
    expect(batches.map(({ length }) => length)).toEqual([3, 2]);
  });

  it('that waits gets a message as soon as it is sent, and as soon as its delay is over', async () => {
    const waiting = receiveOne({ WaitTimeSeconds: 20 });
    await send('sent');
    expect((await waiting).Body).toBe('sent');
    await send('delayed', { DelaySeconds: 1 });
    expect((await receiveOne({ WaitTimeSeconds: 20 })).Body).toBe('delayed');
  });

  it('that waits ends with the service, without a message', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await host.restart(LIVE, DEAD);
    expect(await waiting).toEqual([]);
  });

  it('whose caller went away takes nothing', async () => {
    const leaving = new AbortController();
    const waiting = host.client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: leaving.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send('m');
    expect((await receiveOne({ MessageSystemAttributeNames: ['All'] })).Attributes?.ApproximateReceiveCount).toBe('1');
  });
});

describe('a queue', () => {
  it('is found by name, by any URL that ends with its name, and in the list', async () => {
    expect(await host.client.send(new GetQueueUrlCommand({ QueueName: 'live' }))).toMatchObject({ QueueUrl });
    await send('m', { QueueUrl: `${host.url}/000000000000/live` });
    expect(await counts()).toEqual([1, 0, 0]);
    const list = async (QueueNamePrefix?: string) =>
      (await host.client.send(new ListQueuesCommand({ QueueNamePrefix }))).QueueUrls;
    expect(await list()).toEqual(['dead', 'live', 'slow'].map(urlOf));
    expect(await list('s')).toEqual([urlOf('slow')]);
    expect(await list('x')).toBeUndefined();
  });

  it('tells its attributes, all or those that are asked for', async () => {
    const attributes = async (...AttributeNames: ('All' | 'QueueArn' | 'RedrivePolicy')[]) =>
      (await host.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
    const RedrivePolicy = `{"deadLetterTargetArn":"${arnOf('dead')}","maxReceiveCount":2}`;
    expect(await attributes('QueueArn', 'RedrivePolicy')).toEqual({ QueueArn: arnOf('live'), RedrivePolicy });
    expect(await attributes('All')).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: arnOf('live'),
      ReceiveMessageWaitTimeSeconds: '0',
      RedrivePolicy,
      VisibilityTimeout: '30',
    });
  });

  it('shows its messages without a receive', async () => {
    await send('m');
    await receiveOne();
    const seen = [{ id: expect.any(String), body: 'm', attributes: {}, sent: expect.any(String), received: 1 }];
    expect([host.sqs.messages(QueueUrl), host.sqs.messages(arnOf('live'))]).toEqual([seen, seen]);
  });
});

it('a batch of deletes says which of them failed', async () => {
  await send('m');
  const { ReceiptHandle } = await receiveOne();
  const Entries = [
    { Id: 'good', ReceiptHandle },
    { Id: 'bad', ReceiptHandle: 'no handle' },
  ];
  const answer = await host.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(answer).toMatchObject({
    Successful: [{ Id: 'good' }],
    Failed: [{ Id: 'bad', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }],
  });
  expect(await counts()).toEqual([0, 0, 0]);
});

describe('as SQS does, it refuses', () => {
  const deleteAll = (Entries: { Id: string; ReceiptHandle: string }[]) =>
    host.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  const changeVisibility = (ReceiptHandle: string | undefined, VisibilityTimeout = 1) =>
    host.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  const entries = (count: number) => Array.from({ length: count }, (_, n) => ({ Id: `e${n}`, ReceiptHandle: 'x' }));
  const text = { DataType: 'String', StringValue: 'x' };
  const attributes = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, text]));

  it.each<[string, () => Promise<unknown>, string, string]>([
    ['a queue that there is not', () => send('m', { QueueUrl: urlOf('x') }), 'NonExistentQueue', 'does not exist'],
    ['no queue', () => send('m', { QueueUrl: '' }), 'MissingParameter', 'parameter QueueUrl'],
    ['an empty message', () => send(''), 'MissingParameter', 'parameter MessageBody'],
    ['a message over 1 MiB', () => send('x'.repeat(1_048_577)), 'InvalidParameterValue', '1048576 bytes'],
    [
      'a message that is too long with its attributes',
      () => send('x'.repeat(1020), { QueueUrl: urlOf('slow'), MessageAttributes: { code: text } }),
      'InvalidParameterValue',
      '1024 bytes',
    ],
    ['characters that XML has not', () => send('\u0001'), 'InvalidMessageContents', 'Invalid characters'],
    ['a delay of 901 s', () => send('m', { DelaySeconds: 901 }), 'InvalidParameterValue', 'DelaySeconds'],
    ['eleven attributes', () => send('m', { MessageAttributes: attributes(11) }), 'InvalidParameterValue', '[11]'],
    [
      'an attribute without a value',
      () => send('m', { MessageAttributes: { code: { DataType: 'String' } } }),
      'InvalidParameterValue',
      'code',
    ],
    [
      'an attribute of no known type',
      () => send('m', { MessageAttributes: { code: { DataType: 'Text', StringValue: 'x' } } }),
      'InvalidParameterValue',
      'code',
    ],
    ['eleven messages', () => receive({ MaxNumberOfMessages: 11 }), 'InvalidParameterValue', 'between 1 and 10'],
    ['a wait of 21 s', () => receive({ WaitTimeSeconds: 21 }), 'InvalidParameterValue', 'between 0 and 20'],
    ['over 12 hours', () => receive({ VisibilityTimeout: 43_201 }), 'InvalidParameterValue', '43200'],
    ['what is no receipt handle', () => changeVisibility('x'), 'ReceiptHandleIsInvalid', 'is invalid'],
    ['an empty batch', () => deleteAll([]), 'EmptyBatchRequest', 'at least one'],
    ['a batch of eleven', () => deleteAll(entries(11)), 'TooManyEntriesInBatchRequest', 'sent 11'],
    [
      'two entries of one name',
      () => deleteAll([...entries(1), ...entries(1)]),
      'BatchEntryIdsNotDistinct',
      'not distinct',
    ],
    [
      'an attribute of a queue that it does not have',
      () => host.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['KmsMasterKeyId'] })),
      'InvalidAttributeName',
      'KmsMasterKeyId',
    ],
  ])('%s', async (_, call, code, words) => {
    const error = await call().catch((refused: unknown) => refused);
    expect(error).toMatchObject({ Code: expect.stringContaining(code), message: expect.stringContaining(words) });
  });

  it('another visibility timeout for a message that is deleted, or not in flight', async () => {
    await send('m');
    const { ReceiptHandle } = await receiveOne({ VisibilityTimeout: 0 });
    await expect(changeVisibility(ReceiptHandle)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await host.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const error = await changeVisibility(ReceiptHandle).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ Code: 'InvalidParameterValue', message: expect.stringContaining('does not exist') });
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['sqs:SendMessage', arnOf('live'), () => send('m')],
    ['sqs:ReceiveMessage', arnOf('live'), () => receive()],
    ['sqs:DeleteMessage', arnOf('live'), () => deleteAll(entries(1))],
    ['sqs:ChangeMessageVisibility', arnOf('live'), () => changeVisibility('x')],
    ['sqs:GetQueueAttributes', arnOf('live'), () => counts()],
    ['sqs:GetQueueUrl', arnOf('live'), () => host.client.send(new GetQueueUrlCommand({ QueueName: 'live' }))],
    ['sqs:ListQueues', '*', () => host.client.send(new ListQueuesCommand({}))],
  ])('%s without permission', async (action, resource, call) => {
    host.refuse((access) => `${access.action} on ${access.resource}`);
    const error = await call().catch((refused: unknown) => refused);
    const status = { $metadata: { httpStatusCode: 403 } };
    expect(error).toMatchObject({ Code: 'AccessDenied', message: `${action} on ${resource}`, ...status });
  });
});
