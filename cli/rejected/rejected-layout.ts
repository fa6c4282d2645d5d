import type { ExportFormat } from '../../functions/shared/contracts.ts';
import { REJECTED_COLUMNS, VERSION_COLUMN } from '../../functions/shared/export/original-version.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';

/** How rejected files are written; a corrected one may have another. */
const DELIMITER = ',';

/** How the bytes of a rejected file, or of a corrected one, become lines. */
export type RejectedLayout =
  | {
      readonly type: 'csv';
      readonly delimiter: string;
      /**
       * Position of the customer key's column in a line: the files of chunks have no header line that tells. Undefined if there is no
       * such column, since another one held the key when the run was made, or nobody knows.
       */
      readonly keyAt: 'by the header line' | number | undefined;
    }
  | { readonly type: 'jsonl' };

/** Of the rejected file of a whole run. */
export function wholeLayout(type: ExportFormat['type']): RejectedLayout {
  return type === 'csv' ? { type, delimiter: DELIMITER, keyAt: 'by the header line' } : { type };
}

/** Of the files of a run's chunks. @param columns of the export; undefined if they are not known any more. */
export function chunkLayout(
  { type, columns = {} }: Pick<ExportFormat, 'type' | 'columns'>,
  mapping: Mapping,
): RejectedLayout {
  if (type === 'jsonl') return { type };
  const position = columns[keyColumnOf(mapping)];
  // In a corrected rejected file the positions count the leading columns already.
  const leading = VERSION_COLUMN in columns ? 0 : REJECTED_COLUMNS.length;
  return { type, delimiter: DELIMITER, keyAt: position === undefined ? undefined : position + leading };
}

/** The name of the column with the customer key. */
export function keyColumnOf({ columns, keyColumn }: Mapping): string {
  return columns[keyColumn] ?? '';
}
