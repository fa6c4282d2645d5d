import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Rejection } from '../shared/rejection.ts';

/** Characters: a reason is for a person, and the service's own words can be long. */
const MAX_REASON_LENGTH = 512;
/** SQS takes these in no attribute. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, read 2026-11. */
const NOT_ALLOWED = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** The two queues of live events, as SyncEvent uses them. */
export interface LiveQueue {
  /** Puts a message that can't be synced aside, as it was received and with the reason. */
  putAside(message: SQSRecord, rejection: Rejection, eventId: string | undefined): Promise<void>;
  /** @param seconds until the message is given out again. */
  comeBackIn(message: SQSRecord, seconds: number): Promise<void>;
}

export function createLiveQueue(options: {
  readonly client: SQSClient;
  readonly liveQueueUrl: string;
  readonly deadLetterQueueUrl: string;
}): LiveQueue {
  const { client } = options;
  return {
    async putAside({ body }, { code, reason }, eventId) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: options.deadLetterQueueUrl,
          MessageBody: body,
          MessageAttributes: {
            code: text(code),
            // An attribute must not be empty.
            reason: text(allowed(reason) || 'No reason was given.'),
            ...(eventId !== undefined && { eventId: text(eventId) }),
          },
        }),
      );
    },
    async comeBackIn({ receiptHandle }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: options.liveQueueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}

function text(StringValue: string) {
  return { DataType: 'String', StringValue };
}

function allowed(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH).replaceAll(NOT_ALLOWED, ' ').trim();
}
