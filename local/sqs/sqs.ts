import type { QueueModel } from '../cloudformation/model.ts';
import { type Access, fromSource, type KeyAction, type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
import { answerJson } from '../json-protocol.ts';
import type { Count } from '../meter.ts';
import type { Caller, Service } from '../service.ts';
import { SqsError } from './errors.ts';
import type { MessageAttributes } from './message-attributes.ts';
import { MessageStore } from './message-store.ts';
import { moveOperations } from './move-tasks.ts';
import { queueOperations } from './operations.ts';
import { Queues, type ReceivedMessage, type ReceiveRequest } from './queues.ts';

/** A message as a look at its queue shows it. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  /** Values of the message's own attributes; binary ones in Base64. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly sent: string;
  /** How often it was received. */
  readonly received: number;
}

/** What a service inside the stack asks for in its own name, by a queue's ARN or URL. */
export interface QueueClient {
  /** `from`: the ARN of what sends. @throws SqsError AccessDeniedException, KmsAccessDenied, or what SendMessage says */
  send(queue: string, message: { body: string; attributes: MessageAttributes }, who: Principal, from?: string): void;
  /** Waits for a message; holds what it takes until it is released. @throws SqsError AccessDeniedException, KmsAccessDenied */
  receive(
    arn: string,
    options: Pick<ReceiveRequest, 'max' | 'waitSeconds' | 'maxBytes' | 'signal'>,
    who: Principal,
  ): Promise<ReceivedMessage[]>;
  /** Ends the hold on the messages of a batch; those that were taken are deleted. @throws SqsError AccessDeniedException */
  settle(arn: string, batch: readonly ReceivedMessage[], taken: readonly ReceivedMessage[], who: Principal): void;
}

/** SQS with the queues of the template. */
export interface SqsService extends Service, QueueClient {
  createQueue(queue: QueueModel): void;
  /** The messages of a queue (name, ARN or URL), in the order of sending, as if nobody looked. @throws SqsError QueueDoesNotExist */
  messages(queue: string): QueuedMessage[];
}

export interface SqsOptions {
  readonly directory: string;
  /** Visibility timeouts and delays are multiplied by it; 1 by default. */
  readonly timeScale?: number;
  readonly refuse?: Refusal;
  /** Of the use of the queues' keys. */
  readonly refuseKey?: Refusal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly count?: Count<'sqs'>;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html, read 2026-11. */
const KEY_USE: Readonly<Record<string, readonly KeyAction[]>> = {
  SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'],
  ReceiveMessage: ['kms:Decrypt'],
};

export function createSqs(options: SqsOptions): SqsService {
  const { directory, timeScale = 1, refuse = refuseNobody, refuseKey = refuseNobody, now = Date.now, count } = options;
  const store = new MessageStore(directory);
  const queues = new Queues(store, timeScale, now);

  function authorize(action: string, resource: string, who: Caller | Principal, context: Access['context'] = {}): void {
    const access = { action: `sqs:${action}`, resource, context, keyUse: KEY_USE[action] ?? [] };
    count?.(resource.slice(resource.lastIndexOf(':') + 1), 'requests');
    const refusal = refuse(who, access);
    if (refusal) throw new SqsError('AccessDeniedException', refusal);
    const keyRefusal = refuseKey(who, access);
    if (keyRefusal) throw new SqsError('KmsAccessDenied', keyRefusal);
  }

  const ofCaller = (action: string, queueArn: string, { caller }: { caller: Caller }): void =>
    authorize(action, queueArn, caller);
  const api = {
    service: 'SQS',
    targetPrefix: 'AmazonSQS.',
    operations: { ...queueOperations(queues, ofCaller), ...moveOperations(queues, ofCaller, now) },
  };

  return {
    signingName: 'sqs',
    handle: (request, response, caller) => answerJson(api, request, response, caller),
    createQueue: (queue) => queues.create(queue),
    messages: (queue) =>
      queues.look(queues.find(queue)).map(({ id, body, attributes, sent, received }) => ({
        id,
        body,
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([name, { StringValue, BinaryValue = '' }]) => [
            name,
            StringValue ?? BinaryValue,
          ]),
        ),
        sent: new Date(sent).toISOString(),
        received,
      })),
    send(reference, message, who, from) {
      const queue = queues.find(reference);
      authorize('SendMessage', queue.arn, who, fromSource(from));
      queues.send(queue, { ...message, sender: who.service });
    },
    async receive(arn, options, who) {
      authorize('ReceiveMessage', arn, who);
      return queues.receive(queues.find(arn), { ...options, hold: true });
    },
    settle(arn, batch, taken, who) {
      const queue = queues.find(arn);
      try {
        if (taken.length > 0) authorize('DeleteMessage', arn, who);
        for (const { receiptHandle } of taken) queues.remove(queue, receiptHandle);
      } finally {
        queues.release(queue, batch);
      }
    },
    async close() {
      queues.close();
      store.close();
    },
  };
}
