import type { Mapping } from '../mapping/types.ts';
import type { Rejection } from '../rejection.ts';
import { REJECTED_COLUMNS, readOriginalVersion, VERSION_COLUMN } from './original-version.ts';
import type { ExportRecord } from './record.ts';

/** Where a rejected file keeps a line that could not be read. */
export const LINE_PROPERTY = '_line';

/** JSON.parse with source text access: Node 24 has it, TypeScript's library does not declare it yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const sourceTextJson = JSON as unknown as SourceTextJson;

type JsonObject = Readonly<Record<string, unknown>>;

const NOT_JSON: Rejection = { code: 'NOT_JSON', reason: 'The line is not one JSON object.' };
const TOO_DEEP: Rejection = { code: 'NOT_JSON', reason: 'The arrays and objects of the line are nested too deep.' };

/** Reads one line of a JSON Lines export, without its newline, as the record with this row number. */
export type JsonRecordReader = (line: string, row: number) => ExportRecord;

/**
 * A number has the text it has in the line (`1.0`, `00123` is not JSON), a boolean `true` or `false`, null and a missing
 * property ''. Of a property that comes twice the last one counts, as in JSON.parse.
 */
export function jsonRecordReader(mapping: Mapping): JsonRecordReader {
  const { columns } = mapping;
  const nothing = columns.map(() => '');
  return (line, row) => {
    const raw = line.endsWith('\r') ? line.slice(0, -1) : line;
    const object = parseObject(raw);
    if (object === undefined) return { row, values: nothing, raw, fault: faultOf(raw) };
    if (!isRejected(object)) return { row, raw, ...read(object, columns) };

    const version = object[VERSION_COLUMN];
    const { original, fault } = readOriginalVersion(typeof version === 'string' ? version : String(version ?? ''));
    const corrected = correctedLine(object);
    const inner = parseObject(corrected);
    return {
      row,
      raw: corrected,
      ...(inner === undefined ? { values: nothing, fault: faultOf(corrected) } : read(inner, columns)),
      ...(original && { original }),
      ...(fault && { fault }),
    };
  };
}

export function isJsonObject(text: string): boolean {
  return parseObject(text) !== undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = sourceTextJson.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? sourceTextJson.rawJSON(source) : value,
    );
    return isObject(value) && !sourceTextJson.isRawJSON(value) ? value : undefined;
  } catch {
    // The parser's own message quotes the line.
    return undefined;
  }
}

/** Why `parseObject` could not read a text. The parser itself takes any depth, its reviver some thousand levels. */
function faultOf(text: string): Rejection {
  try {
    return isObject(JSON.parse(text)) ? TOO_DEEP : NOT_JSON;
  } catch {
    return NOT_JSON;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(object: JsonObject, columns: readonly string[]): Pick<ExportRecord, 'values' | 'fault'> {
  let notScalar: string | undefined;
  const values = columns.map((column) => {
    const value = Object.hasOwn(object, column) ? object[column] : undefined;
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return '';
    if (sourceTextJson.isRawJSON(value)) return value.rawJSON;
    if (typeof value === 'boolean') return String(value);
    notScalar ??= column;
    return '';
  });
  if (notScalar === undefined) return { values };
  return { values, fault: { code: 'NOT_SCALAR', reason: `The property ${notScalar} is an array or an object.` } };
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
