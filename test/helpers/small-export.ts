import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mapping file for small exports (`id,name`), for suites in which the data matters little. */
export function smallMappingFile(over: object = {}): string {
  const path = join(mkdtempSync(join(tmpdir(), 'small-mapping-')), 'small.json');
  const mapping = {
    objectType: { name: 'Small', description: 'Small customers', expirationDays: 30 },
    exports: { contains: 'changes' },
    customerKey: { field: 'id', keyName: SMALL_KEY },
    fields: [
      { name: 'id', column: 'id', required: true },
      { name: 'name', column: 'name', target: '_profile.FirstName' },
    ],
    ...over,
  };
  writeFileSync(path, JSON.stringify(mapping));
  return path;
}

export const SMALL_KEY = 'smallId';

/** Customers `<prefix>0 … <prefix>n-1`, all with the same name. */
export function smallExport(rows: number, name: string, prefix = 'K'): string {
  return ['id,name', ...Array.from({ length: rows }, (_, n) => `${prefix}${n},${name} ${n}`)].join('\n');
}
