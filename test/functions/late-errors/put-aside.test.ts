import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { noteLateErrors } from '../../../functions/late-errors/late-errors.ts';
import { passOnTo } from '../../../functions/late-errors/pass-on.ts';
import { urlOf } from '../../local/sqs/queue-host.ts';
import { back, NAME, useLateErrors } from './late-errors-fixture.ts';

const { queues, environment, late, received, synced, nextRun, filesUnder, fileOf } = useLateErrors();

const BYTES = { dataType: 'Binary', binaryValue: 'AQID' } as SQSMessageAttributes[string];
const text = (stringValue: string) => ({ stringValue, dataType: 'String' }) as SQSMessageAttributes[string];

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
    expect(queues.sqs.messages('dead').at(-1)).toMatchObject({ body: message.body, attributes: { code, reason } });
    expect(await nextRun('C1')).toBe('unchanged');
  });

  it('keeps its attributes', async () => {
    const attributes = { ObjectTypeName: text('Order'), reason: text('No order.'), Bytes: BYTES };
    await noteLateErrors([await received('{}', attributes)], environment());
    const aside = queues.sqs.messages('dead').at(-1)?.attributes;
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
    expect(Object.keys(queues.sqs.messages('dead').at(-1)?.attributes ?? {}).sort()).toEqual(['code', 'reason']);
  });

  it('that was moved back has its own code and reason again, and is read by them', async () => {
    await synced('C1');
    const message = await late('C1', { domainName: 'elsewhere', errorMessage: undefined });
    const own = { code: text('E-7'), reason: text('No profile.') };
    await noteLateErrors([{ ...message, messageAttributes: own }], environment());
    const aside = queues.sqs.messages('dead').at(-1)?.attributes ?? {};
    expect(aside).toMatchObject({ code: 'OTHER_DOMAIN', 'received-code': 'E-7', 'received-reason': 'No profile.' });

    const moved = Object.fromEntries(Object.entries(aside).map(([name, value]) => [name, text(String(value))]));
    const again = { ...(await late('C1', { errorMessage: undefined })), messageAttributes: moved };
    await noteLateErrors([again], environment());
    const [file = ''] = await filesUnder('runs/run-1/');
    expect((await fileOf(file)).reason).toBe('No profile.');
  });

  it('with more attributes than there is room for is put aside with those that there is', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `a${n}`);
    const attributes = Object.fromEntries(names.map((name) => [name, { stringValue: 'x', dataType: 'String' }]));
    const message = await received('{}', attributes as SQSMessageAttributes);
    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect(Object.keys(queues.sqs.messages('dead').at(-1)?.attributes ?? {})).toHaveLength(10);
  });

  it('of another object type is passed on as it came, if another system waits for it', async () => {
    const messageAttributes = {
      source: { dataType: 'String', stringValue: 'ingestion' },
      bytes: { dataType: 'Binary', binaryValue: Buffer.from('0 1').toString('base64') },
    } as unknown as SQSRecord['messageAttributes'];
    const message = { ...(await late('C1', { objectTypeName: 'Order' })), messageAttributes };
    const unreadable = await late('C1', { object: '{"id":' });
    const dead = queues.sqs.messages('dead').length;
    const passOn = passOnTo(queues.client, urlOf('other'));
    const result = await noteLateErrors([message, unreadable], environment({ passOn }));
    expect(back(result)).toEqual([]);
    expect(result.tally.foreign).toBe(2);
    const { Messages } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf('other'), MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([{ Body: message.body }]);
    expect(Messages?.[0]?.MessageAttributes).toEqual({
      source: { DataType: 'String', StringValue: 'ingestion' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array(Buffer.from('0 1')) },
    });
    expect(queues.sqs.messages('dead').slice(dead)).toMatchObject([{ body: unreadable.body }]);
  });

  it('comes again if it can not be put aside', async () => {
    const message = await late('C1', { objectTypeName: 'Order' });
    const putAside = () => Promise.reject(new Error(`queue is full: ${NAME}`));
    const queue = { ...environment().queue, putAside };
    expect(back(await noteLateErrors([message], environment({ queue })))).toEqual([message.messageId]);
  });
});
