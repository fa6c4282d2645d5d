import { readFileSync } from 'node:fs';
import { InvalidMapping } from '../errors.ts';
import { compileMapping } from './compile.ts';
import { parseMapping } from './definition.ts';
import type { Mapping } from './types.ts';

/**
 * The mapping of a file, for infra and commands.
 *
 * @throws InvalidMapping if the file can't be read or has faults.
 */
export function loadMapping(path: string): Mapping {
  return compileMapping(parseMapping(read(path), path));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new InvalidMapping(`The mapping ${path} can't be read (${code}); give the path of a mapping file.`, {
      cause,
    });
  }
}
