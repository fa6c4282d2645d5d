import type { Mapping } from '../mapping/types.ts';
import type { Rejection } from '../rejection.ts';
import { columnValues, isJsonObject, type JsonObject, parseJsonObject } from './json-object.ts';
import { REJECTED_COLUMNS, readOriginalVersion, VERSION_COLUMN } from './original-version.ts';
import type { ExportRecord } from './record.ts';

/** Where a rejected file keeps a line that could not be read. */
export const LINE_PROPERTY = '_line';

const NOT_JSON: Rejection = { code: 'NOT_JSON', reason: 'The line is not one JSON object.' };
const TOO_DEEP: Rejection = { code: 'NOT_JSON', reason: 'The arrays and objects of the line are nested too deep.' };

/** Reads one line of a JSON Lines export, without its newline, as the record with this row number. */
export type JsonRecordReader = (line: string, row: number) => ExportRecord;

export function jsonRecordReader(mapping: Mapping): JsonRecordReader {
  const { columns, columnNames } = mapping;
  const nothing = columns.map(() => '');
  return (line, row) => {
    const raw = line.endsWith('\r') ? line.slice(0, -1) : line;
    const object = parseJsonObject(raw);
    if (object === undefined) return { row, values: nothing, raw, fault: faultOf(raw) };
    if (!isRejected(object)) return { row, raw, ...columnValues(object, columnNames) };

    const version = object[VERSION_COLUMN];
    const { original, fault } = readOriginalVersion(typeof version === 'string' ? version : String(version ?? ''));
    const corrected = correctedLine(object);
    const inner = parseJsonObject(corrected);
    return {
      row,
      raw: corrected,
      ...(inner === undefined ? { values: nothing, fault: faultOf(corrected) } : columnValues(inner, columnNames)),
      ...(original && { original }),
      ...(fault && { fault }),
    };
  };
}

/** Why `parseJsonObject` could not read a text. The parser itself takes any depth, its reviver some thousand levels. */
function faultOf(text: string): Rejection {
  try {
    return isJsonObject(JSON.parse(text)) ? TOO_DEEP : NOT_JSON;
  } catch {
    return NOT_JSON;
  }
}

function isRejected(object: JsonObject): boolean {
  return REJECTED_COLUMNS.every((name) => Object.hasOwn(object, name));
}

/** The record of a line of a rejected file, as JSON text. */
function correctedLine(object: JsonObject): string {
  const own = Object.entries(object).filter(([name]) => !REJECTED_COLUMNS.some((column) => column === name));
  const [first, ...others] = own;
  if (first?.[0] === LINE_PROPERTY && typeof first[1] === 'string' && others.length === 0) return first[1];
  return JSON.stringify(Object.fromEntries(own));
}
