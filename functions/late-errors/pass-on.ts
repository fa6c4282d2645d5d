import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { asSent } from '../shared/source-queue.ts';

/** Hands a message on to the queue of another system, which is to find it as the domain sent it. */
export type PassOn = (message: SQSRecord) => Promise<void>;

export function passOnTo(client: SQSClient, queueUrl: string): PassOn {
  return async ({ body, messageAttributes }) => {
    const attributes = Object.entries(messageAttributes).map(([name, value]) => [name, asSent(value)]);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(attributes),
      }),
    );
  };
}
