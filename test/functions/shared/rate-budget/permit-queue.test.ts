import { setImmediate } from 'node:timers/promises';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { PERMIT_LAPSES_MS } from '../../../../functions/shared/rate-budget/budget-state.ts';
import {
  createPermitQueue,
  NO_PERMIT_MS,
  type PermitQueue,
} from '../../../../functions/shared/rate-budget/permit-queue.ts';
import { createRateBudget, type RateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { startTables, TABLES } from '../../../helpers/tables.ts';

const NEVER = Number.MAX_SAFE_INTEGER;

/** Gives what the test says, and counts the asks. */
function scriptedBudget(take: (wanted: number) => readonly number[]): RateBudget & { asks: number } {
  return {
    asks: 0,
    taken: 0,
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
  return createPermitQueue({ budget, clock, blockSize: 10, until, random: () => 0 });
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
    const budget = scriptedBudget((wanted) => Array.from({ length: wanted }, () => clock.now()));
    const queue = queueOver(budget, clock);
    await clock.until(Promise.all(Array.from({ length: 30 }, () => queue.next())));
    expect(budget.asks).toBeLessThanOrEqual(4);
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

  it('asks a refusing budget about once per second', async () => {
    const clock = createFakeClock();
    const budget = scriptedBudget(() => []);
    await clock.until(
      queueOver(budget, clock)
        .next()
        .catch(() => {}),
    );
    expect(budget.asks).toBeLessThanOrEqual(NO_PERMIT_MS / 1000 + 2);
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

describe('a budget', () => {
  const asker = { kind: 'batch', quota: 40, reserve: 0 } as const;

  it('that an operator gave a quota before the first call gives permits at that rate', async () => {
    const tables = await startTables();
    try {
      const clock = createFakeClock();
      await tables.client.send(
        new PutCommand({ TableName: TABLES.budget, Item: { id: 'PutProfileObject', quota: 5 } }),
      );
      const budget = createRateBudget({ client: tables.client, tableName: TABLES.budget, asker, clock });
      expect(await clock.until(budget.take(100))).toHaveLength(5);
    } finally {
      await tables.stop();
    }
  });

  it('that can not be reached gives nothing, without asking on after the tries of the SDK', async () => {
    let asks = 0;
    const client = {
      async send() {
        asks += 1;
        throw Object.assign(new Error(), { name: 'InternalServerError' });
      },
    } as unknown as DynamoDBDocumentClient;
    const clock = createFakeClock();
    const budget = createRateBudget({ client, tableName: TABLES.budget, asker, clock });
    expect(await clock.until(budget.take(1))).toEqual([]);
    expect(asks).toBe(1);
  });
});

describe('many workers on one budget', () => {
  it('together stay at the limit, use all of it, and each gets a share', async () => {
    const tables = await startTables();
    try {
      const clock = createFakeClock();
      const from = clock.now();
      const starts: { worker: number; at: number }[] = [];
      const run = async (worker: number) => {
        const asker = { kind: 'batch', quota: 40, reserve: 4 } as const;
        const budget = createRateBudget({ client: tables.client, tableName: TABLES.budget, asker, clock });
        const queue = createPermitQueue({ budget, clock, blockSize: 5, until: from + 10_000 });
        const call = async () => {
          for (;;) {
            await begin(queue);
            starts.push({ worker, at: clock.now() });
          }
        };
        await Promise.allSettled(Array.from({ length: 10 }, call));
      };
      await clock.until(Promise.all([0, 1, 2, 3].map(run)));

      const bySecond = Map.groupBy(starts, ({ at }) => Math.floor(at / 1000));
      for (const [, second] of bySecond) expect(second.length).toBeLessThanOrEqual(40 * 1.25);
      expect(starts.length).toBeLessThanOrEqual(40 * 10);
      expect(starts.length).toBeGreaterThanOrEqual(40 * 9);
      const shares = Map.groupBy(starts, ({ worker }) => worker);
      for (const [, share] of shares) expect(share.length).toBeGreaterThan(10);
      expect(shares.size).toBe(4);
    } finally {
      await tables.stop();
    }
  });
});
