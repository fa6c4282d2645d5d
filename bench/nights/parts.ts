import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** An export in so many files of about the same number of rows, each with the header. */
export function partsOf(csv: string, parts: number): string[] {
  const [header = [], ...rows] = rowsOf(csv);
  const rowsPerPart = Math.ceil(rows.length / parts);
  return Array.from({ length: parts }, (_, part) =>
    toCsv([header, ...rows.slice(part * rowsPerPart, (part + 1) * rowsPerPart)]),
  );
}

/** All rows, ragged ones as they are. */
export const rowsOf = (csv: string): string[][] => parse(csv, { relax_column_count: true });
export const toCsv = (rows: readonly (readonly string[])[]): string => stringify([...rows]);
