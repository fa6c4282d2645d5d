import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchPutProfileObjectCommand } from '../../../functions/shared/profiles/batch-put-profile-object.ts';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { BAD_REQUEST, DOMAIN, failure, NOT_FOUND, startProfiles } from './profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.end());
beforeEach(() => profiles.service().configure({ fault: undefined, otherRatesPerSecond: {}, batchCounts: 'item' }));

const item = (Id: string, object: unknown = { customerId: Id }) => ({
  Id,
  Object: typeof object === 'string' ? object : JSON.stringify(object),
});
const items = (count: number) => Array.from({ length: count }, (_, index) => item(`i${index}`));
const send = (Items: readonly { Id: string; Object: string }[], ObjectTypeName = 'Customer') =>
  profiles.client().send(new BatchPutProfileObjectCommand({ DomainName: DOMAIN, ObjectTypeName, Items }));
async function outcomes(...args: Parameters<typeof send>) {
  const { Successful = [], Failed = [] } = await send(...args);
  return { ok: Successful.map(({ Id }) => Id), failed: Object.fromEntries(Failed.map(({ Id, Code }) => [Id, Code])) };
}
const counts = () => {
  const { calls, throttled, accepted } = profiles.service().stats();
  return [calls, throttled, accepted] as const;
};
async function counted(work: () => Promise<unknown>) {
  const before = counts();
  await work();
  return counts().map((count, index) => count - (before[index] ?? 0));
}

describe('a batch of objects', () => {
  it('is put item by item, with the unique key that a single call gives', async () => {
    const { Successful, Failed } = await send([item('a', { customerId: 'A', firstName: 'Ann' }), item('b')]);
    const key = await profiles.put({ customerId: 'A', firstName: 'Ann' });
    expect(Successful).toEqual([
      { Id: 'a', ProfileObjectUniqueKey: key },
      { Id: 'b', ProfileObjectUniqueKey: expect.any(String) },
    ]);
    expect(Failed).toEqual([]);
    expect(await profiles.profile('A')).toMatchObject({ FirstName: 'Ann' });
  });

  it('is answered with 200 although an item is refused: the others are kept', async () => {
    const batch = [item('good', { customerId: 'G' }), item('bad', 'no JSON'), item('empty', { customerId: '' })];
    expect(await outcomes(batch)).toEqual({ ok: ['good'], failed: { bad: 400, empty: 400 } });
    expect(await profiles.profile('G')).toEqual({ AccountNumber: 'G' });
  });

  it('has one to ten items with Ids of their own, of a type that exists', async () => {
    expect(await failure(send([]))).toEqual(BAD_REQUEST);
    expect(await failure(send(items(11)))).toEqual(BAD_REQUEST);
    expect(await failure(send([item('a'), item('a')]))).toEqual(BAD_REQUEST);
    expect(await failure(send([item('a b')]))).toEqual(BAD_REQUEST);
    expect(await failure(send(items(1), 'Nobody'))).toEqual(NOT_FOUND);
    expect((await outcomes(items(10))).ok).toHaveLength(10);
  });
});

describe('the rate of batches', () => {
  // So slow that no token comes back during the test.
  const three = { otherRatesPerSecond: { BatchPutProfileObject: 3e-6 }, bucketDepthSeconds: 1e6 };

  async function serviceThatCounts(batchCounts: 'item' | 'call') {
    const fresh = await startProfiles({ ...three, batchCounts });
    const call = (count: number) => {
      const input = { DomainName: DOMAIN, ObjectTypeName: 'Customer', Items: items(count) };
      return fresh.client().send(new BatchPutProfileObjectCommand(input));
    };
    return { ...fresh, call };
  }

  it('that counts items throttles those that are too many, and a call of which none is left', async () => {
    const { call, service, end } = await serviceThatCounts('item');
    const { Failed } = await call(5);
    expect(Failed).toEqual(['i3', 'i4'].map((Id) => ({ Id, Code: 429, Message: 'Rate exceeded' })));
    expect(service().stats()).toMatchObject({ calls: 5, throttled: 2, accepted: 3 });
    expect(await failure(call(4))).toEqual({ name: 'ThrottlingException', status: 429 });
    await end();
  });

  it('that counts calls throttles whole calls', async () => {
    const { call, service, end } = await serviceThatCounts('call');
    for (const count of [5, 10, 10]) expect((await call(count)).Failed).toEqual([]);
    expect(await failure(call(1))).toEqual({ name: 'ThrottlingException', status: 429 });
    expect(service().stats()).toMatchObject({ calls: 4, throttled: 1, accepted: 25 });
    await end();
  });
});

describe('a fault that was asked for', () => {
  const on = (fault: Fault) => profiles.service().configure({ fault: { forObjectsWith: 'poison', ...fault } });
  const batch = () => [item('well', { customerId: 'W' }), item('ill', { customerId: 'I', lastName: 'poison' })];

  it.each([
    ['InternalServerException', 500],
    ['ThrottlingException', 429],
    ['AccessDeniedException', 403],
  ] as const)('%s fails the items that it hits with %i, and no other', async (error, code) => {
    on({ error });
    expect(await outcomes(batch())).toEqual({ ok: ['well'], failed: { ill: code } });
    expect(await profiles.search('customerKey', ['I'])).toEqual([]);
  });

  it('that hits all items is the answer to the call', async () => {
    on({ error: 'InternalServerException', forObjectsWith: '' });
    expect(await failure(send(batch()))).toEqual({ name: 'InternalServerException', status: 500 });
  });

  it('that drops the connection does so for the call: before or after the work', async () => {
    on({ dropped: 'beforeWork' });
    expect(
      await counted(() => failure(send([item('x1'), item('x2', { customerId: 'X', lastName: 'poison' })]))),
    ).toEqual([2, 0, 0]);
    on({ dropped: 'afterWork' });
    expect(await counted(() => failure(send(batch())))).toEqual([2, 0, 2]);
  });

  it('sends the item that it makes late, and no other, to the queue of late errors', async () => {
    const before = profiles.service().stats().unmatched;
    on({ late: true });
    expect((await outcomes(batch())).ok).toEqual(['well', 'ill']);
    expect(profiles.service().stats().unmatched - before).toBe(1);
  });

  it('counts as one call where calls are counted', async () => {
    profiles.service().configure({ batchCounts: 'call' });
    on({ error: 'ThrottlingException' });
    expect(await counted(() => send(batch()))).toEqual([1, 0, 1]);
    on({ error: 'ThrottlingException', forObjectsWith: '' });
    expect(await counted(() => failure(send(batch())))).toEqual([1, 1, 0]);
  });
});
