import type { ExportRecord } from '../../functions/shared/export/record.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { valueReader } from '../../functions/shared/mapping/values.ts';
import { count } from '../output/words.ts';
import { UserError } from '../user-error.ts';
import { type JudgedRow, type JudgeOptions, openRowJudge } from './judge-rows.ts';
import {
  chunksOfFile,
  headerNames,
  type LocalExport,
  readRecords,
  type ScanOptions,
  withLocalExport,
} from './local-export.ts';

/** One field of the profile object, from its column to where it goes. */
export interface TestedField {
  readonly column: string;
  readonly field: string;
  /** As it stands in the file. */
  readonly raw: string;
  /** As it is sent; absent if the column is empty. */
  readonly value?: string;
  /** The column is empty, and the field of the profile would be cleared. */
  readonly isCleared?: true;
  /** False if the value could not be normalised, and is sent as it is. */
  readonly isNormalized: boolean;
  /** In the standard profile; absent if the field stays in the object. */
  readonly target?: string;
}

/** What one row of a file becomes. */
export interface TestedRow {
  readonly file: LocalExport;
  /** The columns of its header line; none in JSON Lines. */
  readonly columns: readonly string[];
  readonly judged: JudgedRow;
  readonly isSuperseded: boolean;
  /** None of a row that is marked as deleted: no value of it is sent. */
  readonly fields: readonly TestedField[];
  /** JSON text of the profile object; absent if the row is rejected, or superseded before it is looked at. */
  readonly object?: string;
}

/**
 * Judges one row of a file as a run of the whole file would.
 *
 * @throws UserError if there is no such row; InvalidExport, ExportTooLarge, as the run would.
 */
export function testRow(path: string, row: number, options: JudgeOptions & ScanOptions): Promise<TestedRow> {
  const { mapping } = options;
  return withLocalExport(path, options, async (file) => {
    const { firstRow, plan, superseded } = file.scanned;
    const record = await findRecord(file, row, mapping);
    if (record === undefined) throw new UserError(noSuchRow(path, row, firstRow, plan.records));
    const isSuperseded = superseded.has(row - firstRow);
    const judge = await openRowJudge({ ...options, from: file });
    const [judged] = await judge([record], new Set(isSuperseded ? [row] : []));
    if (judged === undefined) throw new TypeError('Each row that is judged has a verdict.');
    const isMarked = mapping.isDeleted(record.values);
    const mapped = judged.pending && !isMarked ? mapping.toObject(record.values) : undefined;
    return {
      file,
      columns: await headerNames(file),
      judged,
      isSuperseded,
      fields: isMarked ? [] : fieldsOf(judged, mapping),
      ...(mapped?.ok && { object: mapped.object }),
    };
  });
}

async function findRecord(file: LocalExport, row: number, mapping: Mapping): Promise<ExportRecord | undefined> {
  for (const chunk of chunksOfFile(file)) {
    if (row < chunk.firstRow || row >= chunk.firstRow + chunk.rows) continue;
    for await (const block of readRecords(file, chunk, mapping)) {
      const found = block.find((record) => record.row === row);
      if (found) return found;
    }
  }
  return undefined;
}

function noSuchRow(path: string, row: number, firstRow: number, rows: number): string {
  if (rows === 0) return `There is no row ${row}: ${path} has no rows.`;
  const first = firstRow === 2 ? 'row 2 is the first one behind the header' : 'the first one is row 1';
  return `There is no row ${row}: ${path} has ${count(rows)} rows, up to row ${count(firstRow + rows - 1)} (${first}; blank lines count as none).`;
}

function fieldsOf({ record, clears = [] }: JudgedRow, { definition, columns }: Mapping): readonly TestedField[] {
  return definition.fields.map((field) => {
    const raw = record.values[columns.indexOf(field.column)] ?? '';
    const value = valueReader(field, definition)(raw);
    return {
      column: field.column,
      field: field.name,
      raw,
      ...(value && { value: value.text }),
      ...(clears.includes(field.name) && { isCleared: true }),
      isNormalized: value?.normalized ?? true,
      ...(field.target && { target: field.target }),
    };
  });
}
