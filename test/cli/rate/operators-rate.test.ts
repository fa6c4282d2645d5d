import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeOperatorsRate,
  type OperatorsRate,
  operatorsRate,
  paused,
  resumed,
  withQuota,
} from '../../../cli/rate/operators-rate.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { createRateBudget } from '../../../functions/shared/rate-budget/rate-budget.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';

const BUDGET = { tableName: TABLES.budget, api: 'PutProfileObject' } as const;
const NOTHING: OperatorsRate = {};

describe('what operators set', () => {
  it.each<[what: string, before: OperatorsRate, after: OperatorsRate]>([
    ['a pause stops all calls', paused(NOTHING), { quota: 0 }],
    ['a pause remembers what was set', paused({ quota: 40 }), { quota: 0, quotaAfterPause: 40 }],
    ['a second pause forgets nothing', paused(paused({ quota: 40 })), { quota: 0, quotaAfterPause: 40 }],
    ['the end of a pause gives it back', resumed(paused({ quota: 40 })), { quota: 40 }],
    ["the end of a pause gives the deployment's back", resumed(paused(NOTHING)), NOTHING],
    ['the end of a pause that somebody began by hand, too', resumed({ quota: 0 }), NOTHING],
    ['what is not paused is not resumed', resumed({ quota: 40 }), { quota: 40 }],
    ['a rate is set', withQuota(NOTHING, 40), { quota: 40 }],
    ['a rate is reset', withQuota({ quota: 40 }, undefined), NOTHING],
    ['a rate that is set in a pause does not end it', withQuota({ quota: 0 }, 30), { quota: 0, quotaAfterPause: 30 }],
    ['nor does a reset', withQuota({ quota: 0, quotaAfterPause: 30 }, undefined), { quota: 0 }],
  ])('%s', (_, before, after) => {
    expect(before).toEqual(after);
  });

  it.each<[written: object, rate: OperatorsRate]>([
    [{}, {}],
    [{ quota: '40' }, {}],
    [{ quota: -1, quotaAfterPause: 40 }, {}],
    [{ quota: 0, quotaAfterPause: 'much' }, { quota: 0 }],
    // Somebody ended the pause by hand.
    [{ quota: 30, quotaAfterPause: 40 }, { quota: 30 }],
  ])('is read from what somebody wrote by hand: %j', (written, rate) => {
    expect(operatorsRate(written)).toEqual(rate);
  });
});

describe('a change in the item', () => {
  let tables: Awaited<ReturnType<typeof startTables>>;
  const Key = { id: BUDGET.api };
  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.stop());
  beforeEach(() => put({}));

  const put = (item: object) =>
    tables.client.send(new PutCommand({ TableName: TABLES.budget, Item: { ...Key, ...item } }));
  const item = async () => (await tables.client.send(new GetCommand({ TableName: TABLES.budget, Key }))).Item;
  const change = (next: (rate: OperatorsRate) => OperatorsRate) => changeOperatorsRate(tables.client, BUDGET, next);

  it('leaves all else in it as it is, and counts as a write', async () => {
    await put({ rev: 7, total: 12, quota: 40 });
    expect(await change(paused)).toEqual({ before: { quota: 40 }, after: { quota: 0, quotaAfterPause: 40 } });
    expect(await item()).toEqual({ ...Key, rev: 8, total: 12, quota: 0, quotaAfterPause: 40 });
    await change(resumed);
    expect(await item()).toEqual({ ...Key, rev: 9, total: 12, quota: 40 });
    await change((rate) => withQuota(rate, undefined));
    expect(await item()).toEqual({ ...Key, rev: 10, total: 12 });
  });

  it('writes nothing where nothing changes', async () => {
    await put({ rev: 7, quota: 0 });
    await change(paused);
    expect(await item()).toEqual({ ...Key, rev: 7, quota: 0 });
  });

  /** A client before whose first write something else is written. */
  function racing(meanwhile: () => Promise<unknown>): DynamoDBDocumentClient {
    let hasRaced = false;
    const send = async (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
      if (!(command instanceof GetCommand) && !hasRaced) {
        hasRaced = true;
        await meanwhile();
      }
      return tables.client.send(command);
    };
    return new Proxy(tables.client, { get: (client, name) => (name === 'send' ? send : Reflect.get(client, name)) });
  }

  it('is made to what somebody else has set meanwhile', async () => {
    await put({ quota: 40 });
    const client = racing(() => put({ quota: 50 }));
    await changeOperatorsRate(client, BUDGET, paused);
    expect(await item()).toMatchObject({ quota: 0, quotaAfterPause: 50 });
  });

  it('is not undone by a worker that read the item before', async () => {
    await put({ rev: 1, quota: 0, quotaAfterPause: 40 });
    const client = racing(() => change((rate) => withQuota(rate, 33)));
    const asker = { kind: 'batch', quota: 80, reserve: 8 } as const;
    const budget = createRateBudget({
      client,
      tableName: TABLES.budget,
      api: 'PutProfileObject',
      asker,
      clock: systemClock,
    });
    budget.accepted();
    await budget.flush();
    expect(await item()).toMatchObject({ quota: 0, quotaAfterPause: 33, acceptedAt: expect.any(Number) });
  });
});
