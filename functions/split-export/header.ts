import { parse } from 'csv-parse/sync';
import type { ExportFormat } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { csvDialect } from '../shared/export/csv-dialect.ts';
import { REJECTED_COLUMNS, VERSION_COLUMN } from '../shared/export/original-version.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { CsvBoundaries } from './csv-boundaries.ts';
import { misfit, occurrences } from './header-misfit.ts';
import { OTHER_ENCODING } from './invalid-rows.ts';
import { MAX_HEADER_BYTES } from './limits.ts';
import { utf8Fault } from './utf8.ts';

export type Delimiter = NonNullable<ExportFormat['delimiter']>;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

const REJECTED_START = Buffer.from(`${REJECTED_COLUMNS.join(',')},`);

const CR = 0x0d;
const LF = 0x0a;

export interface Header {
  readonly delimiter: Delimiter;
  readonly width: number;
  /** Columns up to the last one that has a name. */
  readonly named: number;
  readonly columns: Readonly<Record<string, number>>;
  /** The header line `[start, end)` without its newline, and the first byte behind it. */
  readonly start: number;
  readonly end: number;
  readonly dataStart: number;
  readonly isCorrected: boolean;
}

/** The first line as one delimiter takes it apart. */
export interface Candidate {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  /** How often each name is there. */
  readonly counts: ReadonlyMap<string, number>;
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
  const lines = delimitersOf(bytes, mapping).map((one) => ({
    delimiter: one,
    line: firstRecord(bytes, one, isWhole),
  }));
  const isLimit = isWhole || bytes.length > MAX_HEADER_BYTES;
  if (!isLimit && lines.some(({ line }) => line === undefined)) return undefined;

  const candidates = lines.flatMap(({ delimiter, line }) =>
    line === undefined ? [] : [candidate(bytes, delimiter, line)],
  );
  const [first, ...others] = candidates;
  if (first === undefined) {
    checkBytes(bytes);
    throw new InvalidExport(
      isWhole
        ? 'The header line (row 1) has a quote that is never closed. Close it, or double a quote within a value, and upload the export again.'
        : `The header line (row 1) does not end within ${MAX_HEADER_BYTES / 1e6} MB, the most that it may have. Lines end with LF or CRLF; close each quote; then upload the export again.`,
    );
  }
  const best = others.reduce((best, one) => (fitsBetter(one, best, mapping) ? one : best), first);
  return checkedHeader(best, bytes, mapping);
}

function delimitersOf(bytes: Buffer, { definition }: Mapping): readonly Delimiter[] {
  const { delimiter } = definition.exports;
  if (delimiter === undefined) return DELIMITERS;
  // A rejected file has commas, whatever its export had.
  const isRejectedFile = bytes.subarray(0, REJECTED_START.length).equals(REJECTED_START);
  return isRejectedFile ? [delimiter, ','] : [delimiter];
}

/** The more columns, too, so that a mapping of one column is not satisfied by a delimiter that is not in the line. */
function fitsBetter(one: Candidate, other: Candidate, mapping: Mapping): boolean {
  const difference = matching(one, mapping) - matching(other, mapping);
  return difference > 0 || (difference === 0 && one.names.length > other.names.length);
}

/** How many columns of the mapping a header line has exactly once. */
function matching({ counts }: Candidate, mapping: Mapping): number {
  return mapping.columnNames.filter((names) => occurrences(names, counts) === 1).length;
}

function checkedHeader(best: Candidate, bytes: Buffer, mapping: Mapping): Header {
  const { delimiter, names, counts, start, dataStart } = best;
  const end = withoutNewline(bytes, dataStart);
  checkBytes(bytes.subarray(start, end));
  if (mapping.columnNames.some((names) => occurrences(names, counts) !== 1)) {
    throw new InvalidExport(misfit(best, mapping, bytes[start]));
  }
  const isCorrected = REJECTED_COLUMNS.every((column, index) => names[index] === column);
  const columns = mapping.columns.map((column, index) => {
    const own = mapping.columnNames[index] ?? [column];
    return [column, names.findIndex((name) => own.includes(name))];
  });
  return {
    delimiter,
    width: names.length,
    named: names.findLastIndex((name) => name !== '') + 1,
    columns: Object.fromEntries([
      ...columns,
      ...(isCorrected ? [[VERSION_COLUMN, names.indexOf(VERSION_COLUMN)]] : []),
    ]),
    start,
    end,
    dataStart,
    isCorrected,
  };
}

/** Tells what made the header line unreadable before its names are looked at, since they would only seem to be wrong. */
function checkBytes(line: Buffer): void {
  const nul = line.indexOf(0);
  if (nul !== -1) {
    throw new InvalidExport(
      `The header line (row 1) has a NUL at its byte ${nul + 1}, which text never has: the file is binary or damaged. Allowed: CSV or JSON Lines as plain text in UTF-8. Export it once more and upload it again.`,
    );
  }
  const fault = utf8Fault(line);
  if (fault !== undefined) {
    throw new InvalidExport(`The header line (row 1) is not UTF-8 at its byte ${fault + 1}. ${OTHER_ENCODING}`);
  }
  const cr = line.findIndex((byte, index) => byte === CR && line[index + 1] !== LF);
  if (cr !== -1) {
    throw new InvalidExport(
      `The header line (row 1) has a CR without LF behind it at its byte ${cr + 1}: the lines seem to end with CR alone. Allowed: LF or CRLF. Save the export so and upload it again.`,
    );
  }
}

function candidate(
  bytes: Buffer,
  delimiter: Delimiter,
  line: { readonly start: number; readonly dataStart: number },
): Candidate {
  const [fields = []] = parse(
    bytes.subarray(line.start, line.dataStart),
    csvDialect(delimiter),
  ) as unknown as string[][];
  const names = fields.map((name) => name.trim());
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return { delimiter, names, counts, ...line };
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
  if (bytes[end - 1] !== LF) return end;
  return bytes[end - 2] === CR ? end - 2 : end - 1;
}
