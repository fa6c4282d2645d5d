import type { Options } from 'csv-parse';

/**
 * How csv-parse reads an export. A quote opens a field only at its start; a stray one is data, never an error. Ragged
 * rows come as they are. The splitter finds the same records and fields in the bytes (csv-boundaries.ts); property
 * tests hold the two together.
 */
export function csvDialect(delimiter: string): Options {
  return {
    delimiter,
    quote: '"',
    escape: '"',
    record_delimiter: ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    bom: false,
  };
}
