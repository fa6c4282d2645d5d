import { extname } from 'node:path';
import type { Compression } from '../contracts.ts';

/** Names of files that a run starts for, each also with a suffix of PACKED_SUFFIXES behind it; a zip or a note beside the exports starts nothing. */
export const FORMAT_SUFFIXES = ['.csv', '.jsonl', '.ndjson'] as const;

export const PACKED_SUFFIXES: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' };

/** The name of an export without the suffix of its packing: what is left has that of its format. */
export function unpackedName(key: string): string {
  const suffix = extname(key).toLowerCase();
  return Object.values(PACKED_SUFFIXES).includes(suffix) ? key.slice(0, -suffix.length) : key;
}
