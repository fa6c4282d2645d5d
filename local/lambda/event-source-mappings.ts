import { setTimeout as sleep } from 'node:timers/promises';
import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { EventSourceMappingModel, FunctionModel, QueueModel } from '../cloudformation/model.ts';
import type { Refusal, RolePrincipal } from '../iam/access.ts';
import { REGION } from '../service.ts';
import { md5 } from '../sqs/message-attributes.ts';
import { MAX_BATCH, systemAttributes } from '../sqs/operations.ts';
import type { ReceivedMessage } from '../sqs/queues.ts';
import type { QueueClient } from '../sqs/sqs.ts';
import { IntegrationError } from '../states/errors.ts';
import { isObject } from '../states/json.ts';
import { executionRole, type LambdaService } from './lambda.ts';

/** How long one receive waits for a message. */
const WAIT_SECONDS = 20;

/** Bodies of a batch: as JSON text inside of JSON they may double, and an event has 6 MB at most. */
const MAX_BATCH_BYTES = 3 * 1024 * 1024;

/** After a call that SQS refused. */
const AFTER_FAILURE_MS = 1000;

/** Without a batching window, and with one. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const MAX_BATCH_SIZES = [10, 10_000] as const;

/** What Lambda calls on the queue, by the role of the function. */
const NEEDED = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The pollers that hand what comes into queues to functions. */
export interface EventSourceMappings {
  /** @throws UnsupportedTemplate if Lambda would refuse the mapping */
  start(mapping: EventSourceMappingModel): void;
  /** Receives no more, and waits for the functions at work. */
  close(): Promise<void>;
}

export interface EventSourceMappingsOptions {
  readonly functions: readonly FunctionModel[];
  readonly queues: readonly QueueModel[];
  readonly sqs: Pick<QueueClient, 'receive' | 'settle'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly refuse: Refusal;
  /** Hears why the messages of a queue do not come to their function. */
  readonly onFailure: (mapping: EventSourceMappingModel, error: unknown) => void;
  /** The batching window is multiplied by it. */
  readonly timeScale: number;
}

export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { sqs, lambda, refuse, onFailure, timeScale } = options;
  const closing = new AbortController();
  const pollers: Promise<void>[] = [];

  /** Up to a batch, as soon as there is a message; with a batching window, when the batch is full or the window over. */
  async function fill(batch: ReceivedMessage[], mapping: EventSourceMappingModel, who: RolePrincipal): Promise<void> {
    const { queueArn, batchSize, batchingWindowSeconds } = mapping;
    const receive = async (waitSeconds: number): Promise<void> => {
      const max = Math.min(batchSize - batch.length, MAX_BATCH);
      const maxBytes = MAX_BATCH_BYTES - bytesOf(batch);
      batch.push(...(await sqs.receive(queueArn, { max, maxBytes, waitSeconds, signal: closing.signal }, who)));
    };
    await receive(WAIT_SECONDS);
    const end = performance.now() + batchingWindowSeconds * 1000 * timeScale;
    const isOpen = (): boolean => performance.now() < end && !closing.signal.aborted;
    while (batch.length > 0 && batch.length < batchSize && bytesOf(batch) < MAX_BATCH_BYTES && isOpen()) {
      await receive((end - performance.now()) / 1000);
    }
  }

  /** The messages that the function took. */
  async function invoke(
    mapping: EventSourceMappingModel,
    batch: readonly ReceivedMessage[],
  ): Promise<ReceivedMessage[]> {
    try {
      const Records = batch.map((message) => recordOf(message, mapping.queueArn));
      const answer = await lambda.invoke(mapping.functionName, { Records });
      if ('functionError' in answer) return [];
      if (!mapping.reportsFailures) return [...batch];
      const failed = failuresOf(answer.payload, batch);
      return failed ? batch.filter(({ id }) => !failed.has(id)) : [];
    } catch (error) {
      // Throttled, or too large: the messages come again when their visibility timeout is over.
      if (error instanceof IntegrationError) return [];
      throw error;
    }
  }

  async function handBatch(mapping: EventSourceMappingModel, who: RolePrincipal): Promise<void> {
    const batch: ReceivedMessage[] = [];
    let taken: readonly ReceivedMessage[] = [];
    try {
      await fill(batch, mapping, who);
      if (batch.length > 0) taken = await invoke(mapping, batch);
    } finally {
      sqs.settle(mapping.queueArn, batch, taken, who);
    }
  }

  async function poll(mapping: EventSourceMappingModel, who: RolePrincipal): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await handBatch(mapping, who);
      } catch (error) {
        onFailure(mapping, error);
        await sleep(AFTER_FAILURE_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  /** Throws what Lambda would say to a mapping that can't work. */
  function principalOf(mapping: EventSourceMappingModel): RolePrincipal {
    const { functionName, queueArn, batchSize, batchingWindowSeconds } = mapping;
    const refused = (reason: string): UnsupportedTemplate =>
      new UnsupportedTemplate(`The event source mapping of ${functionName} and ${queueArn}: ${reason}`);
    const called = options.functions.find(({ name }) => name === functionName);
    const queue = options.queues.find(({ arn }) => arn === queueArn);
    if (!called || !queue)
      throw refused('The embedded Lambda maps queues of the template to functions of the template.');
    const { visibilityTimeoutSeconds } = queue;
    if (visibilityTimeoutSeconds < called.timeoutSeconds) {
      const than = `is less than Function timeout: ${called.timeoutSeconds} seconds`;
      throw refused(`Queue visibility timeout: ${visibilityTimeoutSeconds} seconds ${than}`);
    }
    const maxBatchSize = MAX_BATCH_SIZES[batchingWindowSeconds > 0 ? 1 : 0];
    if (batchSize < 1 || batchSize > maxBatchSize) {
      throw refused(`BatchSize must be between 1 and ${maxBatchSize} with this MaximumBatchingWindowInSeconds.`);
    }
    const who = executionRole(called);
    const missing = NEEDED.find((action) => refuse(who, { action, resource: queueArn }));
    if (missing) {
      const call = missing.replace('sqs:', '');
      throw refused(`The function execution role does not have permissions to call ${call} on SQS`);
    }
    return who;
  }

  return {
    start(mapping) {
      const who = principalOf(mapping);
      for (let poller = 0; poller < mapping.maximumConcurrency; poller++) pollers.push(poll(mapping, who));
    },
    async close() {
      closing.abort();
      await Promise.all(pollers);
    },
  };
}

const bytesOf = (batch: readonly ReceivedMessage[]): number =>
  batch.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function recordOf(message: ReceivedMessage, queueArn: string): object {
  const messageAttributes = Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      stringValue: StringValue,
      binaryValue: BinaryValue,
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    },
  ]);
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

/**
 * Ids of the messages that the function says it failed; undefined, which is all of them, if it says nothing that can
 * be understood.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failuresOf(answer: unknown, batch: readonly ReceivedMessage[]): ReadonlySet<unknown> | undefined {
  if (answer === null || answer === undefined) return new Set();
  if (!isObject(answer)) return undefined;
  const failures = answer.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure: unknown) => (isObject(failure) ? failure.itemIdentifier : undefined));
  return ids.every((id) => batch.some((message) => message.id === id)) ? new Set(ids) : undefined;
}
