import { pipeline } from 'node:stream';
import { CsvError, Parser } from 'csv-parse';
import type { ExportFormat } from '../contracts.ts';
import { UnexpectedError } from '../errors.ts';
import type { Mapping } from '../mapping/types.ts';
import type { Rejection } from '../rejection.ts';
import { csvDialect } from './csv-dialect.ts';
import { jsonRecordReader } from './json-record.ts';
import { JsonlBoundaries } from './jsonl-boundaries.ts';
import { REJECTED_COLUMNS, readOriginalVersion, VERSION_COLUMN } from './original-version.ts';
import type { ExportRecord } from './record.ts';

/** Records handed on at once. */
const BLOCK_RECORDS = 100;

/**
 * The records of a chunk, in blocks, in their order.
 *
 * @param body the bytes of the chunk: whole records, without the header line.
 * @param firstRow row number of the first record.
 * @throws UnexpectedError if the bytes are not what SplitExport saw; errors of `body` as they are.
 */
export function parseChunk(
  body: AsyncIterable<Uint8Array>,
  format: ExportFormat,
  mapping: Mapping,
  firstRow: number,
): AsyncIterable<ExportRecord[]> {
  return format.type === 'csv' ? csvRecords(body, format, mapping, firstRow) : jsonRecords(body, mapping, firstRow);
}

async function* csvRecords(
  body: AsyncIterable<Uint8Array>,
  format: ExportFormat,
  mapping: Mapping,
  firstRow: number,
): AsyncGenerator<ExportRecord[]> {
  const toRecord = csvRecordReader(format, mapping);
  const parser = new Parser(csvDialect(format.delimiter ?? ','));
  // The error also arrives in the loop below, which is where it is handled.
  pipeline(body, parser, () => {});
  let row = firstRow;
  let block: ExportRecord[] = [];
  try {
    for await (const fields of parser) {
      block.push(toRecord(fields, row++));
      if (block.length === BLOCK_RECORDS) {
        yield block;
        block = [];
      }
    }
  } catch (error) {
    // Its message and properties quote the row.
    if (error instanceof CsvError)
      throw new UnexpectedError(`csv-parse stopped with ${error.code} after row ${row - 1}.`);
    throw error;
  }
  if (block.length > 0) yield block;
}

function csvRecordReader(
  format: ExportFormat,
  mapping: Mapping,
): (fields: readonly string[], row: number) => ExportRecord {
  const { columns = {}, width = 0, named = width } = format;
  const positions = mapping.columns.map((column) => columns[column] ?? -1);
  const versionPosition = columns[VERSION_COLUMN];
  return (fields, row) => {
    const values = positions.map((position) => fields[position] ?? '');
    const isRagged = fields.length !== width || fields.slice(named).some((field) => field !== '');
    const fault = isRagged ? raggedRow(fields.length, width, named) : undefined;
    if (versionPosition === undefined) return { row, values, raw: fields, ...(fault && { fault }) };

    const version = readOriginalVersion(fields[versionPosition] ?? '');
    return {
      row,
      values,
      raw: fields.slice(REJECTED_COLUMNS.length),
      ...(fault && { fault }),
      ...version,
    };
  };
}

function raggedRow(fields: number, width: number, named: number): Rejection {
  const reason =
    fields === width
      ? `The row has a value behind the last column that has a name, which is column ${named}.`
      : `The row has ${fields} fields, the header ${width}.`;
  return { code: 'RAGGED_ROW', reason };
}

async function* jsonRecords(
  body: AsyncIterable<Uint8Array>,
  mapping: Mapping,
  firstRow: number,
): AsyncGenerator<ExportRecord[]> {
  const read = jsonRecordReader(mapping);
  let row = firstRow;
  let block: ExportRecord[] = [];
  const boundaries = new JsonlBoundaries({
    offset: 0,
    onRecord: (_start, _end, bytes, from, to) => block.push(read(bytes.toString('utf8', from, to), row++)),
  });
  for await (const bytes of body) {
    boundaries.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (block.length > 0) yield block;
    block = [];
  }
  boundaries.end();
  if (block.length > 0) yield block;
}
