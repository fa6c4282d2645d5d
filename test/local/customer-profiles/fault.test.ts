import { UpdateProfileCommand } from '@aws-sdk/client-customer-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectsOf, type Fault, mishapOf } from '../../../local/customer-profiles/fault.ts';
import { DOMAIN, failure, startProfiles } from './profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.end());

/** What the SDK makes of a connection that ends without an answer. */
const RESET = { name: 'TimeoutError', status: undefined };

describe('a fault of another operation', () => {
  const search = () => profiles.search('customerKey', ['other']);

  it('hits that one alone', async () => {
    profiles.service().configure({ fault: { operation: 'SearchProfiles', error: 'ThrottlingException' } });
    expect(await failure(profiles.put({ customerId: 'other' }))).toBe('no error');
    expect(await failure(search())).toEqual({ name: 'ThrottlingException', status: 429 });
    profiles.service().configure({ fault: { error: 'ThrottlingException' } });
    expect(await failure(search())).toBe('no error');
    profiles.service().configure({ fault: undefined });
  });

  it.each([
    ['before the work', 'beforeWork', 'Ann'],
    ['after the work', 'afterWork', 'Bea'],
  ] as const)('drops the connection %s', async (_, dropped, name) => {
    await profiles.put({ customerId: dropped, firstName: 'Ann' });
    const found = () => profiles.search('customerKey', [dropped]);
    const [{ ProfileId } = {}] = await found();
    profiles.service().configure({ fault: { operation: 'UpdateProfile', dropped, forObjectsWith: 'Bea' } });
    const update = (FirstName: string) =>
      profiles.client().send(new UpdateProfileCommand({ DomainName: DOMAIN, ProfileId, FirstName }));
    expect(await failure(update('Bea'))).toEqual(RESET);
    expect(await found()).toMatchObject([{ FirstName: name }]);
    expect(await failure(update('Cia'))).toBe('no error');
    profiles.service().configure({ fault: undefined });
  });
});

describe('a fault that was asked for', () => {
  it.each<[NonNullable<Fault['error']>, number]>([
    ['AccessDeniedException', 403],
    ['BadRequestException', 400],
    ['InternalServerException', 500],
    ['ResourceNotFoundException', 404],
    ['ServiceUnavailable', 503],
    ['ThrottlingException', 429],
  ])('answers every call with %s (%i) and keeps nothing', async (error, status) => {
    const before = profiles.service().stats();
    profiles.service().configure({ fault: { error } });
    expect(await failure(profiles.put({ customerId: error }))).toEqual({ name: error, status });
    profiles.service().configure({ fault: undefined });
    expect(await profiles.search('customerKey', [error])).toEqual([]);
    const { calls, throttled, accepted } = profiles.service().stats();
    expect([calls - before.calls, throttled - before.throttled, accepted - before.accepted]).toEqual([
      1,
      status === 429 ? 1 : 0,
      0,
    ]);
  });

  it('hits only the objects that hold its text', async () => {
    profiles.service().configure({ fault: { error: 'InternalServerException', forObjectsWith: 'poison-1' } });
    expect(await failure(profiles.put({ customerId: 'a', lastName: 'poison-1' }))).toMatchObject({ status: 500 });
    expect(await failure(profiles.put({ customerId: 'a', lastName: 'healthy' }))).toBe('no error');
    profiles.service().configure({ fault: undefined });
    expect(await failure(profiles.put({ customerId: 'a', lastName: 'poison-1' }))).toBe('no error');
  });

  it('that drops the connection before the work leaves no trace but the call', async () => {
    const before = profiles.service().stats();
    profiles.service().configure({ fault: { dropped: 'beforeWork' } });
    expect(await failure(profiles.put({ customerId: 'lost' }))).toEqual(RESET);
    profiles.service().configure({ fault: undefined });
    const { calls, accepted } = profiles.service().stats();
    expect([calls - before.calls, accepted - before.accepted]).toEqual([1, 0]);
    expect(await profiles.search('customerKey', ['lost'])).toEqual([]);
  });

  it('that drops the connection after the work keeps the object all the same', async () => {
    profiles.service().configure({ fault: { dropped: 'afterWork' } });
    expect(await failure(profiles.put({ customerId: 'kept' }))).toEqual(RESET);
    profiles.service().configure({ fault: undefined });
    expect(await profiles.search('customerKey', ['kept'])).toHaveLength(1);
  });

  it('that comes late answers 200 and puts the object into no profile', async () => {
    const { accepted, unmatched } = profiles.service().stats();
    profiles.service().configure({ fault: { late: true } });
    expect(await failure(profiles.put({ customerId: 'late' }))).toBe('no error');
    expect(await failure(profiles.put({ firstName: 'refused as ever' }))).toMatchObject({ status: 400 });
    profiles.service().configure({ fault: undefined });
    expect(await profiles.search('customerKey', ['late'])).toEqual([]);
    expect(profiles.service().stats()).toMatchObject({ accepted: accepted + 1, unmatched: unmatched + 1 });
  });

  it('of extra latency holds the answer up and nothing else', async () => {
    profiles.service().configure({ fault: { extraLatencyMs: 300 } });
    const start = performance.now();
    await profiles.put({ customerId: 'slow' });
    // A timer may fire a little before its time.
    expect(performance.now() - start).toBeGreaterThan(290);
    profiles.service().configure({ fault: undefined });
  });

  it('of which there are several at once each hit their own objects', async () => {
    profiles.service().configure({
      fault: [
        { error: 'BadRequestException', forObjectsWith: 'bad' },
        { error: 'InternalServerException', forObjectsWith: 'broken' },
      ],
    });
    expect(await failure(profiles.put({ customerId: 'bad' }))).toMatchObject({ status: 400 });
    expect(await failure(profiles.put({ customerId: 'broken' }))).toMatchObject({ status: 500 });
    expect(await failure(profiles.put({ customerId: 'well' }))).toBe('no error');
    profiles.service().configure({ fault: undefined });
  });
});

describe('the faults that hit', () => {
  it.each<[string, Fault | Fault[], string[]]>([
    [
      'throttling hides every other',
      [{ error: 'ThrottlingException', extraLatencyMs: 9 }, { late: true }],
      ['throttled'],
    ],
    [
      'a connection lost before the work, too',
      { dropped: 'beforeWork', error: 'ServiceUnavailable' },
      ['droppedBefore'],
    ],
    ['an error after latency', { error: 'InternalServerException', extraLatencyMs: 9 }, ['delayed', 'error']],
    [
      'an accepted object',
      { late: true, dropped: 'afterWork', extraLatencyMs: 9 },
      ['delayed', 'late', 'droppedAfter'],
    ],
    ['nothing', [], []],
  ])('%s', (_, faults, effects) => {
    expect(effectsOf(mishapOf(faults, '{}', 0))).toEqual(effects);
  });

  it('are counted by what they did, once for each call', async () => {
    const before = profiles.service().stats().faults;
    profiles.service().configure({ fault: [{ dropped: 'afterWork' }, { extraLatencyMs: 1 }] });
    await Promise.all(['A', 'B'].map((customerId) => failure(profiles.put({ customerId }))));
    profiles.service().configure({ fault: undefined });
    await profiles.put({ customerId: 'A' });
    const { faults } = profiles.service().stats();
    expect(faults).toEqual({ ...before, droppedAfter: before.droppedAfter + 2, delayed: before.delayed + 2 });
  });
});

describe('when a fault hits', () => {
  const ERROR = { error: 'ThrottlingException' } as const;
  const hit = (fault: Fault, sinceMs: number, random = 0) =>
    mishapOf(fault, '{}', sinceMs, () => random).error !== undefined;

  it.each<[string, Fault, number, boolean]>([
    ['without a window: always', ERROR, 1e9, true],
    ['a burst from the start', { ...ERROR, window: { forMs: 100 } }, 99, true],
    ['after the burst', { ...ERROR, window: { forMs: 100 } }, 100, false],
    ['before an outage', { ...ERROR, window: { afterMs: 500, forMs: 100 } }, 499, false],
    ['in the outage', { ...ERROR, window: { afterMs: 500, forMs: 100 } }, 500, true],
    ['after the outage, for good', { ...ERROR, window: { afterMs: 500, forMs: 100 } }, 1e9, false],
    ['the next burst', { ...ERROR, window: { forMs: 100, everyMs: 1000 } }, 3050, true],
    ['between two bursts', { ...ERROR, window: { forMs: 100, everyMs: 1000 } }, 3100, false],
  ])('%s', (_, fault, sinceMs, expected) => {
    expect(hit(fault, sinceMs)).toBe(expected);
  });

  it.each([
    [0, 0, false],
    [0.2, 0.19, true],
    [0.2, 0.2, false],
    [1, 0.999, true],
  ])('a share of %d of the calls: a draw of %d', (share, draw, expected) => {
    expect(hit({ ...ERROR, share }, 0, draw)).toBe(expected);
  });

  it('latencies add up, and beside an error, too', () => {
    const mishap = mishapOf([{ extraLatencyMs: 100 }, { ...ERROR, extraLatencyMs: 50 }], '{}', 0);
    expect(mishap).toMatchObject({ extraLatencyMs: 150, error: { name: 'ThrottlingException' } });
  });
});
