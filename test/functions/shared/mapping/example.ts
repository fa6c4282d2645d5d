import { compileMapping } from '../../../../functions/shared/mapping/compile.ts';
import { parseMapping } from '../../../../functions/shared/mapping/definition.ts';
import type { Mapping, MappingDefinition } from '../../../../functions/shared/mapping/types.ts';

/** A small, good mapping as it would stand in a file; tests damage or extend a copy of it. */
export function exampleFile() {
  return {
    objectType: { name: 'Customer', description: 'Customers of a test', expirationDays: 30 },
    customerKey: { field: 'id', keyName: 'testCustomerId' },
    phoneRegion: 'JP',
    fields: [
      { name: 'id', column: 'Customer ID', target: '_profile.AccountNumber', required: true },
      { name: 'lastName', column: 'Last Name', target: '_profile.LastName', contentType: 'NAME' },
      {
        name: 'email',
        column: 'E-Mail',
        target: '_profile.EmailAddress',
        contentType: 'EMAIL_ADDRESS',
        normalize: 'email',
        searchKey: '_email',
      },
      {
        name: 'phone',
        column: 'Phone',
        target: '_profile.PhoneNumber',
        contentType: 'PHONE_NUMBER',
        normalize: 'phone',
        searchKey: '_phone',
      },
    ],
  };
}

export function definitionOf(file: unknown): MappingDefinition {
  return parseMapping(JSON.stringify(file), 'test.json');
}

export function mappingOf(file: unknown): Mapping {
  return compileMapping(definitionOf(file));
}

/** Values in the order of the mapping's columns; columns that are not named are empty. */
export function valuesOf(mapping: Mapping, record: Readonly<Record<string, string>>): string[] {
  return mapping.columns.map((column) => record[column] ?? '');
}
