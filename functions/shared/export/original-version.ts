import type { Rejection } from '../rejection.ts';
import type { ExportRecord } from './record.ts';

/** What a rejected file has before the record's own fields. A corrected file begins with them too. */
export const REJECTED_COLUMNS = ['_row', '_code', '_reason', '_version'] as const;

export const VERSION_COLUMN = '_version';

const ORIGINAL_VERSION = /^([^/]+)\/([^/]+)\/(\d{1,15})$/;
const ISO_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

type Original = NonNullable<ExportRecord['original']>;

/** A row with this fault keeps an unreadable `_version` in the next rejected file, so that it never passes for new data. */
export const UNREADABLE_VERSION: Rejection = {
  code: 'BAD_VERSION',
  reason:
    'The _version value is not the one of the rejected file (export time/upload time/row). Take it over unchanged, or leave it empty if this is new data.',
};

/**
 * Reads `_version` of a corrected rejected file, as formatOriginalVersion wrote it. An empty one is of a row that was
 * added by hand: it has the version of its upload. Any other that can't be read makes the row faulty, since a
 * correction of unknown age might overwrite newer data.
 */
export function readOriginalVersion(text: string): { readonly original?: Original; readonly fault?: Rejection } {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const [, exportText = '', uploadText = '', rowText = ''] = ORIGINAL_VERSION.exec(trimmed) ?? [];
  const exportTime = isoTime(exportText);
  const uploadTime = isoTime(uploadText);
  if (exportTime === undefined || uploadTime === undefined) return { fault: UNREADABLE_VERSION };
  return { original: { exportTime, uploadTime, row: Number(rowText) } };
}

function isoTime(text: string): number | undefined {
  const time = ISO_UTC.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
