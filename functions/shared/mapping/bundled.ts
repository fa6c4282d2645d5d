import { readFileSync } from 'node:fs';
import { compileMapping } from './compile.ts';
import { parseMapping } from './definition.ts';
import type { Mapping } from './types.ts';

const FILE_NAME = 'mapping.json';

/**
 * The mapping that was deployed with a function: `mapping.json` beside its bundle. A bundler keeps `import.meta.url` as
 * the address of the bundle itself, so this only works inside one.
 */
export function loadBundledMapping(): Mapping {
  return compileMapping(parseMapping(readFileSync(new URL(`./${FILE_NAME}`, import.meta.url), 'utf8'), FILE_NAME));
}
