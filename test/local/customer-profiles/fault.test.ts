import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { failure, startProfiles } from './profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.end());

describe('a fault that was asked for', () => {
  it.each<[Fault['error'], number]>([
    ['AccessDeniedException', 403],
    ['BadRequestException', 400],
    ['InternalServerException', 500],
    ['ResourceNotFoundException', 404],
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
});
