import {
  CreateProfileCommand,
  GetDomainCommand,
  GetProfileObjectTypeCommand,
  ListProfileObjectsCommand,
  ListProfileObjectTypesCommand,
  SearchProfilesCommand,
} from '@aws-sdk/client-customer-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD_REQUEST, DOMAIN, failure, NOT_FOUND, objectType, startProfiles } from './profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
  await profiles.put({
    customerId: 'A',
    lastName: "O'Neil",
    email: 'Ann@Example.com',
    phone: '+1 (555) 010-0000',
    plan: 'Gold',
  });
  await profiles.put({ customerId: 'B', lastName: 'Sato', email: 'b@example.com', phone: '15550100001', plan: 'Gold' });
  for (let n = 0; n < 45; n += 1) await profiles.put({ customerId: `many-${n}`, plan: 'Many' });
});
afterAll(() => profiles.end());

const found = async (...[key, values, more]: Parameters<typeof profiles.search>) =>
  (await profiles.search(key, values, more)).map(({ AccountNumber }) => AccountNumber);

describe('SearchProfiles', () => {
  it.each([
    ['a phone number in any format', '_phone', ['1-555-010-0000'], ['A']],
    ['an e-mail address in any case', '_email', ['ANN@example.COM'], ['A']],
    ['a name in any case', 'lastNameKey', ["o'neil"], ['A']],
    ['a text exactly', 'planKey', ['Gold'], ['A', 'B']],
    ['not a text in another case', 'planKey', ['gold'], []],
    ['any of several values', 'customerKey', ['B', 'A', 'C'], ['A', 'B']],
    ['nothing by a predefined key that no type uses', '_account', ['A'], []],
  ])('finds %s', async (_, key, values, expected) => {
    expect(await found(key, values)).toEqual(expected);
  });

  it('joins further keys by OR, or by AND, and says what each profile was found by', async () => {
    const AdditionalSearchKeys = [{ KeyName: '_phone', Values: ['+15550100001'] }];
    expect(await found('_email', ['ann@example.com'], { AdditionalSearchKeys })).toEqual(['A', 'B']);
    expect(await found('_email', ['ann@example.com'], { AdditionalSearchKeys, LogicalOperator: 'AND' })).toEqual([]);
    expect(await profiles.search('planKey', ['Gold'], { AdditionalSearchKeys, LogicalOperator: 'AND' })).toMatchObject([
      {
        AccountNumber: 'B',
        FoundByItems: [
          { KeyName: 'planKey', Values: ['Gold'] },
          { KeyName: '_phone', Values: ['+15550100001'] },
        ],
      },
    ]);
  });

  it('finds a profile by its id', async () => {
    const [profile] = await profiles.search('customerKey', ['A']);
    expect(profile?.ProfileId).toMatch(/^[a-f0-9]{32}$/);
    expect(await found('_profileId', [profile?.ProfileId ?? ''])).toEqual(['A']);
  });

  it.each([1, 20, 44, 45, 100])('pages of %d give every profile once', async (MaxResults) => {
    const all: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const input = { DomainName: DOMAIN, KeyName: 'planKey', Values: ['Many'], MaxResults, NextToken };
      const page = await profiles.client().send(new SearchProfilesCommand(input));
      all.push(...(page.Items ?? []).map(({ AccountNumber }) => AccountNumber));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(all).toEqual(Array.from({ length: 45 }, (_, n) => `many-${n}`));
  });

  it('gives 20 profiles if not told how many', async () => {
    expect(await found('planKey', ['Many'])).toHaveLength(20);
  });

  it.each([
    ['a key that no type has', { KeyName: 'nothing' }],
    ['no values', { Values: undefined }],
    ['an empty value', { Values: [''] }],
    ['a value of 256 characters', { Values: ['x'.repeat(256)] }],
    ['a page of 101', { MaxResults: 101 }],
    ['a page of none', { MaxResults: 0 }],
    ['an unknown operator', { LogicalOperator: 'XOR' as 'OR' }],
    ['a token that is not its own', { NextToken: 'abc' }],
    ['six keys', { AdditionalSearchKeys: Array.from({ length: 5 }, () => ({ KeyName: '_email', Values: ['x'] })) }],
  ])('refuses %s', async (_, wrong) => {
    const input = { DomainName: DOMAIN, KeyName: '_email', Values: ['x'], ...wrong };
    expect(await failure(profiles.client().send(new SearchProfilesCommand(input)))).toEqual(BAD_REQUEST);
  });

  it('does not know another domain', async () => {
    const input = { DomainName: 'other', KeyName: '_email', Values: ['x'] };
    expect(await failure(profiles.client().send(new SearchProfilesCommand(input)))).toEqual(NOT_FOUND);
  });
});

describe('the other operations', () => {
  it('GetDomain counts profiles and objects', async () => {
    const domain = await profiles.client().send(new GetDomainCommand({ DomainName: DOMAIN }));
    expect(domain).toMatchObject({ DomainName: DOMAIN, Stats: { ProfileCount: 47, ObjectCount: 47 } });
    expect(domain.CreatedAt).toBeInstanceOf(Date);
    expect(await failure(profiles.client().send(new GetDomainCommand({ DomainName: 'other' })))).toEqual(NOT_FOUND);
  });

  it('GetProfileObjectType gives back what was defined', async () => {
    const type = objectType(
      'Small',
      [['id', '_profile.AccountNumber', 'NUMBER']],
      [['smallKey', 'id', 'UNIQUE', 'PROFILE']],
      {
        ExpirationDays: 90,
      },
    );
    profiles.service().putObjectType(DOMAIN, type);
    const named = { DomainName: DOMAIN, ObjectTypeName: 'Small' };
    expect(await profiles.client().send(new GetProfileObjectTypeCommand(named))).toMatchObject({
      ObjectTypeName: 'Small',
      Description: 'For tests',
      AllowProfileCreation: true,
      ExpirationDays: 90,
      Fields: { id: { Source: '_source.id', Target: '_profile.AccountNumber', ContentType: 'NUMBER' } },
      Keys: { smallKey: [{ FieldNames: ['id'], StandardIdentifiers: ['UNIQUE', 'PROFILE'] }] },
    });
    const list = await profiles.client().send(new ListProfileObjectTypesCommand({ DomainName: DOMAIN }));
    expect(list.Items?.map(({ ObjectTypeName }) => ObjectTypeName)).toEqual(['Customer', 'Small']);
  });

  it('ListProfileObjects knows neither an unknown profile nor a malformed id', async () => {
    const list = (ProfileId: string) =>
      failure(
        profiles
          .client()
          .send(new ListProfileObjectsCommand({ DomainName: DOMAIN, ObjectTypeName: 'Customer', ProfileId })),
      );
    expect(await list('0'.repeat(32))).toEqual(NOT_FOUND);
    expect(await list('no id')).toEqual(BAD_REQUEST);
  });

  it('an operation that is not supported is answered with 501 and its name', async () => {
    const call = profiles.client().send(new CreateProfileCommand({ DomainName: DOMAIN }));
    await expect(call).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('CreateProfile'),
      $metadata: { httpStatusCode: 501 },
    });
  });
});
