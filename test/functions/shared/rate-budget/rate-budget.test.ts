import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../functions/shared/clock.ts';
import { createPermitQueue } from '../../../../functions/shared/rate-budget/permit-queue.ts';
import { createRateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { startTables, TABLES } from '../../../helpers/tables.ts';
import { createSimulatedTable } from './simulated-table.ts';

const asker = { kind: 'batch', quota: 80, reserve: 0 } as const;
const SHARED = { tableName: TABLES.budget, asker };
const ITEM = { TableName: TABLES.budget, Key: { id: 'PutProfileObject' } };

/** A client that fails every request so, and counts them. */
function failing(error: Error): { client: DynamoDBDocumentClient; asks: () => number } {
  let asks = 0;
  const send = async () => {
    asks += 1;
    throw error;
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, asks: () => asks };
}

describe('a budget in a table', () => {
  let tables: Awaited<ReturnType<typeof startTables>>;
  let clock: FakeClock;
  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.stop());
  beforeEach(async () => {
    clock = createFakeClock();
    await tables.client.send(new PutCommand({ TableName: TABLES.budget, Item: ITEM.Key }));
  });

  const budgetOf = (client = tables.client, own: Clock = clock) =>
    createRateBudget({ client, tableName: TABLES.budget, api: 'PutProfileObject', asker, clock: own });

  async function setQuota(quota: number): Promise<void> {
    const set = { UpdateExpression: 'SET quota = :quota', ExpressionAttributeValues: { ':quota': quota } };
    await tables.client.send(new UpdateCommand({ ...ITEM, ...set }));
  }

  it('is of one API: the calls of another take nothing from it', async () => {
    const one = budgetOf();
    const other = createRateBudget({ ...SHARED, client: tables.client, api: 'UpdateProfile', clock });
    const taken = await clock.until(one.take(8));
    expect(await clock.until(other.take(8))).toEqual(taken);
    expect((await budgetOf().look()).total).toBe(8);
  });

  it('that an operator gave a quota before the first call gives permits at that rate', async () => {
    await setQuota(10);
    const budget = budgetOf();
    const [first = 0] = await clock.until(budget.take(1));
    const [second = 0] = await clock.until(budget.take(1));
    expect(second - first).toBeCloseTo(100, 3);
  });

  it('does not lose the quota that an operator sets while a worker is between its read and its write', async () => {
    let isSet = false;
    const send = async (command: PutCommand) => {
      if (command instanceof PutCommand && !isSet) {
        isSet = true;
        await setQuota(10);
      }
      return tables.client.send(command);
    };
    await clock.until(budgetOf({ send } as unknown as DynamoDBDocumentClient).take(1));
    expect((await budgetOf().look()).limit).toBe(10);
  });

  it('notes what the service accepted with the next permits, or when it is flushed', async () => {
    const budget = budgetOf();
    budget.accepted();
    await clock.until(budget.take(1));
    expect((await budgetOf().look()).acceptedAt).toBe(clock.now());
    clock.freeze(1_000);
    budget.accepted();
    await clock.until(budget.flush());
    expect((await budgetOf().look()).acceptedAt).toBe(clock.now());
  });

  it('gives a worker whose clock is behind permits for its own time', async () => {
    const hourBehind: Clock = { now: () => clock.now() - 3_600_000, sleep: clock.sleep };
    await clock.until(budgetOf().take(5));
    const times = await clock.until(budgetOf(tables.client, hourBehind).take(5));
    expect(times).toHaveLength(5);
    for (const time of times) expect(Math.abs(time - hourBehind.now())).toBeLessThan(500);
  });

  it('falls once however many workers meet the throttle, and counts from what it was', async () => {
    const workers = Array.from({ length: 5 }, () => budgetOf());
    await clock.until(Promise.all(workers.map((worker) => worker.throttled())));
    expect((await budgetOf().look()).limit).toBeCloseTo(60, 0);
  });

  it('is shared by many workers: together they stay at the limit, use all of it, and each gets a share', async () => {
    const from = clock.now();
    const starts: { worker: number; at: number }[] = [];
    const run = async (worker: number) => {
      const queue = createPermitQueue({ budget: budgetOf(), clock, until: from + 10_000 });
      const call = async () => {
        for (;;) {
          if (await (await queue.next()).begin()) starts.push({ worker, at: clock.now() });
        }
      };
      await Promise.allSettled(Array.from({ length: 20 }, call));
    };
    await clock.until(Promise.all([0, 1, 2, 3].map(run)));

    const bySecond = Map.groupBy(starts, ({ at }) => Math.floor(at / 1000));
    for (const [, second] of bySecond) expect(second.length).toBeLessThanOrEqual(80 * 1.25);
    expect(starts.length).toBeLessThanOrEqual(80 * 10.25);
    expect(starts.length).toBeGreaterThanOrEqual(80 * 9);
    const shares = Map.groupBy(starts, ({ worker }) => worker);
    for (const [, share] of shares) expect(share.length).toBeGreaterThan(20);
    expect(shares.size).toBe(4);
  });
});

describe('a budget that can not be reached', () => {
  it.each([
    'InternalServerError',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'TimeoutError',
  ])('for a %s gives nothing, without asking on after the tries of the SDK', async (name) => {
    const clock = createFakeClock();
    const { client, asks } = failing(Object.assign(new Error(), { name }));
    const budget = createRateBudget({ client, tableName: TABLES.budget, api: 'PutProfileObject', asker, clock });
    expect(await clock.until(budget.take(1))).toEqual([]);
    expect(asks()).toBe(1);
  });

  it('for another reason says so: every worker would meet it', async () => {
    const clock = createFakeClock();
    const { client } = failing(Object.assign(new Error(), { name: 'AccessDeniedException' }));
    const queue = createPermitQueue({
      budget: createRateBudget({ client, tableName: TABLES.budget, api: 'PutProfileObject', asker, clock }),
      clock,
      until: Number.MAX_SAFE_INTEGER,
    });
    await expect(clock.until(queue.next())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('lets a throttled call be noted without harm', async () => {
    const clock = createFakeClock();
    const { client } = failing(Object.assign(new Error(), { name: 'InternalServerError' }));
    const budget = createRateBudget({ client, tableName: TABLES.budget, api: 'PutProfileObject', asker, clock });
    await expect(clock.until(budget.throttled())).resolves.toBeUndefined();
  });

  it('gives permits again as soon as it can', async () => {
    const clock = createFakeClock();
    const table = createSimulatedTable({ random: () => 0.5, requestMs: [5, 10] });
    const budget = createRateBudget({
      client: table.clientOf(clock),
      tableName: TABLES.budget,
      api: 'PutProfileObject',
      asker,
      clock,
    });
    table.goDown();
    expect(await clock.until(budget.take(2))).toEqual([]);
    table.comeUp();
    expect(await clock.until(budget.take(2))).toHaveLength(2);
  });
});
