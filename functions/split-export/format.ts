import { extname } from 'node:path';
import type { ExportFormat } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { unpackedName } from '../shared/export/export-suffixes.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { findHeader } from './header.ts';
import { MAX_HEADER_BYTES } from './limits.ts';

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
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
 * How the text of an export becomes records, from its beginning.
 *
 * @param head the first bytes of the text; `isWhole` if there are no more.
 * @returns undefined if more bytes are needed.
 * @throws InvalidExport if the export is empty, or its header line does not fit the mapping.
 */
export function detectFormat(
  head: Buffer,
  isWhole: boolean,
  key: string,
  mapping: Mapping,
): DetectedFormat | undefined {
  const start = head.subarray(0, UTF8_BOM.length).equals(UTF8_BOM) ? UTF8_BOM.length : 0;
  const first = head.subarray(start).find((byte) => byte > 0x20);
  if (first === undefined) {
    if (!isWhole && head.length <= MAX_HEADER_BYTES) return undefined;
    throw new InvalidExport(
      `The export is ${isWhole ? 'empty' : `blank in its first ${MAX_HEADER_BYTES / 1e6} MB`}. Allowed: a CSV that begins with its header line (a night without rows has that line alone), or JSON Lines with one object or more. Upload it again.`,
    );
  }
  const type = TYPES[extname(unpackedName(key)).toLowerCase()] ?? (first === OPEN_OBJECT ? 'jsonl' : 'csv');
  if (type === 'jsonl') {
    if (first === OPEN_ARRAY) {
      throw new InvalidExport(
        'The export begins with "[" (row 1), as one JSON array does. JSON Lines has one object per line, without brackets around them and commas between them. Write it so and upload it again.',
      );
    }
    return { format: { type, encoding: 'utf-8' }, dataStart: start, firstRow: 1, isCorrected: false };
  }
  const header = findHeader(head.subarray(start), isWhole, mapping);
  if (header === undefined) return undefined;
  const { delimiter, width, named, columns, isCorrected } = header;
  const range = { start: start + header.start, end: start + header.end };
  return {
    format: {
      type,
      encoding: 'utf-8',
      delimiter,
      width,
      ...(named < width && { named }),
      columns,
      header: range,
    },
    dataStart: start + header.dataStart,
    firstRow: 2,
    isCorrected,
  };
}
