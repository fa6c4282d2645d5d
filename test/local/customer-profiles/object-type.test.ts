import { describe, expect, it } from 'vitest';
import { parseObjectType } from '../../../local/customer-profiles/object-type.ts';
import { CUSTOMER, DOMAIN, objectType, startProfiles } from './profiles-fixture.ts';

const ID = ['id', '_profile.AccountNumber'] as const;
const KEY = ['idKey', 'id', 'UNIQUE', 'PROFILE'] as const;
const fields = (...definitions: object[]) => ({ ...objectType('T', [], [KEY]), Fields: definitions });

describe('an object type', () => {
  it('is taken as CloudFormation has it', () => {
    expect(() => parseObjectType(CUSTOMER)).not.toThrow();
  });

  it.each([
    ['TemplateId', objectType('T', [ID], [KEY], { TemplateId: 'Salesforce-Account' })],
    [
      'SourceLastUpdatedTimestampFormat',
      objectType('T', [ID], [KEY], { SourceLastUpdatedTimestampFormat: 'EpochMilli' }),
    ],
    ['_profile.BusinessEmail', objectType('T', [ID, ['mail', '_profile.BusinessEmail']], [KEY])],
    ['_profile.Address.Planet', objectType('T', [ID, ['planet', '_profile.Address.Planet']], [KEY])],
    ['_asset.Name', objectType('T', [ID, ['asset', '_asset.Name']], [KEY])],
    ['_profile.AccountNumber', objectType('T', [ID, ['other', '_profile.AccountNumber']], [KEY])],
    ['DATE', objectType('T', [ID, ['born', undefined, 'DATE']], [KEY])],
    ['NEW_ONLY', objectType('T', [ID], [KEY, ['newKey', 'id', 'NEW_ONLY']])],
    ['exactly one UNIQUE', objectType('T', [ID], [['idKey', 'id', 'PROFILE']])],
    ['exactly one UNIQUE', objectType('T', [ID], [KEY, ['other', 'id', 'UNIQUE']])],
    ['a PROFILE key', objectType('T', [ID], [['idKey', 'id', 'UNIQUE']])],
    ['names no field', objectType('T', [ID], [KEY, ['other', 'nothing']])],
    ['LOOKUP_ONLY', objectType('T', [ID], [['idKey', 'id', 'UNIQUE', 'PROFILE', 'LOOKUP_ONLY']])],
    ['11 keys', objectType('T', [ID], [KEY, ...Array.from({ length: 10 }, (_, n) => [`k${n}`, 'id'] as const)])],
    ['Tags', objectType('T', [ID, ['Tags']], [KEY])],
    ['1 to 1098', objectType('T', [ID], [KEY], { ExpirationDays: 1099 })],
    ['objectTypeName', objectType('no spaces', [ID], [KEY])],
    ['templates', fields({ Name: 'id', ObjectTypeField: { Source: '{{_source.id}}' } })],
    ['_source', fields({ Name: 'id', ObjectTypeField: { Source: 'id' } })],
  ])('is refused with a message that names %s', (named, properties) => {
    expect(() => parseObjectType(properties)).toThrow(named);
  });

  it('can not give a key of the domain another content type', async () => {
    const profiles = await startProfiles();
    const other = objectType(
      'Other',
      [['id'], ['email']],
      [
        ['otherKey', 'id', 'UNIQUE', 'PROFILE'],
        ['_email', 'email'],
      ],
    );
    expect(() => profiles.service().putObjectType(DOMAIN, other)).toThrow('_email has the content type EMAIL_ADDRESS');
    expect(() => profiles.service().putObjectType('elsewhere', CUSTOMER)).toThrow('Domain elsewhere does not exist');
    await profiles.end();
  });
});
