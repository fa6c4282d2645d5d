import type { QueueModel } from '../cloudformation/model.ts';
import type { Call, Members, Operation } from '../json-protocol.ts';
import { isObject } from '../states/json.ts';
import { SqsError } from './errors.ts';
import { integer, names, optionalInteger, optionalText, text } from './members.ts';
import { md5, md5OfAttributes, readAttributes, selectAttributes } from './message-attributes.ts';
import type { StoredMessage } from './message-store.ts';
import type { Queues, ReceivedMessage } from './queues.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BATCH = 10;
const MAX_WAIT_SECONDS = 20;
const MAX_DELAY_SECONDS = 900;
const MAX_VISIBILITY_SECONDS = 43_200;

/** May this caller do this on this queue? @throws SqsError if not */
export type Authorize = (action: string, queueArn: string, call: Call) => void;

/** What SQS does with messages and queues; see move-tasks.ts for the rest. */
export function queueOperations(queues: Queues, authorize: Authorize): Record<string, Operation> {
  /** The queue of a request, if the caller may do this on it. */
  const queueOf = (members: Members, action: string, call: Call): QueueModel => {
    const queue = queues.find(text(members, 'QueueUrl'));
    authorize(action, queue.arn, call);
    return queue;
  };

  return {
    SendMessage(members, call) {
      const queue = queueOf(members, 'SendMessage', call);
      const body = text(members, 'MessageBody');
      const attributes = readAttributes(members.MessageAttributes);
      const delay = optionalInteger(members, 'DelaySeconds', 0, MAX_DELAY_SECONDS);
      const MessageId = queues.send(queue, { body, attributes, sender: call.caller.accessKeyId }, delay);
      return { MessageId, MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
    },

    async ReceiveMessage(members, call) {
      const queue = queueOf(members, 'ReceiveMessage', call);
      const messages = await queues.receive(queue, {
        max: optionalInteger(members, 'MaxNumberOfMessages', 1, MAX_BATCH) ?? 1,
        waitSeconds: optionalInteger(members, 'WaitTimeSeconds', 0, MAX_WAIT_SECONDS) ?? queue.receiveWaitSeconds,
        visibilitySeconds: optionalInteger(members, 'VisibilityTimeout', 0, MAX_VISIBILITY_SECONDS),
        signal: call.signal,
      });
      const system = names(members, 'AttributeNames', 'MessageSystemAttributeNames');
      const own = names(members, 'MessageAttributeNames');
      return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, system, own)) };
    },

    DeleteMessage(members, call) {
      queues.remove(queueOf(members, 'DeleteMessage', call), text(members, 'ReceiptHandle'));
      return {};
    },

    DeleteMessageBatch(members, call) {
      const queue = queueOf(members, 'DeleteMessage', call);
      const results = entriesOf(members).map((entry) => {
        const Id = text(entry, 'Id');
        try {
          queues.remove(queue, text(entry, 'ReceiptHandle'));
          return { Id };
        } catch (error) {
          if (!(error instanceof SqsError)) throw error;
          return { Id, SenderFault: true, Code: error.code, Message: error.message };
        }
      });
      return { Successful: results.filter((one) => !('Code' in one)), Failed: results.filter((one) => 'Code' in one) };
    },

    ChangeMessageVisibility(members, call) {
      const queue = queueOf(members, 'ChangeMessageVisibility', call);
      const seconds = integer(members, 'VisibilityTimeout', 0, MAX_VISIBILITY_SECONDS);
      queues.changeVisibility(queue, text(members, 'ReceiptHandle'), seconds);
      return {};
    },

    GetQueueAttributes(members, call) {
      const queue = queueOf(members, 'GetQueueAttributes', call);
      const known = queueAttributes(queue, queues);
      const asked = names(members, 'AttributeNames');
      const unknown = asked.find((name) => name !== 'All' && !(name in known) && name !== 'RedrivePolicy');
      if (unknown) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      const chosen = Object.entries(known).filter(([name]) => asked.includes('All') || asked.includes(name));
      return { Attributes: Object.fromEntries(chosen) };
    },

    GetQueueUrl(members, call) {
      const queue = queues.find(text(members, 'QueueName'));
      authorize('GetQueueUrl', queue.arn, call);
      return { QueueUrl: queue.url };
    },

    ListQueues(members, call) {
      authorize('ListQueues', '*', call);
      const prefix = optionalText(members, 'QueueNamePrefix') ?? '';
      const found = queues.all().filter(({ name }) => name.startsWith(prefix));
      return found.length === 0 ? {} : { QueueUrls: found.map(({ url }) => url) };
    },
  };
}

function entriesOf(members: Members): readonly Members[] {
  const entries = [members.Entries ?? []].flat().filter(isObject);
  if (entries.length === 0) {
    throw new SqsError(
      'EmptyBatchRequest',
      'There should be at least one DeleteMessageBatchRequestEntry in the request.',
    );
  }
  if (entries.length > MAX_BATCH) {
    const message = `Maximum number of entries per request are ${MAX_BATCH}. You have sent ${entries.length}.`;
    throw new SqsError('TooManyEntriesInBatchRequest', message);
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new SqsError('BatchEntryIdsNotDistinct', 'The Ids of the entries are not distinct.');
  }
  return entries;
}

/** A message as the API shows it: of its attributes, those that were asked for. */
function received(message: ReceivedMessage, system: readonly string[], own: readonly string[]): object {
  const attributes = Object.entries(systemAttributes(message)).filter(
    ([name]) => system.includes('All') || system.includes(name),
  );
  const MessageAttributes = selectAttributes(message.attributes, own);
  const digest = md5OfAttributes(MessageAttributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
    ...(digest && { MD5OfMessageAttributes: digest, MessageAttributes }),
  };
}

/** Times are epoch milliseconds, as text. */
export function systemAttributes(message: StoredMessage): Record<string, string> {
  return {
    SenderId: message.sender,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.received),
    ApproximateFirstReceiveTimestamp: String(message.firstReceived ?? message.sent),
    ...(message.source && { DeadLetterQueueSourceArn: message.source }),
  };
}

function queueAttributes(queue: QueueModel, queues: Queues): Record<string, string> {
  const { visible, inFlight, delayed } = queues.counts(queue);
  const { deadLetterArn, maxReceiveCount } = queue.redrive ?? {};
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    DelaySeconds: String(queue.delaySeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds),
    MaximumMessageSize: String(queue.maxMessageBytes),
    ...(deadLetterArn && {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount }),
    }),
  };
}
