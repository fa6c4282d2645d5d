import { describe, expect, it } from 'vitest';
import { objectTypeProperties } from '../../../../functions/shared/mapping/object-type.ts';
import { definitionOf, exampleFile } from './example.ts';

describe('objectTypeProperties', () => {
  const file = exampleFile();
  const mobile = { ...file.fields[3], name: 'mobile', column: 'Mobile', target: '_profile.MobilePhoneNumber' };
  const properties = objectTypeProperties(definitionOf({ ...file, fields: [...file.fields, mobile] }), 'demo');

  it('describes each field by its accessor, target and content type', () => {
    expect(properties.Fields.slice(0, 2)).toEqual([
      {
        Name: 'id',
        ObjectTypeField: { Source: '_source.id', Target: '_profile.AccountNumber', ContentType: 'STRING' },
      },
      {
        Name: 'lastName',
        ObjectTypeField: { Source: '_source.lastName', Target: '_profile.LastName', ContentType: 'NAME' },
      },
    ]);
  });

  it('identifies a profile by the customer key alone and only searches by the others', () => {
    expect(properties.Keys).toEqual([
      {
        Name: 'testCustomerId',
        ObjectTypeKeyList: [{ StandardIdentifiers: ['UNIQUE', 'PROFILE'], FieldNames: ['id'] }],
      },
      { Name: '_email', ObjectTypeKeyList: [{ FieldNames: ['email'] }] },
      { Name: '_phone', ObjectTypeKeyList: [{ FieldNames: ['phone'] }, { FieldNames: ['mobile'] }] },
    ]);
  });

  it('lets the service create profiles, and names domain, type and expiration', () => {
    expect(properties).toMatchObject({
      DomainName: 'demo',
      ObjectTypeName: 'Customer',
      Description: 'Customers of a test',
      AllowProfileCreation: true,
      ExpirationDays: 30,
    });
  });

  it('has the highest priority, and only so may objects fill again what UpdateProfile cleared, if a field is cleared', () => {
    const birthDate = { name: 'born', column: 'Born', target: '_profile.BirthDate', clearWhenEmpty: true };
    const clearing = definitionOf({ ...file, fields: [...file.fields, birthDate] });
    expect(objectTypeProperties(clearing, 'demo').SourcePriority).toBe(1);
    expect(properties).not.toHaveProperty('SourcePriority');
  });

  it('leaves a field without a target in the object', () => {
    const definition = definitionOf({ ...file, fields: [...file.fields, { name: 'extra', column: 'Extra' }] });
    expect(objectTypeProperties(definition, 'demo').Fields.at(-1)).toEqual({
      Name: 'extra',
      ObjectTypeField: { Source: '_source.extra', ContentType: 'STRING' },
    });
  });
});
