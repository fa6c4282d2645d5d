import { pipeline } from 'node:stream';
import { CsvError, Parser } from 'csv-parse';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import { columnValues, parseJsonObject } from '../../functions/shared/export/json-object.ts';
import { jsonRecordReader } from '../../functions/shared/export/json-record.ts';
import { JsonlBoundaries } from '../../functions/shared/export/jsonl-boundaries.ts';
import { REJECTED_COLUMNS } from '../../functions/shared/export/original-version.ts';
import { csvLine } from '../../functions/shared/export/rejected.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { UserError } from '../user-error.ts';

/** How the bytes of a rejected file, or of a corrected one, become lines. */
export type RejectedLayout =
  | {
      readonly type: 'csv';
      readonly delimiter: string;
      /** Position of the customer key's column in a line; the chunks' files have no header line that tells. */
      readonly keyAt: 'by the header line' | number | undefined;
    }
  | { readonly type: 'jsonl' };

/** One line of a rejected file, with its own four fields as they stand there. */
export interface RejectedLine {
  readonly row: string;
  readonly code: string;
  readonly reason: string;
  readonly version: string;
  /** As the mapping reads it; '' if there is none. */
  readonly customerKey: string;
  /** The record without these four: the fields of a CSV row, or a line of JSON. */
  readonly record: readonly string[] | string;
  /** The line as the rejected file has it, newline included. */
  readonly text: string;
}

/** @throws UserError if the bytes are no CSV; errors of `bytes` as they are. It quotes no value. */
export function rejectedLines(
  bytes: AsyncIterable<Uint8Array>,
  layout: RejectedLayout,
  mapping: Mapping,
): AsyncGenerator<RejectedLine> {
  return layout.type === 'csv' ? csvLines(bytes, layout, mapping) : jsonLines(bytes, mapping);
}

async function* csvLines(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter, keyAt }: Extract<RejectedLayout, { type: 'csv' }>,
  mapping: Mapping,
): AsyncGenerator<RejectedLine> {
  const keyColumn = mapping.columns[mapping.keyColumn];
  let position = typeof keyAt === 'number' ? keyAt : -1;
  let isHeader = keyAt === 'by the header line';
  for await (const fields of csvRecords(bytes, delimiter)) {
    if (isHeader) {
      position = fields.findIndex((name) => name.trim() === keyColumn);
      isHeader = false;
      continue;
    }
    const [row = '', code = '', reason = '', version = '', ...record] = fields;
    const customerKey = mapping.customerKey(fields[position] ?? '') ?? '';
    yield { row: row.trim(), code, reason, version: version.trim(), customerKey, record, text: csvLine(fields) };
  }
}

/** @throws UserError if the bytes are no CSV; it quotes no value. */
export async function* csvRecords(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
): AsyncGenerator<readonly string[]> {
  const parser = new Parser(csvDialect(delimiter));
  // The error also arrives in the loop below, which is where it is handled.
  pipeline(bytes, parser, () => {});
  try {
    yield* parser;
  } catch (error) {
    // Its message quotes the row.
    if (error instanceof CsvError) throw new UserError(`The file is no CSV (${error.code}). Close each quote.`);
    throw error;
  }
}

async function* jsonLines(bytes: AsyncIterable<Uint8Array>, mapping: Mapping): AsyncGenerator<RejectedLine> {
  const read = jsonRecordReader(mapping);
  let lines: RejectedLine[] = [];
  const boundaries = new JsonlBoundaries({
    offset: 0,
    onRecord: (_start, _end, block, from, to) => {
      const text = block.toString('utf8', from, to);
      const { values, raw } = read(text, 0);
      const leading = columnValues(parseJsonObject(text) ?? {}, REJECTED_COLUMNS).values;
      const [row = '', code = '', reason = '', version = ''] = leading;
      const customerKey = mapping.customerKey(values[mapping.keyColumn] ?? '') ?? '';
      lines.push({ row, code, reason, version: version.trim(), customerKey, record: raw, text: `${text}\n` });
    },
  });
  for await (const block of bytes) {
    boundaries.write(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
    yield* lines;
    lines = [];
  }
  boundaries.end();
  yield* lines;
}
