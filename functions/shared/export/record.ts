import type { Rejection } from '../rejection.ts';

/** One record of an export, as read: nothing is mapped or normalised yet. */
export interface ExportRecord {
  /** The first data row of a CSV is row 2; the first record of a JSON Lines export is row 1. Blank lines are no records. */
  readonly row: number;
  /** Raw values in the order of `mapping.columns`; '' where the record has none. */
  readonly values: readonly string[];
  /** The record as it was, for the rejected file: all fields of a CSV row, or the line of a JSON Lines export. */
  readonly raw: readonly string[] | string;
  /** Of a corrected rejected file (`_version`): the place of the original record in the total order of versions. */
  readonly original?: { readonly exportTime: number; readonly uploadTime: number; readonly row: number };
  /** Set if the record could not be read as one (`RAGGED_ROW`, `NOT_JSON`, `NOT_SCALAR`, `TWO_NAMES`, `BAD_VERSION`); its values then count for nothing. */
  readonly fault?: Rejection;
}
