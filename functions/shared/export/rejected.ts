import { formatOriginalVersion } from '../version.ts';
import { parseJsonObject } from './json-object.ts';
import { LINE_PROPERTY } from './json-record.ts';
import { REJECTED_COLUMNS, UNREADABLE_VERSION } from './original-version.ts';
import type { ExportRecord } from './record.ts';

/** The export that a row was rejected from; epoch milliseconds. */
export interface RejectedFrom {
  readonly exportTime: number;
  readonly uploadTime: number;
}

/**
 * One line of a rejected file, newline included: row, code, reason and version, then the record as it was. The file can
 * be corrected and uploaded again; `_version` then says how old its data is. A value that a spreadsheet would take for
 * a formula stays as it is, or the corrected file would hold other data.
 */
export function rejectedLine(
  record: ExportRecord,
  rejection: { readonly code: string; readonly reason: string },
  from: RejectedFrom,
): string {
  const { raw } = record;
  const version =
    record.fault === UNREADABLE_VERSION
      ? 'unreadable'
      : formatOriginalVersion(record.original ?? { ...from, row: record.row });
  if (typeof raw !== 'string') return csvLine([String(record.row), rejection.code, rejection.reason, version, ...raw]);

  const leading = { _row: record.row, _code: rejection.code, _reason: rejection.reason, _version: version };
  if (parseJsonObject(raw) === undefined) return `${JSON.stringify({ ...leading, [LINE_PROPERTY]: raw })}\n`;
  // The record's own text goes on after the brace, so that numbers and repeated properties stay as they were. Between
  // tokens a corrected `_line` may hold newlines.
  const own = raw
    .trim()
    .slice(1)
    .trimStart()
    .replaceAll(/[\r\n]+/g, ' ');
  return `${JSON.stringify(leading).slice(0, -1)}${own === '}' ? '' : ','}${own}\n`;
}

/** The header line of the rejected file of a CSV export, from the export's own column names. */
export function rejectedHeader(names: readonly string[]): string {
  const isCorrected = REJECTED_COLUMNS.every((name, index) => names[index] === name);
  return csvLine([...REJECTED_COLUMNS, ...(isCorrected ? names.slice(REJECTED_COLUMNS.length) : names)]);
}

/** One line of a rejected file of a CSV export, newline included. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(written).join(',')}\r\n`;
}

function written(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
