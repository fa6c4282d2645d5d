import type { FunctionError } from '../states/integrations.ts';
import type { Answer } from './environment.ts';

/**
 * The waits before the second and the third try of an event that a function failed.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRY_AFTER_MS = [60_000, 120_000];

export interface QueuedEvent {
  readonly name: string;
  /** JSON text. */
  readonly payload: string;
  /** The same in every try. */
  readonly requestId: string;
}

/** The events of asynchronous invocations. They are kept in memory only: those of a host that is killed are lost. */
export interface EventQueue {
  add(event: QueuedEvent): void;
  /** Takes no more events, and waits for those at work; those that wait for another try are given up. */
  close(): Promise<void>;
}

export function createEventQueue(options: {
  attempt: (event: QueuedEvent) => Promise<Answer>;
  /** Rejects when the signal is aborted. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  onLost: (event: QueuedEvent, error: FunctionError) => void;
}): EventQueue {
  const events = new Set<Promise<void>>();
  const closing = new AbortController();

  async function work(event: QueuedEvent): Promise<void> {
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      const answer = await options.attempt(event);
      if (!('functionError' in answer)) return;
      if (wait === undefined || !(await waited(wait))) return options.onLost(event, answer.functionError);
    }
  }

  /** False if the queue was closed before. */
  async function waited(milliseconds: number): Promise<boolean> {
    try {
      await options.sleep(milliseconds, closing.signal);
      return true;
    } catch {
      return false;
    }
  }

  return {
    add(event) {
      if (closing.signal.aborted) return;
      const done = work(event).finally(() => events.delete(done));
      events.add(done);
    },
    async close() {
      closing.abort();
      await Promise.all(events);
    },
  };
}
