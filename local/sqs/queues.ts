import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { QueueModel } from '../cloudformation/model.ts';
import { invalidValue, noSuchQueue, SqsError } from './errors.ts';
import { sizeOfAttributes } from './message-attributes.ts';
import type { MessageCounts, MessageStore, NewMessage, StoredMessage } from './message-store.ts';

export interface ReceiveRequest {
  readonly max: number;
  readonly waitSeconds: number;
  /** The queue's own if it is not given. */
  readonly visibilitySeconds?: number | undefined;
  /** Ends the wait; what was taken is taken. */
  readonly signal: AbortSignal;
  /** Bodies of several messages together have no more; without limit if it is not given. */
  readonly maxBytes?: number;
  /** Nobody gets the messages until they are released, even when their visibility timeout is over before. */
  readonly hold?: boolean;
}

export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

/** Characters that no message may hold: those that XML has not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Read from disk at once to be moved. */
const MOVED_AT_ONCE = 1000;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Standard queues: at least once, in no promised order. Visibility timeouts and delays are multiplied by `timeScale`. */
export class Queues {
  readonly #queues = new Map<string, QueueModel>();
  readonly #store: MessageStore;
  readonly #timeScale: number;
  readonly #now: () => number;
  /** Says the ARN of a queue that may have something to receive. */
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #held = new Set<string>();
  readonly #closing = new AbortController();

  constructor(store: MessageStore, timeScale: number, now: () => number) {
    this.#store = store;
    this.#timeScale = timeScale;
    this.#now = now;
  }

  create(queue: QueueModel): void {
    this.#queues.set(queue.name, queue);
  }

  /** By name, ARN or URL, of which only the end counts. @throws SqsError QueueDoesNotExist */
  find(reference: string): QueueModel {
    const queue = this.#queues.get(reference.split(/[/:]/).pop() ?? '');
    if (!queue) throw noSuchQueue();
    return queue;
  }

  /** By name. */
  all(): QueueModel[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Returns the id of the message. @throws SqsError if the queue takes no such message */
  send(queue: QueueModel, message: NewMessage, delaySeconds = queue.delaySeconds): string {
    if (Buffer.byteLength(message.body) + sizeOfAttributes(message.attributes) > queue.maxMessageBytes) {
      const limit = `Message must be shorter than ${queue.maxMessageBytes} bytes.`;
      throw new SqsError('InvalidParameterValueException', `One or more parameters are invalid. Reason: ${limit}`);
    }
    if (FORBIDDEN.test(message.body)) {
      throw new SqsError('InvalidMessageContents', 'Invalid characters found in the message body.');
    }
    const now = this.#now();
    const id = this.#store.add(queue.name, message, now, this.#after(delaySeconds));
    this.#changes.emit(queue.arn);
    return id;
  }

  /** Waits until there is a message, but no longer than asked. */
  async receive(queue: QueueModel, request: ReceiveRequest): Promise<ReceivedMessage[]> {
    const end = performance.now() + request.waitSeconds * 1000;
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    for (;;) {
      if (signal.aborted) return [];
      const messages = this.#take(queue, request);
      const left = end - performance.now();
      if (messages.length > 0 || left <= 0) return messages;
      await this.#change(queue, left, signal);
    }
  }

  /** A message that another receiver got since, or that is gone already, is deleted all the same. */
  remove(queue: QueueModel, receiptHandle: string): void {
    this.#store.remove(queue.name, idOf(receiptHandle));
  }

  changeVisibility(queue: QueueModel, receiptHandle: string, seconds: number): void {
    const message = this.#store.find(queue.name, idOf(receiptHandle));
    if (!message) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    if (message.visible <= this.#now() && !this.#held.has(message.id)) {
      throw new SqsError('MessageNotInflight', 'The message referred to is not in flight.');
    }
    this.#store.setVisible(message.id, this.#after(seconds));
    this.#changes.emit(queue.arn);
  }

  /** Ends the hold on messages; those that were not deleted are visible when their time comes. */
  release(queue: QueueModel, messages: readonly StoredMessage[]): void {
    for (const { id } of messages) this.#held.delete(id);
    this.#changes.emit(queue.arn);
  }

  /** All messages, received or not, without a receive. */
  look(queue: QueueModel): StoredMessage[] {
    return this.#store.all(queue.name);
  }

  counts(queue: QueueModel): MessageCounts {
    return this.#store.counts(queue.name, this.#now());
  }

  /**
   * Moves what can be received now, each message to the queue that `destinationOf` says, as a new message. Ends at the
   * first that has none. Returns how many were moved.
   */
  move(queue: QueueModel, destinationOf: (message: StoredMessage) => QueueModel | undefined): number {
    const due = { queue: queue.name, now: this.#now(), except: [...this.#held] };
    let moved = 0;
    for (;;) {
      const messages = this.#store.due(due, MOVED_AT_ONCE);
      for (const message of messages) {
        const destination = destinationOf(message);
        if (!destination) return moved;
        this.#store.move(message.id, destination.name, due.now);
        this.#changes.emit(destination.arn);
        moved++;
      }
      if (messages.length === 0) return moved;
    }
  }

  /** Ends every wait. */
  close(): void {
    this.#closing.abort();
  }

  #take(queue: QueueModel, { max, visibilitySeconds, maxBytes, hold = false }: ReceiveRequest): ReceivedMessage[] {
    const now = this.#now();
    this.#store.expire(queue.name, now - queue.retentionSeconds * 1000);
    const due = { queue: queue.name, now, except: [...this.#held] };
    if (queue.redrive) {
      const { deadLetterArn, maxReceiveCount } = queue.redrive;
      const { name } = this.find(deadLetterArn);
      if (this.#store.bury(due, name, queue.arn, maxReceiveCount) > 0) this.#changes.emit(deadLetterArn);
    }
    const visible = this.#after(visibilitySeconds ?? queue.visibilityTimeoutSeconds);
    return firstBytes(this.#store.due(due, max), maxBytes).map(({ id }) => {
      if (hold) this.#held.add(id);
      const receiptHandle = Buffer.from(`${id}/${randomUUID()}`).toString('base64');
      return { ...this.#store.receive(id, visible, now), receiptHandle };
    });
  }

  /** Until the queue may have something to receive, at most so many milliseconds. */
  async #change(queue: QueueModel, left: number, signal: AbortSignal): Promise<void> {
    const now = this.#now();
    const next = (this.#store.nextVisible(queue.name, now) ?? Number.POSITIVE_INFINITY) - now;
    const timeout = AbortSignal.timeout(Math.ceil(Math.min(left, next)));
    // Aborted or timed out: whoever waits looks for itself.
    await once(this.#changes, queue.arn, { signal: AbortSignal.any([signal, timeout]) }).catch(() => {});
  }

  #after(seconds: number): number {
    return this.#now() + Math.round(seconds * 1000 * this.#timeScale);
  }
}

/** The first messages, so many that their bodies have no more bytes together; one at least. */
function firstBytes(messages: readonly StoredMessage[], maxBytes = Number.POSITIVE_INFINITY): readonly StoredMessage[] {
  let bytes = 0;
  const over = messages.findIndex(({ body }) => {
    bytes += Buffer.byteLength(body);
    return bytes > maxBytes;
  });
  return over < 0 ? messages : messages.slice(0, Math.max(1, over));
}

function idOf(receiptHandle: string): string {
  const [, id] = new RegExp(`^(${UUID})/${UUID}$`).exec(Buffer.from(receiptHandle, 'base64').toString()) ?? [];
  if (id) return id;
  throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}
