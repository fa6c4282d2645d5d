import type { ExportFormat } from '../shared/contracts.ts';
import { jsonRecordReader } from '../shared/export/json-record.ts';
import { JsonlBoundaries } from '../shared/export/jsonl-boundaries.ts';
import { readOriginalVersion, UNREADABLE_VERSION, VERSION_COLUMN } from '../shared/export/original-version.ts';
import type { ExportRecord } from '../shared/export/record.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { BlockText } from './block-text.ts';
import { CsvBoundaries } from './csv-boundaries.ts';
import { csvFieldText } from './csv-field.ts';
import { JsonFields } from './json-fields.ts';

/** Called with the byte range `[start, end)` of each record, newline included; the scanner then answers for it. */
export type OnRecord = (start: number, end: number) => void;

/** Finds the records of an export in a stream of blocks, and reads of each what tells repeated keys apart. */
export interface RecordScanner {
  write(block: Buffer): void;
  /** Returns false if the export ends within a quoted field. */
  end(): boolean;
  /** Bytes so far of the record that has not ended yet. */
  begunBytes(): number;
  /** False if none of the lines so far could be a record: then the export is something else. */
  foundRecord(): boolean;
  /** Raw values of the current record; '' where it has none. */
  keyText(): string;
  updatedAtText(): string;
  deletesText(): string;
  /** Of a corrected rejected row; `isReadable` is false if its `_version` is there but unreadable. */
  original(): { readonly isReadable: boolean; readonly original?: ExportRecord['original'] };
}

const NO_ORIGINAL = { isReadable: true } as const;

/** @param offset of the first byte behind the header line. */
export function csvScanner(format: ExportFormat, mapping: Mapping, offset: number, onRecord: OnRecord): RecordScanner {
  const { columns = {}, delimiter = ',' } = format;
  const positionOf = (column: number | undefined): number => columns[mapping.columns[column ?? -1] ?? ''] ?? -1;
  const key = positionOf(mapping.keyColumn);
  const updatedAt = positionOf(mapping.updatedAtColumn);
  const deletes = positionOf(mapping.deletesColumn);
  const version = columns[VERSION_COLUMN] ?? -1;

  const wanted = [...new Set([key, updatedAt, deletes, version])].filter((one) => one >= 0).sort((a, b) => a - b);
  const boundaries = new CsvBoundaries({ delimiter: delimiter.charCodeAt(0), wanted, offset, onRecord });
  const blockText = new BlockText();
  const reader = (column: number) => {
    const field = boundaries.fields[wanted.indexOf(column)];
    return () => (field?.present ? csvFieldText(blockText, field.bytes, field.start, field.end) : '');
  };
  const versionText = reader(version);
  return {
    write: (block) => boundaries.write(block),
    end: () => boundaries.end(),
    begunBytes: () => boundaries.begunBytes,
    foundRecord: () => true,
    keyText: reader(key),
    updatedAtText: reader(updatedAt),
    deletesText: reader(deletes),
    original() {
      if (version < 0) return NO_ORIGINAL;
      const { fault, original } = readOriginalVersion(versionText());
      return { isReadable: fault === undefined, ...(original && { original }) };
    },
  };
}

/** A line that the fast reader leaves alone is read as the worker reads it. */
export function jsonlScanner(mapping: Mapping, offset: number, onRecord: OnRecord): RecordScanner {
  const { columns, columnNames, keyColumn, updatedAtColumn = keyColumn, deletesColumn } = mapping;
  const indexes = [keyColumn, updatedAtColumn, ...(deletesColumn === undefined ? [] : [deletesColumn])];
  const wanted = indexes.map((column) => columns[column] ?? '');
  // The fast reader knows one name of each: with more, each line costs as much as a worker pays for it.
  const isFast = indexes.every((column) => columnNames[column]?.length === 1);
  const fields = new JsonFields(wanted, VERSION_COLUMN);
  const read = jsonRecordReader(mapping);
  /** Set for a line that the fast reader left alone. */
  let record: ExportRecord | undefined;
  let foundRecord = false;
  const boundaries = new JsonlBoundaries({
    offset,
    onRecord(start, end, bytes, from, to) {
      record = isFast && fields.read(bytes, from, to) ? undefined : read(bytes.toString('utf8', from, to), 0);
      foundRecord ||= record?.fault?.code !== 'NOT_JSON' || record.original !== undefined;
      onRecord(start, end);
    },
  });
  return {
    write: (block) => boundaries.write(block),
    end() {
      boundaries.end();
      return true;
    },
    begunBytes: () => boundaries.begunBytes,
    foundRecord: () => foundRecord,
    keyText: () => (record === undefined ? fields.text(0) : (record.values[keyColumn] ?? '')),
    updatedAtText: () => (record === undefined ? fields.text(1) : (record.values[updatedAtColumn] ?? '')),
    deletesText: () => (record === undefined ? fields.text(2) : (record.values[deletesColumn ?? -1] ?? '')),
    original() {
      if (record?.original !== undefined) return { isReadable: true, original: record.original };
      return record?.fault === UNREADABLE_VERSION ? { isReadable: false } : NO_ORIGINAL;
    },
  };
}
