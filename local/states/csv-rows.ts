import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { readerFailure } from './errors.ts';
import type { JsonObject } from './json.ts';
import { MAX_HEADER_BYTES } from './limits.ts';

/** ReaderConfig's CSVDelimiter. docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
export const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

/**
 * The rows of a CSV object, with AWS's own ways: every value is a string, a short row is padded with empty ones, what
 * goes beyond the header is dropped, and so is a single backslash.
 *
 * @param headers undefined: the first row is the header.
 * @throws StateFailure `States.ItemReaderFailed`, without anything of what the object holds.
 */
export async function* readCsvRows(
  chunks: AsyncIterable<Buffer>,
  { headers, delimiter }: { readonly headers: readonly string[] | undefined; readonly delimiter: string },
): AsyncIterable<JsonObject> {
  let columns = headers;
  for await (const row of records(chunks, delimiter)) {
    if (columns === undefined) columns = checkHeader(row);
    else yield Object.fromEntries(columns.map((column, i) => [column, row[i] ?? '']));
  }
}

async function* records(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncIterable<readonly string[]> {
  const parser = parse({ delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const row of source.pipe(parser)) yield (row as string[]).map(withoutBackslashes);
  } catch (error) {
    // The parser's own messages quote the row.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw readerFailure('The CSV object could not be parsed.');
    }
    throw error;
  }
}

function withoutBackslashes(field: string): string {
  return field.includes('\\') ? field.replace(/\\(\\?)/g, '$1') : field;
}

function checkHeader(header: readonly string[]): readonly string[] {
  if (Buffer.byteLength(header.join(',')) <= MAX_HEADER_BYTES) return header;
  throw readerFailure(`The header of the CSV object is longer than ${MAX_HEADER_BYTES} bytes.`);
}
