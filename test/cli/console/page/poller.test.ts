import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answered, createPoller, NEVER } from '../../../../cli/console/page/poller.ts';

const PAUSE_MS = 1_000;
const AFTER_TROUBLE_MS = 2_000;

/** Of a server: a number, or trouble. */
type Answer = number | Error;

interface Polling {
  readonly told: Answered<number>[];
  /** How often the address was asked. */
  readonly asked: () => number;
  readonly poller: ReturnType<typeof createPoller>;
  readonly hide: (isHidden: boolean) => void;
}

/** @param answers one after the other, the last one for good. */
function polling(answers: readonly Answer[], { pause = PAUSE_MS, hidden = false, takes = 0 } = {}): Polling {
  const told: Answered<number>[] = [];
  let asked = 0;
  let isHidden = hidden;
  const poller = createPoller<number>(
    async () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
      if (answer instanceof Error) throw answer;
      return JSON.stringify(answer);
    },
    (answered) => told.push(answered),
    { pause: () => pause, isHidden: () => isHidden },
  );
  return {
    told,
    asked: () => asked,
    poller,
    hide: (hides) => {
      isHidden = hides;
    },
  };
}

describe('A polled address', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked at once, and again after each pause', async () => {
    const { told, asked } = polling([1, 2, 3]);
    await vi.advanceTimersByTimeAsync(2 * PAUSE_MS);
    expect(asked()).toBe(3);
    expect(told).toEqual([1, 2, 3].map((value) => ({ is: 'good', value })));
  });

  it('tells an answer once, as long as it stays the same', async () => {
    const { told, asked } = polling([1, 1, 1, 2]);
    await vi.advanceTimersByTimeAsync(3 * PAUSE_MS);
    expect(asked()).toBe(4);
    expect(told).toHaveLength(2);
  });

  it('is asked once only if its answer never changes, until it is woken', async () => {
    const { asked, poller } = polling([1], { pause: NEVER });
    await vi.advanceTimersByTimeAsync(100 * PAUSE_MS);
    expect(asked()).toBe(1);
    poller.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toBe(2);
  });

  it('is not asked while the page is hidden, and at once when it is seen again', async () => {
    const { asked, poller, hide } = polling([1]);
    await vi.advanceTimersByTimeAsync(0);
    hide(true);
    await vi.advanceTimersByTimeAsync(100 * PAUSE_MS);
    expect(asked()).toBe(1);
    hide(false);
    poller.wake();
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(asked()).toBe(3);
  });

  it('is not asked by a page that opens hidden', async () => {
    const { asked } = polling([1], { hidden: true });
    await vi.advanceTimersByTimeAsync(100 * PAUSE_MS);
    expect(asked()).toBe(0);
  });

  it('is asked one question at a time, however long an answer takes', async () => {
    const { asked, poller } = polling([1], { takes: 10 * PAUSE_MS });
    for (let wakes = 0; wakes < 5; wakes += 1) {
      poller.wake();
      await vi.advanceTimersByTimeAsync(PAUSE_MS);
    }
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(5 * PAUSE_MS);
    // What was wanted meanwhile is asked once, without a pause.
    expect(asked()).toBe(2);
  });

  it('says trouble with the time when the last answer still held, also if that answer was an old one', async () => {
    const { told } = polling([1, 1, 1, new Error('away')]);
    await vi.advanceTimersByTimeAsync(3 * PAUSE_MS);
    expect(told).toEqual([
      { is: 'good', value: 1 },
      { is: 'bad', error: new Error('away'), goodAt: 2 * PAUSE_MS },
    ]);
  });

  it('has no such time if there was never a good answer', async () => {
    const { told } = polling([new Error('away')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([{ is: 'bad', error: new Error('away'), goodAt: undefined }]);
  });

  it('is asked again after trouble, and tells an answer that is the same as before', async () => {
    const { told, asked } = polling([1, new Error('away'), 1]);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(told.map(({ is }) => is)).toEqual(['good', 'bad']);
    await vi.advanceTimersByTimeAsync(AFTER_TROUBLE_MS);
    expect(asked()).toBe(3);
    expect(told.map(({ is }) => is)).toEqual(['good', 'bad', 'good']);
  });

  it('is asked again after trouble also if it needs to be asked only once', async () => {
    const { told, asked } = polling([new Error('away'), 1], { pause: NEVER });
    await vi.advanceTimersByTimeAsync(100 * AFTER_TROUBLE_MS);
    expect(asked()).toBe(2);
    expect(told.at(-1)).toEqual({ is: 'good', value: 1 });
  });

  it('takes an answer that is not JSON for trouble', async () => {
    const told: Answered<number>[] = [];
    createPoller<number>(
      async () => '<html>',
      (answered) => told.push(answered),
      { pause: () => NEVER, isHidden: () => false },
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(told.map(({ is }) => is)).toEqual(['bad']);
  });

  it('tells nothing once it is stopped, and ends the question that is open', async () => {
    const told: Answered<number>[] = [];
    let signal: AbortSignal | undefined;
    const poller = createPoller<number>(
      async (given) => {
        signal = given;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        return '1';
      },
      (answered) => told.push(answered),
      { pause: () => PAUSE_MS, isHidden: () => false },
    );
    poller.stop();
    await vi.advanceTimersByTimeAsync(10 * PAUSE_MS);
    expect(signal?.aborted).toBe(true);
    expect(told).toEqual([]);
  });
});
