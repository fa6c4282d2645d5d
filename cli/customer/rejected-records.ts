import { pipeline } from 'node:stream';
import { CsvError, Parser } from 'csv-parse';
import type { ExportFormat } from '../../functions/shared/contracts.ts';
import { UnexpectedError } from '../../functions/shared/errors.ts';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import { columnValues, parseJsonObject } from '../../functions/shared/export/json-object.ts';
import { LINE_PROPERTY } from '../../functions/shared/export/json-record.ts';
import { JsonlBoundaries } from '../../functions/shared/export/jsonl-boundaries.ts';
import { REJECTED_COLUMNS, VERSION_COLUMN } from '../../functions/shared/export/original-version.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';

const LEADING = REJECTED_COLUMNS.length;

/** One row of a rejected file. */
export interface RejectedRecord {
  /** Its bytes `[start, end)` in the file, newline included. */
  readonly start: number;
  readonly end: number;
  /** Of the export that it was rejected from. */
  readonly row: number;
  readonly code: string;
  readonly reason: string;
  /**
   * Whether it is of this customer. In a row that could not be read as one, the key may stand in any field.
   *
   * @param customerKey as it is mapped.
   */
  isOf(customerKey: string): boolean;
}

/** Where the customer key stands. The whole file of a run has a header line, the files of its chunks have none. */
export type RejectedLayout =
  | { readonly type: 'jsonl' }
  | { readonly type: 'csv'; readonly keyAt: number | 'in the header line' };

/** Of the files of a run's chunks. */
export function chunkLayout({ type, columns = {} }: ExportFormat, mapping: Mapping): RejectedLayout {
  if (type === 'jsonl') return { type };
  const position = columns[keyColumnOf(mapping)] ?? -1;
  // In a corrected rejected file the positions count the leading columns already.
  return { type, keyAt: VERSION_COLUMN in columns ? position : position + LEADING };
}

/** The column names of a whole rejected CSV. */
export async function headerOf(bytes: AsyncIterable<Uint8Array>): Promise<readonly string[] | undefined> {
  const parser = new Parser(csvDialect(','));
  pipeline(bytes, parser, () => {});
  for await (const fields of parser) return fields;
  return undefined;
}

/** The rows of a rejected file, in their order; streams, at any size. */
export function readRejected(
  bytes: AsyncIterable<Uint8Array>,
  layout: RejectedLayout,
  mapping: Mapping,
): AsyncGenerator<RejectedRecord> {
  return layout.type === 'csv' ? csvRows(bytes, layout.keyAt, mapping) : jsonLines(bytes, mapping);
}

async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  keyAt: number | 'in the header line',
  mapping: Mapping,
): AsyncGenerator<RejectedRecord> {
  const parser = new Parser({ ...csvDialect(','), info: true });
  // The error also arrives in the loop below, which is where it is handled.
  pipeline(bytes, parser, () => {});
  let position = keyAt;
  let start = 0;
  try {
    for await (const parsed of parser) {
      const { record: fields, info }: { record: string[]; info: { bytes: number } } = parsed;
      const end = info.bytes;
      if (position === 'in the header line') position = fields.indexOf(keyColumnOf(mapping));
      else yield { start, end, ...csvRow(fields, position, mapping) };
      start = end;
    }
  } catch (error) {
    // Its message and properties quote the row.
    if (error instanceof CsvError) throw new UnexpectedError(`csv-parse stopped with ${error.code}.`);
    throw error;
  }
}

function csvRow(fields: readonly string[], keyAt: number, mapping: Mapping): Omit<RejectedRecord, 'start' | 'end'> {
  const [row = '', code = '', reason = ''] = fields;
  const candidates = code === 'RAGGED_ROW' ? fields.slice(LEADING) : fields.slice(keyAt, keyAt + 1);
  return {
    row: Number(row),
    code,
    reason,
    isOf: (customerKey) => keyAt >= 0 && candidates.some((raw) => mapping.customerKey(raw) === customerKey),
  };
}

async function* jsonLines(bytes: AsyncIterable<Uint8Array>, mapping: Mapping): AsyncGenerator<RejectedRecord> {
  let found: RejectedRecord[] = [];
  const boundaries = new JsonlBoundaries({
    offset: 0,
    onRecord: (start, end, block, from, to) =>
      found.push({ start, end, ...jsonLine(block.toString('utf8', from, to), mapping) }),
  });
  for await (const block of bytes) {
    boundaries.write(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
    yield* found;
    found = [];
  }
  boundaries.end();
  yield* found;
}

function jsonLine(line: string, mapping: Mapping): Omit<RejectedRecord, 'start' | 'end'> {
  const object = parseJsonObject(line) ?? {};
  const { values } = columnValues(object, ['_row', '_code', '_reason', LINE_PROPERTY, keyColumnOf(mapping)]);
  const [row = '', code = '', reason = '', unreadable = '', key = ''] = values;
  return {
    row: Number(row),
    code,
    reason,
    isOf: (customerKey) =>
      unreadable === '' ? mapping.customerKey(key) === customerKey : hasValue(unreadable, customerKey),
  };
}

/** Whether a text that is no JSON has the key where a value could stand: in quotes, or between what separates values. */
function hasValue(text: string, customerKey: string): boolean {
  const key = customerKey.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[\\s:,\\["])${key}($|[\\s,}\\]"])`, 'u').test(text);
}

/** The name of the column with the customer key. */
export function keyColumnOf({ columns, keyColumn }: Mapping): string {
  return columns[keyColumn] ?? '';
}
