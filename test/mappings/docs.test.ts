import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseMapping } from '../../functions/shared/mapping/definition.ts';
import { STANDARD_TARGETS } from '../../functions/shared/mapping/standard-profile.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/mapping.md'), 'utf8');
const schema = readFileSync(join(ROOT, 'mappings/mapping.schema.json'), 'utf8');

it('docs/mapping.md explains every property of the schema', () => {
  const explained = new Set([...page.matchAll(/^\| `([\w.$]+)` \|/gm)].map(([, name = '']) => name.split('.').at(-1)));
  expect([...explained]).toEqual(expect.arrayContaining(propertiesOf(JSON.parse(schema))));
});

it('docs/mapping.md has an example that is valid', () => {
  const [, example = ''] = /```json\n([^`]+)```/.exec(page) ?? [];
  expect(parseMapping(example, 'the example').fields).toHaveLength(3);
});

it('docs/mapping.md lists every target', () => {
  const named = STANDARD_TARGETS.map((target) => target.split('.').slice(1));
  const missing = named.filter((parts) => !parts.every((part) => new RegExp(`\\b${part}\\b`).test(page)));
  expect(missing).toEqual([]);
});

/** The names of all properties that a mapping may have, at any depth. */
function propertiesOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties = 'properties' in node && 'type' in node ? node.properties : undefined;
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...names, ...Object.values(node).flatMap(propertiesOf)];
}
