import { InvalidExport } from '../shared/errors.ts';
import { MAX_RECORD_BYTES } from '../shared/export/jsonl-boundaries.ts';

/**
 * Faults in the rows of an export that leave no telling what the rows behind are. Positions are those of a byte in the
 * file, from 0; messages count from 1.
 */
export function notUtf8(row: number, position: number): InvalidExport {
  return new InvalidExport(
    `The export is not UTF-8: row ${row} has a byte that belongs to no character, byte ${position + 1} of the file. Save the export as "CSV UTF-8" and upload it again.`,
  );
}

export function hasNul(row: number, position: number): InvalidExport {
  return new InvalidExport(
    `Row ${row} has a NUL, byte ${position + 1} of the file, which text never has: the file is binary or damaged. Export it once more and upload it again.`,
  );
}

export function openQuote(row: number): InvalidExport {
  return new InvalidExport(
    `Row ${row} has a quote that is never closed. Close it, or double a quote within a value, and upload the export again.`,
  );
}

export function tooLong(row: number): InvalidExport {
  return new InvalidExport(
    `Row ${row} is longer than ${MAX_RECORD_BYTES / 1e6} MB, the most that one record may have. Most likely a quote is never closed or a newline is missing; correct it and upload the export again.`,
  );
}

/** Something else than JSON Lines. Where some lines are objects, the others are rejected one by one. */
export function noJsonLines(lines: number): InvalidExport {
  const none = lines === 1 ? 'The one line of the export is no' : `None of the ${lines} lines of the export is a`;
  return new InvalidExport(
    `${none} JSON object. JSON Lines has one object per line, and lines that end with LF or CRLF; a CSV must be named .csv. Correct it and upload it again.`,
  );
}
