import { parse } from 'csv-parse/sync';
import type { ExportFormat } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { csvDialect } from '../shared/export/csv-dialect.ts';
import { REJECTED_COLUMNS, VERSION_COLUMN } from '../shared/export/original-version.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { CsvBoundaries } from './csv-boundaries.ts';
import { MAX_HEADER_BYTES } from './limits.ts';
import { utf8Fault } from './utf8.ts';

type Delimiter = NonNullable<ExportFormat['delimiter']>;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const DELIMITER_WORDS: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

export interface Header {
  readonly delimiter: Delimiter;
  readonly width: number;
  readonly columns: Readonly<Record<string, number>>;
  /** The header line `[start, end)` without its newline, and the first byte behind it. */
  readonly start: number;
  readonly end: number;
  readonly dataStart: number;
  readonly isCorrected: boolean;
}

interface Candidate {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  readonly start: number;
  readonly dataStart: number;
}

/**
 * Finds the header line and the delimiter with which it fits the mapping: the mapping's own, or one of comma, semicolon,
 * tab and pipe.
 *
 * @param bytes the first bytes of the export, behind the byte order mark; `isWhole` if there are no more.
 * @returns undefined if more bytes are needed.
 * @throws InvalidExport if the header does not fit. Columns are named by the mapping's own names only: a file without a
 *   header has a customer in its first line.
 */
export function findHeader(bytes: Buffer, isWhole: boolean, mapping: Mapping): Header | undefined {
  const { delimiter } = mapping.definition.exports;
  const lines = (delimiter === undefined ? DELIMITERS : [delimiter]).map((one) => ({
    delimiter: one,
    line: firstRecord(bytes, one, isWhole),
  }));
  const isLimit = isWhole || bytes.length > MAX_HEADER_BYTES;
  if (!isLimit && lines.some(({ line }) => line === undefined)) return undefined;

  const candidates = lines.flatMap(({ delimiter, line }) => {
    if (line === undefined) return [];
    return [{ delimiter, ...line, names: namesOf(bytes.subarray(line.start, line.dataStart), delimiter) }];
  });
  // The most columns last, so that a mapping of one column is not satisfied by a delimiter that is not in the line.
  const ranked = candidates.sort(
    (a, b) => matching(a, mapping) - matching(b, mapping) || a.names.length - b.names.length,
  );
  const best = ranked.at(-1);
  if (best === undefined) {
    throw new InvalidExport(
      isWhole
        ? 'The header line (row 1) has a quote that is never closed. Close it, or double a quote within a value, and upload the export again.'
        : `The header line (row 1) does not end within ${MAX_HEADER_BYTES / 1e6} MB. Lines end with LF or CRLF; close each quote; then upload the export again.`,
    );
  }
  return checkedHeader(best, bytes, mapping);
}

/** How many columns of the mapping a header line has exactly once. */
function matching({ names }: Candidate, mapping: Mapping): number {
  return mapping.columns.filter((column) => count(names, column) === 1).length;
}

function checkedHeader({ delimiter, names, start, dataStart }: Candidate, bytes: Buffer, mapping: Mapping): Header {
  const fault = utf8Fault(bytes.subarray(start, dataStart));
  if (fault !== undefined) {
    throw new InvalidExport(
      `The header line is not UTF-8 at its byte ${fault + 1}. Save the export as "CSV UTF-8" and upload it again.`,
    );
  }
  const missing = mapping.columns.filter((column) => count(names, column) === 0);
  const repeated = mapping.columns.filter((column) => count(names, column) > 1);
  if (missing.length > 0 || repeated.length > 0) {
    throw new InvalidExport(misfit(delimiter, names.length, missing, repeated, mapping));
  }
  const isCorrected = REJECTED_COLUMNS.every((column, index) => names[index] === column);
  const columns = isCorrected ? [...mapping.columns, VERSION_COLUMN] : mapping.columns;
  return {
    delimiter,
    width: names.length,
    columns: Object.fromEntries(columns.map((column) => [column, names.indexOf(column)])),
    start,
    end: withoutNewline(bytes, dataStart),
    dataStart,
    isCorrected,
  };
}

function misfit(
  delimiter: Delimiter,
  width: number,
  missing: readonly string[],
  repeated: readonly string[],
  mapping: Mapping,
): string {
  const faults = [
    missing.length > 0 && `lacks ${missing.join(', ')}`,
    repeated.length > 0 && `has more than once ${repeated.join(', ')}`,
  ].filter(Boolean);
  const hint =
    missing.length === mapping.columns.length
      ? ' None of the columns is there: perhaps the export has no header line, or another delimiter.'
      : '';
  return `The header line (row 1) does not fit the mapping: read with the delimiter ${DELIMITER_WORDS[delimiter]} it has ${width} columns; it ${faults.join(' and ')}.${hint} Each column of the mapping must be there once, spelled the same; allowed delimiters: ${Object.values(DELIMITER_WORDS).join(', ')}. Correct the header line or the mapping, and upload the export again.`;
}

function count(names: readonly string[], name: string): number {
  return names.filter((one) => one === name).length;
}

function namesOf(line: Buffer, delimiter: Delimiter): readonly string[] {
  const [names = []] = parse(line, csvDialect(delimiter)) as unknown as string[][];
  return names.map((name) => name.trim());
}

/** The byte range of the first record that is no blank line; undefined if it does not end in these bytes. */
function firstRecord(
  bytes: Buffer,
  delimiter: Delimiter,
  isWhole: boolean,
): { readonly start: number; readonly dataStart: number } | undefined {
  let first: { start: number; dataStart: number } | undefined;
  const boundaries = new CsvBoundaries({
    delimiter: delimiter.charCodeAt(0),
    wanted: [],
    offset: 0,
    onRecord: (start, end) => {
      first ??= { start, dataStart: end };
    },
  });
  boundaries.write(bytes);
  if (first === undefined && isWhole) boundaries.end();
  return first;
}

function withoutNewline(bytes: Buffer, end: number): number {
  if (bytes[end - 1] !== 0x0a) return end;
  return bytes[end - 2] === 0x0d ? end - 2 : end - 1;
}
