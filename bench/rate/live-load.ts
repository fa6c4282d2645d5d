import { setTimeout as sleep } from 'node:timers/promises';
import { sendEvents, untilLiveQueueIsEmpty } from '../../test/helpers/live-events.ts';
import type { TestStack } from '../../test/helpers/stack.ts';

const PAUSE_MS = 200;

/** From the first event on, until the functions that take them are there. */
const WARM_UP_MS = 6_000;

/** Live events of new customers, so many per second until it is stopped; then waits for the last of them. */
export async function startLiveEvents(stack: TestStack, perSecond: number): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const startedAt = performance.now();
  let sent = 0;

  async function send(): Promise<void> {
    while (perSecond > 0 && !stopping.signal.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      if (due > sent)
        await sendEvents(
          stack,
          Array.from({ length: due - sent }, (_, index) => eventOf(sent + index)),
        );
      sent = due;
      await sleep(PAUSE_MS);
    }
    await untilLiveQueueIsEmpty(stack);
  }

  const sending = send();
  if (perSecond > 0) await sleep(WARM_UP_MS);
  return {
    stop() {
      stopping.abort();
      return sending;
    },
  };
}

function eventOf(number: number): object {
  const time = new Date().toISOString();
  return { record: { customer_id: `L-${number}`, last_name: 'Live', updated_at: time }, time };
}
