import { extname } from 'node:path';
import type { ExportFormat } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { findHeader } from './header.ts';
import { MAX_HEADER_BYTES } from './limits.ts';

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_BOMS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** A text has no NUL in its first bytes; UTF-16 and binary formats do. */
const SNIFFED_BYTES = 512;
const OPEN_OBJECT = 0x7b;
const TYPES: Readonly<Record<string, ExportFormat['type']>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' };

export interface DetectedFormat {
  readonly format: ExportFormat;
  /** Offset of the first byte behind the byte order mark and the header line. */
  readonly dataStart: number;
  readonly firstRow: number;
  /** A corrected rejected CSV: `_version` says how old each row is. */
  readonly isCorrected: boolean;
}

/**
 * How the bytes of an export become records, from its beginning.
 *
 * @param head the first bytes of the export; `isWhole` if there are no more.
 * @returns undefined if more bytes are needed.
 * @throws InvalidExport if the export is empty or no UTF-8 text, or its header line does not fit the mapping.
 */
export function detectFormat(
  head: Buffer,
  isWhole: boolean,
  key: string,
  mapping: Mapping,
): DetectedFormat | undefined {
  if (!isWhole && head.length < SNIFFED_BYTES) return undefined;
  const isUtf16 = UTF16_BOMS.some((bom) => head.subarray(0, bom.length).equals(bom));
  if (isUtf16 || head.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new InvalidExport(
      'The export begins like UTF-16 or a binary file. Allowed: CSV or JSON Lines in UTF-8. Save it as "CSV UTF-8" and upload it again.',
    );
  }
  const start = head.subarray(0, UTF8_BOM.length).equals(UTF8_BOM) ? UTF8_BOM.length : 0;
  const first = head.subarray(start).find((byte) => byte > 0x20);
  if (first === undefined) {
    if (!isWhole && head.length <= MAX_HEADER_BYTES) return undefined;
    throw new InvalidExport(
      `The export is empty, or blank in its first ${MAX_HEADER_BYTES / 1e6} MB. Upload one with ${mapping.columns.length} columns or more.`,
    );
  }
  const type = TYPES[extname(key).toLowerCase()] ?? (first === OPEN_OBJECT ? 'jsonl' : 'csv');
  if (type === 'jsonl') {
    return { format: { type, encoding: 'utf-8' }, dataStart: start, firstRow: 1, isCorrected: false };
  }
  const header = findHeader(head.subarray(start), isWhole, mapping);
  if (header === undefined) return undefined;
  const { delimiter, width, columns, isCorrected } = header;
  const range = { start: start + header.start, end: start + header.end };
  return {
    format: { type, encoding: 'utf-8', delimiter, width, columns, header: range },
    dataStart: start + header.dataStart,
    firstRow: 2,
    isCorrected,
  };
}
