import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createEventQueue, type QueuedEvent } from '../../../local/lambda/event-queue.ts';

const EVENT: QueuedEvent = { name: 'report', payload: '{"n":1}', requestId: 'request-1' };
const FAILED = { functionError: { errorType: 'Broken', errorMessage: 'no' } };
const DONE = { body: 'null' };

/** A queue whose function gives these answers in turn, and whose waits take no time. */
function queueWith(...answers: (typeof FAILED | typeof DONE)[]) {
  const tries: QueuedEvent[] = [];
  const waits: number[] = [];
  const lost: unknown[] = [];
  const queue = createEventQueue({
    attempt: async (event) => {
      tries.push(event);
      return answers.shift() ?? DONE;
    },
    sleep: async (milliseconds) => void waits.push(milliseconds),
    onLost: (...loss) => lost.push(loss),
  });
  return { queue, tries, waits, lost };
}

/** Until nothing is left to do at once. */
const settled = (): Promise<void> => sleep(0);

it('an event that the function takes is not tried again', async () => {
  const { queue, tries, lost } = queueWith(DONE);
  queue.add(EVENT);
  await settled();
  expect(tries).toEqual([EVENT]);
  expect(lost).toEqual([]);
});

it('an event that the function fails is tried again after one minute and after two, by the same request id', async () => {
  const { queue, tries, waits, lost } = queueWith(FAILED, FAILED, DONE);
  queue.add(EVENT);
  await settled();
  expect(tries).toEqual([EVENT, EVENT, EVENT]);
  expect(waits).toEqual([60_000, 120_000]);
  expect(lost).toEqual([]);
});

it('an event that the function fails three times is lost, and reported', async () => {
  const { queue, tries, lost } = queueWith(FAILED, FAILED, FAILED, DONE);
  queue.add(EVENT);
  await settled();
  expect(tries).toHaveLength(3);
  expect(lost).toEqual([[EVENT, FAILED.functionError]]);
});

it('closing gives up an event that waits for another try, reports it, and takes no more', async () => {
  const tries: QueuedEvent[] = [];
  const lost: unknown[] = [];
  const queue = createEventQueue({
    attempt: async (event) => {
      tries.push(event);
      return FAILED;
    },
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    onLost: (...loss) => lost.push(loss),
  });
  queue.add(EVENT);
  await settled();

  await queue.close();
  queue.add(EVENT);
  await settled();

  expect(tries).toEqual([EVENT]);
  expect(lost).toEqual([[EVENT, FAILED.functionError]]);
});

it('closing waits for an event at work', async () => {
  let finish: (answer: typeof DONE) => void = () => {};
  const attempt = () =>
    new Promise<typeof DONE>((resolve) => {
      finish = resolve;
    });
  const queue = createEventQueue({ attempt, sleep: async () => {}, onLost: () => {} });
  queue.add(EVENT);
  let closed = false;
  const closing = queue.close().then(() => {
    closed = true;
  });

  await settled();
  expect(closed).toBe(false);
  finish(DONE);
  await closing;
});
