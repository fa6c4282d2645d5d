import type { ExportRecord } from '../export/record.ts';
import type { RejectedFrom } from '../export/rejected.ts';
import { type Outcome, type RecordToSync, STALE } from './outcome.ts';

/**
 * The outcome of a record that the export alone decides; undefined if it is to be synced.
 *
 * @param superseded row numbers of the chunk whose key comes again.
 */
export function outcomeByExport(record: ExportRecord, superseded: ReadonlySet<number>): Outcome | undefined {
  if (superseded.has(record.row)) return STALE;
  return record.fault && { kind: 'rejected', rejection: record.fault };
}

/** A corrected record keeps its place in the order of versions, all others have that of their export. */
export function recordToSync({ row, values, original }: ExportRecord, from: RejectedFrom): RecordToSync {
  return { row, values, version: original ?? { ...from, row } };
}
