import type { Encoding } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { MAX_RECORD_BYTES } from '../shared/export/jsonl-boundaries.ts';
import { ENCODING_NAMES } from './encoding.ts';

export const OTHER_ENCODING =
  'Save the export as "CSV UTF-8", or name its encoding in the mapping (exports.encoding), and upload it again.';

/** Positions are counted from 0, and told from 1. */
function byteWords(position: number, isCopy: boolean): string {
  return `byte ${position + 1} of ${isCopy ? 'its text in UTF-8' : 'the file'}`;
}

/**
 * Faults in the rows of an export that leave no telling what the rows behind are. Positions are those of a byte in the
 * export, from 0.
 */
export function notUtf8(row: number, position: number, isCopy = false): InvalidExport {
  return new InvalidExport(
    `The export is not UTF-8: row ${row} has a byte that belongs to no character, ${byteWords(position, isCopy)}. ${OTHER_ENCODING}`,
  );
}

export function notInEncoding(encoding: Encoding, row: number, position: number): InvalidExport {
  const name = ENCODING_NAMES[encoding];
  return new InvalidExport(
    `The export is not ${name}: row ${row} has a byte that belongs to no character, ${byteWords(position, false)}. It was read as ${name} because ${encoding.startsWith('utf-16') ? 'it begins with its byte order mark' : 'the mapping says so (exports.encoding)'}. Correct the ${encoding.startsWith('utf-16') ? 'export' : 'mapping'}, or save the export as "CSV UTF-8", and upload it again.`,
  );
}

export function misread(encoding: Encoding, likely: Encoding): InvalidExport {
  return new InvalidExport(
    `The mapping says that exports are ${ENCODING_NAMES[encoding]} (exports.encoding), but every letter of this one is ${ENCODING_NAMES[likely]}: read as ${ENCODING_NAMES[encoding]} it would have wrong letters. Correct the mapping, or export in ${ENCODING_NAMES[encoding]}, and upload the export again.`,
  );
}

export function hasNul(row: number, position: number, isCopy = false): InvalidExport {
  return new InvalidExport(
    `Row ${row} has a NUL, ${byteWords(position, isCopy)}, which text never has: the file is binary or damaged. Export it once more and upload it again.`,
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
