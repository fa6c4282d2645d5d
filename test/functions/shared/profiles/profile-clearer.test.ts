import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProfileClearer } from '../../../../functions/shared/profiles/profile-clearer.ts';
import type { Fault } from '../../../../local/customer-profiles/fault.ts';
import { DOMAIN, startProfiles } from '../../../local/customer-profiles/profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.end());
beforeEach(() => profiles.service().configure({ fault: undefined }));

const TARGETS = ['_profile.EmailAddress', '_profile.Address.City', '_profile.Attributes.plan'];
const find = async (customerId: string) => (await profiles.search('customerKey', [customerId]))[0];

function clear(customerKey: string, faults: readonly Fault[] = [], options: object = {}) {
  profiles.service().configure({ fault: faults });
  const clearer = createProfileClearer({
    ...{ client: profiles.client(), domainName: DOMAIN, keyName: 'customerKey' },
    ...options,
  });
  return clearer.clear(customerKey, TARGETS);
}

describe('clearing', () => {
  it('empties the targets of the profile that has the customer key, and nothing else of it', async () => {
    const other = { email: 'a@x', city: 'Nara', plan: 'gold', firstName: 'Ann', country: 'JP' };
    await profiles.put({ customerId: 'A', ...other });
    await profiles.put({ customerId: 'B', ...other });
    expect(await clear('A')).toEqual({ kind: 'cleared' });
    const found = await find('A');
    expect(found).toMatchObject({ AccountNumber: 'A', FirstName: 'Ann', Address: { Country: 'JP' } });
    expect(found).not.toHaveProperty('EmailAddress');
    expect(found).not.toHaveProperty('Attributes');
    expect(found?.Address).not.toHaveProperty('City');
    expect(await find('B')).toMatchObject({ EmailAddress: 'a@x', Address: { City: 'Nara' } });
  });

  it('may be done again', async () => {
    await profiles.put({ customerId: 'C', email: 'a@x' });
    expect([await clear('C'), await clear('C')]).toEqual([{ kind: 'cleared' }, { kind: 'cleared' }]);
  });

  it('finds no profile of a customer who has none, or none yet', async () => {
    expect(await clear('nobody')).toEqual({ kind: 'notFound' });
  });

  it('changes nothing where several profiles have the key', async () => {
    profiles.service().putObjectType(DOMAIN, {
      ObjectTypeName: 'Card',
      Description: 'Of another system',
      AllowProfileCreation: true,
      Fields: [
        { Name: 'card', ObjectTypeField: { Source: '_source.card' } },
        { Name: 'customer', ObjectTypeField: { Source: '_source.customer' } },
      ],
      Keys: [
        { Name: 'cardKey', ObjectTypeKeyList: [{ FieldNames: ['card'], StandardIdentifiers: ['UNIQUE', 'PROFILE'] }] },
        { Name: 'customerKey', ObjectTypeKeyList: [{ FieldNames: ['customer'], StandardIdentifiers: [] }] },
      ],
    });
    await profiles.put({ customerId: 'D', email: 'a@x' });
    await profiles.put({ card: '1', customer: 'D' }, 'Card');
    expect(await clear('D')).toEqual({ kind: 'notPossible' });
    expect(await profiles.search('customerKey', ['D'])).toEqual(
      expect.arrayContaining([expect.objectContaining({ EmailAddress: 'a@x' })]),
    );
  });
});

describe('clearing under a fault', () => {
  const search: Fault = { operation: 'SearchProfiles' };
  const update: Fault = { operation: 'UpdateProfile' };
  const failed = (open: boolean, changed: boolean) => ({ kind: 'failed', open, changed });

  it.each<[string, Fault, object]>([
    ['a throttled search', { ...search, error: 'ThrottlingException' }, { kind: 'throttled' }],
    ['a throttled update', { ...update, error: 'ThrottlingException' }, { kind: 'throttled' }],
    ['a search that broke', { ...search, error: 'InternalServerException' }, failed(false, false)],
    ['a search without an answer', { ...search, dropped: 'afterWork' }, failed(false, false)],
    ['an update that broke', { ...update, error: 'ServiceUnavailable' }, failed(false, true)],
    ['an update without an answer', { ...update, dropped: 'afterWork' }, failed(true, true)],
    ['an update that the service refuses', { ...update, error: 'BadRequestException' }, { kind: 'notPossible' }],
    [
      'a profile that is gone when it is updated',
      { ...update, error: 'ResourceNotFoundException' },
      { kind: 'notFound' },
    ],
  ])('%s', async (_, fault, result) => {
    await profiles.put({ customerId: 'F', email: 'a@x' });
    expect(await clear('F', [fault])).toEqual(result);
  });

  it('gives both calls together no more time than one has', async () => {
    await profiles.put({ customerId: 'G', email: 'a@x' });
    const slow = [search, update].map((fault) => ({ ...fault, extraLatencyMs: 150 }));
    expect(await clear('G', slow, { timeoutMs: 200 })).toEqual(failed(true, true));
    expect(await clear('G', slow)).toEqual({ kind: 'cleared' });
  });

  it.each<[string, Fault, string, RegExp]>([
    [
      'search',
      { ...search, error: 'AccessDeniedException' },
      'ProfilesAccessDenied',
      /profile:SearchProfiles on domain/,
    ],
    [
      'update',
      { ...update, error: 'AccessDeniedException' },
      'ProfilesAccessDenied',
      /profile:UpdateProfile on domain/,
    ],
    ['search', { ...search, error: 'ResourceNotFoundException' }, 'ProfilesNotFound', /no domain/],
  ])('a denied or lost %s stops everything with an error that says what to do', async (_, fault, name, message) => {
    await profiles.put({ customerId: 'H', email: 'a@x' });
    const error = await clear('H', [fault]).catch((error: Error) => error);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
    expect(JSON.stringify(error)).not.toContain('"H"');
  });

  it('an error that is none of these is passed on', async () => {
    expect(await clear('').catch((error: Error) => error.name)).toBe('BadRequestException');
  });
});
