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
import { keyColumnOf, type RejectedLayout } from './rejected-layout.ts';

/** One line of a rejected file, with its own four fields as they stand there. */
export interface RejectedLine {
  /** Of the export that it was rejected from. */
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

/** A line as it was found in a file. */
export interface FoundLine extends RejectedLine {
  /** Its bytes `[start, end)` in the file, newline included. */
  readonly start: number;
  readonly end: number;
  /**
   * Whether it is of this customer. In a row that could not be read as one, the key may stand in any field.
   *
   * @param customerKey as it is mapped.
   * @returns undefined if nobody can tell: the row has no column of the key, since another one held it when the run was made.
   */
  isOf(customerKey: string): boolean | undefined;
}

/** A file that does not tell its rows. Its text quotes no value. */
export class UnreadableFile extends UserError {}

/** Any size, with flat memory. @throws UnreadableFile if the bytes are no CSV; errors of `bytes` as they are. */
export function rejectedLines(
  bytes: AsyncIterable<Uint8Array>,
  layout: RejectedLayout,
  mapping: Mapping,
): AsyncGenerator<FoundLine> {
  return layout.type === 'csv' ? csvLines(bytes, layout, mapping) : jsonLines(bytes, mapping);
}

async function* csvLines(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter, keyAt }: Extract<RejectedLayout, { type: 'csv' }>,
  mapping: Mapping,
): AsyncGenerator<FoundLine> {
  let position = typeof keyAt === 'number' ? keyAt : undefined;
  let isHeader = keyAt === 'by the header line';
  let start = 0;
  for await (const { fields, end } of csvRecords(bytes, delimiter)) {
    if (isHeader) position = positionOf(keyColumnOf(mapping), fields);
    else yield { start, end, ...csvFields(fields, position, mapping) };
    isHeader = false;
    start = end;
  }
}

function csvFields(fields: readonly string[], keyAt: number | undefined, mapping: Mapping) {
  const [row = '', code = '', reason = '', version = '', ...record] = fields;
  const key = keyAt === undefined ? undefined : (mapping.customerKey(fields[keyAt] ?? '') ?? '');
  return {
    row: row.trim(),
    code,
    reason,
    version: version.trim(),
    customerKey: key ?? '',
    record,
    text: csvLine(fields),
    isOf(customerKey: string): boolean | undefined {
      if (code === 'RAGGED_ROW') return record.some((raw) => mapping.customerKey(raw) === customerKey);
      return key === undefined ? withoutKey(code) : key === customerKey;
    },
  };
}

/** A row that was rejected for want of a key had none in its column of that time either. */
function withoutKey(code: string): false | undefined {
  return code === 'MISSING_KEY' ? false : undefined;
}

function positionOf(column: string, header: readonly string[]): number | undefined {
  const position = header.findIndex((name) => name.trim() === column);
  return position === -1 ? undefined : position;
}

/** The column names of a CSV. @throws UnreadableFile */
export async function headerOf(
  bytes: AsyncIterable<Uint8Array>,
  delimiter = ',',
): Promise<readonly string[] | undefined> {
  for await (const { fields } of csvRecords(bytes, delimiter)) return fields;
  return undefined;
}

async function* csvRecords(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
): AsyncGenerator<{ readonly fields: readonly string[]; readonly end: number }> {
  const parser = new Parser({ ...csvDialect(delimiter), info: true });
  // The error also arrives in the loop below, which is where it is handled.
  pipeline(bytes, parser, () => {});
  try {
    for await (const parsed of parser) {
      const { record: fields, info }: { record: string[]; info: { bytes: number } } = parsed;
      yield { fields, end: info.bytes };
    }
  } catch (error) {
    // Its message and properties quote the row.
    if (error instanceof CsvError) throw new UnreadableFile(`The file is no CSV (${error.code}). Close each quote.`);
    throw error;
  }
}

async function* jsonLines(bytes: AsyncIterable<Uint8Array>, mapping: Mapping): AsyncGenerator<FoundLine> {
  const read = jsonRecordReader(mapping);
  let lines: FoundLine[] = [];
  const boundaries = new JsonlBoundaries({
    offset: 0,
    onRecord: (start, end, block, from, to) => {
      const text = block.toString('utf8', from, to);
      const { values, raw } = read(text, 0);
      const leading = columnValues(
        parseJsonObject(text) ?? {},
        REJECTED_COLUMNS.map((name) => [name]),
      ).values;
      const [row = '', code = '', reason = '', version = ''] = leading;
      const customerKey = mapping.customerKey(values[mapping.keyColumn] ?? '') ?? '';
      const record = String(raw);
      lines.push({
        ...{ start, end, row, code, reason, version: version.trim(), customerKey, record, text: `${text}\n` },
        isOf(wanted) {
          const object = parseJsonObject(record);
          if (!object) return hasValue(record, wanted);
          return Object.hasOwn(object, keyColumnOf(mapping)) ? customerKey === wanted : withoutKey(code);
        },
      });
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

/** Whether a text that is no JSON has the key where a value could stand: in quotes, or between what separates values. */
function hasValue(text: string, customerKey: string): boolean {
  const key = customerKey.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[\\s:,\\["])${key}($|[\\s,}\\]"])`, 'u').test(text);
}
