import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { CONNECT_TIMEOUT_MS } from './dynamo-client.ts';

/** Characters: a reason is for a person, and the service's own words can be long. */
const MAX_REASON_LENGTH = 512;
/** SQS takes these in no attribute. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, read 2026-11. */
const NOT_ALLOWED = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Of one message. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html, read 2026-11. */
const MAX_ATTRIBUTES = 10;
/** Before the name of an attribute that the message had, where ours has the same name. */
export const RECEIVED = 'received-';

/** Milliseconds and tries, that fit into what is left of an invocation after its last call. */
const TIMEOUT_MS = 2_000;
const MAX_ATTEMPTS = 2;

/** Why a message is put aside: a code of the docs, and the reason in words, which may quote the message. */
export interface PutAside {
  readonly code: string;
  readonly reason: string;
  /** Of the message, to be passed on; of more than SQS takes, the last are left out. */
  readonly attributes?: SQSMessageAttributes;
}

/** The queue that a function reads, and the dead-letter queue beside it. */
export interface SourceQueue {
  /** Puts a message that can't be dealt with aside, as it was received and with the reason. */
  putAside(message: SQSRecord, why: PutAside, eventId?: string): Promise<void>;
  /** @param seconds until the message is given out again. */
  comeBackIn(message: SQSRecord, seconds: number): Promise<void>;
}

export function createQueueClient(): SQSClient {
  return new SQSClient({
    // Else the SDK would send to the host of the queue's URL and leave AWS_ENDPOINT_URL aside.
    useQueueUrlAsEndpoint: false,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

export function createSourceQueue(options: {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}): SourceQueue {
  const { client } = options;
  return {
    async putAside({ body }, { code, reason, attributes = {} }, eventId) {
      const own = {
        code: text(code),
        // An attribute must not be empty.
        reason: text(allowed(reason) || 'No reason was given.'),
        ...(eventId !== undefined && { eventId: text(eventId) }),
      };
      await client.send(
        new SendMessageCommand({
          QueueUrl: options.deadLetterQueueUrl,
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            [...Object.entries(own), ...passedOn(attributes, own)].slice(0, MAX_ATTRIBUTES),
          ),
        }),
      );
    },
    async comeBackIn({ receiptHandle }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: options.queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}

function passedOn(attributes: SQSMessageAttributes, own: object): [string, MessageAttributeValue][] {
  return Object.entries(attributes).map(([name, value]) => [
    Object.hasOwn(own, name) ? RECEIVED + name : name,
    asSent(value),
  ]);
}

/** An attribute of a received message, to be sent again. Lambda gives bytes as Base64. */
export function asSent({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttributeValue {
  return {
    DataType: dataType,
    ...(stringValue !== undefined && { StringValue: stringValue }),
    ...(binaryValue !== undefined && { BinaryValue: Buffer.from(binaryValue, 'base64') }),
  };
}

function text(StringValue: string) {
  return { DataType: 'String', StringValue };
}

function allowed(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH).replaceAll(NOT_ALLOWED, ' ').trim();
}
