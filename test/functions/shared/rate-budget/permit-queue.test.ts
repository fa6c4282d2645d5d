import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AHEAD_MS, PERMIT_LAPSES_MS } from '../../../../functions/shared/rate-budget/budget-state.ts';
import {
  createPermitQueue,
  NO_PERMIT_MS,
  type PermitQueue,
} from '../../../../functions/shared/rate-budget/permit-queue.ts';
import type { RateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { seeded } from './simulation.ts';

const NEVER = Number.MAX_SAFE_INTEGER;

/** Gives what the test says, and counts the asks. */
function scriptedBudget(take: (wanted: number) => readonly number[]): RateBudget & { asks: number } {
  return {
    asks: 0,
    api: 'PutProfileObject',
    taken: 0,
    limit: 80,
    async take(wanted) {
      this.asks += 1;
      return take(wanted);
    },
    throttled: async () => {},
    accepted: () => {},
    flush: async () => {},
    look: async () => ({ limit: 80, total: 0, acceptedAt: undefined }),
  };
}

function queueOver(budget: RateBudget, clock: FakeClock, until = NEVER) {
  return createPermitQueue({ budget, clock, until, random: () => 0.5 });
}

/** Waits until a call may start, with as many permits as that takes. */
async function begin(queue: PermitQueue): Promise<void> {
  while (!(await (await queue.next()).begin()));
}

describe('a permit queue', () => {
  it('starts no call before its permit begins', async () => {
    const clock = createFakeClock();
    const from = clock.now();
    let given = 0;
    const queue = queueOver(
      scriptedBudget((wanted) => Array.from({ length: wanted }, () => from + 500 + given++ * 100)),
      clock,
    );
    const starts = await clock.until(Promise.all([0, 1, 2].map(() => begin(queue).then(() => clock.now() - from))));
    expect(starts).toEqual([500, 600, 700]);
  });

  it('takes permits in blocks for those who wait, not one by one', async () => {
    const clock = createFakeClock();
    const budget = scriptedBudget((wanted) => Array.from({ length: Math.min(10, wanted) }, () => clock.now()));
    const queue = queueOver(budget, clock);
    await clock.until(Promise.all(Array.from({ length: 30 }, () => queue.next())));
    expect(budget.asks).toBeLessThanOrEqual(4);
  });

  it('takes no more permits than there are calls that wait for one', async () => {
    const clock = createFakeClock();
    let given = 0;
    const budget = scriptedBudget((wanted) => {
      given += wanted;
      return Array.from({ length: wanted }, () => clock.now());
    });
    const queue = queueOver(budget, clock);
    await clock.until(Promise.all([queue.next(), queue.next(), queue.next()]));
    await clock.until(clock.sleep(5_000));
    expect(given).toBe(3);
  });

  it('spends no old permits after the process was frozen', async () => {
    const clock = createFakeClock();
    let given = 0;
    const budget = scriptedBudget((wanted) => {
      given += wanted;
      return Array.from({ length: wanted }, () => clock.now() + 100);
    });
    const queue = queueOver(budget, clock);
    const started = begin(queue);
    await setImmediate();
    clock.freeze(100 + PERMIT_LAPSES_MS + 1);
    await clock.until(started);
    expect(given).toBe(2);
  });

  it('hands a permit that is given back to the next who waits', async () => {
    const clock = createFakeClock();
    let given = 0;
    const queue = queueOver(
      scriptedBudget(() => (given++ === 0 ? [clock.now()] : [])),
      clock,
    );
    const [first, second] = [queue.next(), queue.next()];
    (await first).giveBack();
    expect(await (await second).begin()).toBe(true);
  });

  it('gives up with NoPermit when the budget gave nothing for 20 seconds, and refuses all who wait', async () => {
    const clock = createFakeClock();
    const from = clock.now();
    const queue = queueOver(
      scriptedBudget(() => []),
      clock,
    );
    const results = await clock.until(Promise.allSettled([queue.next(), queue.next()]));
    expect(results.map((result) => result.status === 'rejected' && result.reason.name)).toEqual([
      'NoPermit',
      'NoPermit',
    ]);
    expect(clock.now() - from).toBeGreaterThanOrEqual(NO_PERMIT_MS);
  });

  it('asks a refusing budget a few times per second at most', async () => {
    const clock = createFakeClock();
    const budget = scriptedBudget(() => []);
    const queue = createPermitQueue({ budget, clock, until: NEVER, random: seeded(1) });
    await clock.until(queue.next().catch(() => {}));
    expect(budget.asks).toBeLessThanOrEqual((NO_PERMIT_MS / 1000) * 5);
  });

  it('that was refused asks again before what is given out ahead is used up', async () => {
    const clock = createFakeClock();
    const from = clock.now();
    const budget = scriptedBudget(() => (clock.now() > from ? [clock.now()] : []));
    const queue = createPermitQueue({ budget, clock, until: NEVER, random: () => 0.999 });
    await clock.until(queue.next());
    expect(clock.now() - from).toBeLessThanOrEqual(AHEAD_MS.batch);
  });

  it('gives no permit after its time', async () => {
    const clock = createFakeClock();
    const queue = queueOver(
      scriptedBudget(() => [clock.now()]),
      clock,
      clock.now() + 500,
    );
    await queue.next();
    clock.freeze(500);
    await expect(clock.until(queue.next())).rejects.toMatchObject({ name: 'ChunkUnfinished' });
  });

  it('refuses with the reason that it was closed with', async () => {
    const clock = createFakeClock();
    const queue = queueOver(
      scriptedBudget(() => []),
      clock,
    );
    const waiting = queue.next();
    queue.close(new Error('access denied'));
    await expect(waiting).rejects.toThrow('access denied');
    await expect(queue.next()).rejects.toThrow('access denied');
  });
});
