import {
  DeleteProfileCommand,
  DeleteProfileObjectCommand,
  UpdateProfileCommand,
} from '@aws-sdk/client-customer-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD_REQUEST, DOMAIN, failure, NOT_FOUND, objectType, startProfiles } from './profiles-fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SHORT_LIVED = objectType(
  'ShortLived',
  [
    ['shortId', '_profile.AccountNumber'],
    ['name', '_profile.FirstName'],
  ],
  [['shortKey', 'shortId', 'UNIQUE', 'PROFILE']],
  { ExpirationDays: 30 },
);

let profiles: Awaited<ReturnType<typeof startProfiles>>;
let now = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  profiles = await startProfiles({}, () => now);
  profiles.service().putObjectType(DOMAIN, SHORT_LIVED);
});
afterAll(() => profiles.end());

const put = (shortId: string, name: string) => profiles.put({ shortId, name }, 'ShortLived');
const find = (shortId: string) => profiles.search('shortKey', [shortId]);
const idOf = async (shortId: string) => (await find(shortId))[0]?.ProfileId;
const update = (input: object) =>
  profiles.client().send(new UpdateProfileCommand({ DomainName: DOMAIN, ProfileId: undefined, ...input }));

describe('a profile that nobody updates', () => {
  it('vanishes with its objects after the days of its object type, and not before', async () => {
    await put('A', 'Ann');
    now += 30 * DAY_MS - 1;
    expect(await find('A')).toHaveLength(1);
    now += 1;
    expect(await find('A')).toEqual([]);
    await put('A', '');
    expect(await find('A')).toMatchObject([{ AccountNumber: 'A' }]);
    expect((await find('A'))[0]).not.toHaveProperty('FirstName');
  });

  it('lives on if the same object is put again in time', async () => {
    await put('B', 'Ann');
    now += 20 * DAY_MS;
    await put('B', 'Ann');
    now += 20 * DAY_MS;
    expect(await find('B')).toHaveLength(1);
  });

  it('lives on if it was changed by UpdateProfile in time', async () => {
    await put('C', 'Ann');
    now += 20 * DAY_MS;
    await update({ ProfileId: await idOf('C'), LastName: 'Lee' });
    now += 20 * DAY_MS;
    expect(await find('C')).toHaveLength(1);
  });

  it('of a type without an expiration lives for 365 days', async () => {
    await profiles.put({ customerId: 'D' });
    now += 365 * DAY_MS - 1;
    expect(await profiles.search('customerKey', ['D'])).toHaveLength(1);
    now += 1;
    expect(await profiles.search('customerKey', ['D'])).toEqual([]);
  });

  it('keeps the period that it was put with when its object type is changed', async () => {
    await put('E', 'Ann');
    profiles.service().putObjectType(DOMAIN, { ...SHORT_LIVED, ExpirationDays: 1 });
    now += 29 * DAY_MS;
    expect(await find('E')).toHaveLength(1);
    profiles.service().putObjectType(DOMAIN, SHORT_LIVED);
  });
});

describe('UpdateProfile', () => {
  it('sets fields, and clears those that it gives as empty', async () => {
    await put('F', 'Ann');
    const ProfileId = await idOf('F');
    await update({
      ProfileId,
      LastName: 'Lee',
      Address: { City: 'Nara', Country: 'JP' },
      Attributes: { plan: 'gold' },
    });
    await update({ ProfileId, FirstName: '', Address: { City: '' }, Attributes: { plan: '' } });
    const [found] = await find('F');
    expect(found).toMatchObject({ LastName: 'Lee', Address: { Country: 'JP' } });
    expect(found).not.toHaveProperty('FirstName');
    expect(found).not.toHaveProperty('Attributes');
    expect(found?.Address).not.toHaveProperty('City');
  });

  it('wins: what was set by hand is not overwritten by objects that are put later', async () => {
    await put('G', 'Ann');
    await update({ ProfileId: await idOf('G'), FirstName: 'Anna' });
    await put('G', 'Ann');
    expect(await find('G')).toMatchObject([{ FirstName: 'Anna' }]);
  });

  it('loses to objects of a type with a SourcePriority', async () => {
    profiles.service().putObjectType(DOMAIN, { ...SHORT_LIVED, SourcePriority: 1 });
    await put('P', 'Ann');
    await update({ ProfileId: await idOf('P'), FirstName: '' });
    await put('P', 'Ann');
    expect(await find('P')).toMatchObject([{ FirstName: 'Ann' }]);
    profiles.service().putObjectType(DOMAIN, SHORT_LIVED);
  });

  it.each([
    ['an unknown profile', { ProfileId: '0'.repeat(32) }, NOT_FOUND],
    ['a malformed id', { ProfileId: 'no id' }, BAD_REQUEST],
    ['an unknown gender', { Gender: 'female' }, BAD_REQUEST],
    ['an address without structure', { Address: 'Nara' }, BAD_REQUEST],
    ['preferences', { EngagementPreferences: {} }, { name: 'NotImplementedException', status: 501 }],
  ])('refuses %s', async (_, wrong, expected) => {
    await put('H', 'Ann');
    expect(await failure(update({ ProfileId: await idOf('H'), ...wrong }))).toEqual(expected);
  });
});

describe('DeleteProfileObject', () => {
  const remove = async (shortId: string, ProfileObjectUniqueKey: string | undefined, ObjectTypeName = 'ShortLived') => {
    const input = { DomainName: DOMAIN, ProfileId: await idOf(shortId), ProfileObjectUniqueKey, ObjectTypeName };
    return profiles.client().send(new DeleteProfileObjectCommand(input));
  };

  it('removes the object and its keys, and leaves the profile with what it filled', async () => {
    const key = await put('I', 'Ann');
    const ProfileId = (await idOf('I')) ?? '';
    expect(await remove('I', key)).toMatchObject({ Message: expect.any(String) });
    expect(await find('I')).toEqual([]);
    expect(await profiles.search('_profileId', [ProfileId])).toMatchObject([{ FirstName: 'Ann' }]);
  });

  it('does not know the object of another profile or type', async () => {
    const key = await put('J', 'Ann');
    await put('K', 'Ken');
    expect(await failure(remove('K', key))).toEqual(NOT_FOUND);
    expect(await failure(remove('J', key, 'Customer'))).toEqual(NOT_FOUND);
    expect(await find('J')).toHaveLength(1);
  });
});

describe('DeleteProfile', () => {
  const remove = async (ProfileId: string | undefined) =>
    profiles.client().send(new DeleteProfileCommand({ DomainName: DOMAIN, ProfileId }));

  it('removes the profile with all its objects, so that the next object makes a new one', async () => {
    await put('L', 'Ann');
    const ProfileId = (await idOf('L')) ?? '';
    await update({ ProfileId, LastName: 'Lee' });
    expect(await remove(ProfileId)).toMatchObject({ Message: expect.any(String) });
    expect(await find('L')).toEqual([]);
    expect(await profiles.search('_profileId', [ProfileId])).toEqual([]);

    await put('L', '');
    const [made] = await find('L');
    expect(made).not.toHaveProperty('FirstName');
    expect(made).not.toHaveProperty('LastName');
    expect(made?.ProfileId).not.toBe(ProfileId);
  });

  it('does not know a profile that is gone', async () => {
    await put('M', 'Ann');
    const ProfileId = await idOf('M');
    await remove(ProfileId);
    expect(await failure(remove(ProfileId))).toEqual(NOT_FOUND);
  });
});
