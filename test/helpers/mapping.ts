import { compileMapping } from '../../functions/shared/mapping/compile.ts';
import type { Mapping, MappingDefinition } from '../../functions/shared/mapping/types.ts';

/** A small mapping: columns id, name, email and, where a test needs order by record, changed. */
export function smallMapping(over: Partial<MappingDefinition> = {}): Mapping {
  return compileMapping({
    objectType: { name: 'Customer', description: 'test', expirationDays: 100 },
    exports: { contains: 'changes' },
    customerKey: { field: 'id', keyName: 'testId' },
    fields: [
      { name: 'id', column: 'id', required: true },
      { name: 'name', column: 'name', target: '_profile.FirstName' },
      { name: 'email', column: 'email', target: '_profile.EmailAddress', normalize: 'email' },
    ],
    ...over,
  });
}
