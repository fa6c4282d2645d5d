import { SearchProfilesCommand } from '@aws-sdk/client-customer-profiles';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCustomerDeleter } from '../../../../functions/shared/profiles/customer-deleter.ts';
import { FAULT_MESSAGE, type Fault } from '../../../../local/customer-profiles/fault.ts';
import { smallMapping } from '../../../helpers/mapping.ts';
import { DOMAIN, objectType, startProfiles } from '../../../local/customer-profiles/profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
  profiles.service().putObjectType(DOMAIN, {
    ObjectTypeName: 'Card',
    Description: 'Of another system',
    AllowProfileCreation: true,
    Fields: ['card', 'customer'].map((Name) => ({ Name, ObjectTypeField: { Source: `_source.${Name}` } })),
    Keys: [
      { Name: 'cardKey', ObjectTypeKeyList: [{ FieldNames: ['card'], StandardIdentifiers: ['UNIQUE', 'PROFILE'] }] },
      { Name: 'customerKey', ObjectTypeKeyList: [{ FieldNames: ['customer'], StandardIdentifiers: [] }] },
    ],
  });
});
afterAll(() => profiles.end());
beforeEach(() => profiles.service().configure({ fault: undefined }));

const mapping = smallMapping({
  customerKey: { field: 'customerId', keyName: 'customerKey' },
  fields: [
    { name: 'customerId', column: 'id', required: true },
    { name: 'email', column: 'email' },
  ],
});
const found = async (customerId: string) => (await profiles.search('customerKey', [customerId])).length;
const deleter = (action: 'object' | 'profile', options: object = {}) =>
  createCustomerDeleter({ client: profiles.client(), domainName: DOMAIN, mapping, action, ...options });

function remove(customerKey: string, action: 'object' | 'profile', faults: readonly Fault[] = [], options = {}) {
  profiles.service().configure({ fault: faults });
  return deleter(action, options).delete(customerKey);
}

describe.each(['object', 'profile'] as const)('deleting the %s', (action) => {
  it('of one customer leaves all others', async () => {
    await profiles.put({ customerId: 'A', email: 'a@x' });
    await profiles.put({ customerId: 'AA', email: 'a@x' });
    expect(await remove('A', action)).toEqual({ kind: 'deleted' });
    expect([await found('A'), await found('AA')]).toEqual([0, 1]);
  });

  it('may be done again, and for a customer who was never there', async () => {
    await profiles.put({ customerId: 'B' });
    expect([await remove('B', action), await remove('B', action), await remove('nobody', action)]).toEqual(
      Array(3).fill({ kind: 'deleted' }),
    );
  });

  const search: Fault = { operation: 'SearchProfiles' };
  const list: Fault = { operation: 'ListProfileObjects' };
  const last: Fault = { operation: action === 'object' ? 'DeleteProfileObject' : 'DeleteProfile' };
  const failed = (open: boolean, changed: boolean) => ({ kind: 'failed', open, changed });

  it.each<[string, Fault, object]>([
    ['a throttled search', { ...search, error: 'ThrottlingException' }, { kind: 'throttled' }],
    ['a throttled list', { ...list, error: 'ThrottlingException' }, { kind: 'throttled' }],
    ['a throttled deletion', { ...last, error: 'ThrottlingException' }, { kind: 'throttled' }],
    ['a search that broke', { ...search, error: 'InternalServerException' }, failed(false, false)],
    ['a list without an answer', { ...list, dropped: 'afterWork' }, failed(false, false)],
    ['a profile that is gone when it is listed', { ...list, error: 'ResourceNotFoundException' }, failed(false, false)],
    ['a deletion that broke', { ...last, error: 'ServiceUnavailable' }, failed(false, true)],
    ['a deletion without an answer', { ...last, dropped: 'afterWork' }, failed(true, true)],
    [
      'what is gone when it is deleted, as into another profile',
      { ...last, error: 'ResourceNotFoundException' },
      failed(false, false),
    ],
  ])('%s says what is known of it', async (_, fault, result) => {
    await profiles.put({ customerId: 'F' });
    expect(await remove('F', action, [fault])).toEqual(result);
  });

  it.each([search, list, last])(
    'that the service refuses at %o has its words, and is of one customer',
    async (fault) => {
      await profiles.put({ customerId: 'R' });
      const result = await remove('R', action, [{ ...fault, error: 'BadRequestException' }]);
      expect(result).toEqual({ kind: 'refused', reason: FAULT_MESSAGE });
      profiles.service().configure({ fault: undefined });
      expect(await found('R')).toBe(1);
    },
  );

  it('whose object does not show whose it is is left alone: it may be another one, or this one and would stay', async () => {
    await profiles.put({ customerId: 'N' });
    const other = smallMapping({
      customerKey: { field: 'number', keyName: 'customerKey' },
      fields: [{ name: 'number', column: 'id', required: true }],
    });
    expect(await deleter(action, { mapping: other }).delete('N')).toEqual({ kind: 'ambiguous' });
    expect(await found('N')).toBe(1);
  });

  it.each<[Fault, string, RegExp]>([
    [{ ...search, error: 'AccessDeniedException' }, 'ProfilesAccessDenied', /needs profile:SearchProfiles on/],
    [{ ...list, error: 'AccessDeniedException' }, 'ProfilesAccessDenied', /needs profile:ListProfileObjects on/],
    [{ ...last, error: 'AccessDeniedException' }, 'ProfilesAccessDenied', /needs profile:DeleteProfile(Object)? on/],
    [{ ...search, error: 'ResourceNotFoundException' }, 'ProfilesNotFound', /has no domain demo\. Create it/],
  ])('stops at %o with an error that says what to do', async (fault, name, message) => {
    await profiles.put({ customerId: 'Hidden' });
    const error = await remove('Hidden', action, [fault]).catch((error: Error) => error);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('Hidden');
  });

  it('has no more time than one call', async () => {
    await profiles.put({ customerId: 'T' });
    const slow = [search, list, last].map((fault) => ({ ...fault, extraLatencyMs: 150 }));
    expect(await remove('T', action, slow, { timeoutMs: 400 })).toMatchObject({ kind: 'failed' });
  });

  it.each([
    [search, failed(false, false)],
    [list, failed(false, false)],
    [last, failed(true, true)],
  ])('that has no answer to %o in time says what is known of it', async (fault, result) => {
    await profiles.put({ customerId: 'U' });
    expect(await remove('U', action, [{ ...fault, extraLatencyMs: 5_000 }], { timeoutMs: 1_000 })).toEqual(result);
  });
});

describe('a customer key that several profiles have', () => {
  it('leaves whole profiles alone, and takes the object only out of its own', async () => {
    await profiles.put({ customerId: 'D' });
    await profiles.put({ card: '1', customer: 'D' }, 'Card');
    expect(await found('D')).toBe(2);
    const noList: Fault = { operation: 'ListProfileObjects', error: 'InternalServerException' };
    expect(await remove('D', 'profile', [noList])).toEqual({ kind: 'ambiguous' });
    expect(await found('D')).toBe(2);
    profiles.service().configure({ fault: undefined });
    expect(await remove('D', 'object')).toEqual({ kind: 'deleted' });
    expect(await found('D')).toBe(1);
  });

  it('of which the one profile holds nothing of this system is not deleted', async () => {
    await profiles.put({ card: '2', customer: 'E' }, 'Card');
    expect(await remove('E', 'profile')).toEqual({ kind: 'ambiguous' });
    expect(await found('E')).toBe(1);
    expect(await remove('E', 'object')).toEqual({ kind: 'deleted' });
    expect(await found('E')).toBe(1);
  });
});

describe('a profile that several customers share, as after a merge', () => {
  const MEMBERS = 130;
  const shared = smallMapping({
    objectType: { name: 'Member', description: 'test', expirationDays: 100 },
    customerKey: { field: 'member', keyName: 'memberKey' },
    fields: [{ name: 'member', column: 'id', required: true }],
  });
  const holds = async (member: string) => (await profiles.search('memberKey', [member])).length;
  beforeAll(async () => {
    const keys = [
      ['memberKey', 'member', 'UNIQUE', 'PROFILE'],
      ['householdKey', 'household', 'SECONDARY'],
    ] as const;
    profiles.service().putObjectType(DOMAIN, objectType('Member', [['member'], ['household']], keys));
  });

  it.each([3, MEMBERS])('loses the object of one, and is not deleted for one of %i', async (members) => {
    for (let n = 1; n <= members; n++) {
      await profiles.put({ member: `${members}-${n}`, household: `H${members}` }, 'Member');
    }
    expect(await profiles.search('householdKey', [`H${members}`])).toHaveLength(1);
    for (const member of [`${members}-1`, `${members}-${members}`]) {
      expect(await deleter('profile', { mapping: shared }).delete(member)).toEqual({ kind: 'ambiguous' });
      let deletions = 0;
      const count = () => {
        deletions += 1;
      };
      expect(await deleter('object', { mapping: shared }).delete(member, count)).toEqual({ kind: 'deleted' });
      expect([deletions, await holds(member)]).toEqual([1, 0]);
    }
    expect([await holds(`${members}-2`), await holds(`${members}-${members - 1}`)]).toEqual([1, 1]);
  });

  it('is found behind a hundred others with the key', async () => {
    for (let n = 0; n < 110; n++) await profiles.put({ card: `many-${n}`, customer: 'Z' }, 'Card');
    await profiles.put({ customerId: 'Z' });
    expect(await profiles.objects('Z', 'Customer')).toHaveLength(0);
    expect(await remove('Z', 'object')).toEqual({ kind: 'deleted' });
    const last = await profiles
      .client()
      .send(new SearchProfilesCommand({ DomainName: DOMAIN, KeyName: 'customerKey', Values: ['Z'], MaxResults: 100 }));
    expect(last.Items).toHaveLength(100);
    const rest = {
      DomainName: DOMAIN,
      KeyName: 'customerKey',
      Values: ['Z'],
      MaxResults: 100,
      NextToken: last.NextToken,
    };
    expect((await profiles.client().send(new SearchProfilesCommand(rest))).Items).toHaveLength(10);
  });
});
