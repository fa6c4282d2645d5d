/**
 * The place of a record in the total order of all that was ever said about its customer.
 *
 * Source time is the record's own `updatedAt` if the mapping names one, else the export time. The rule that made it is
 * kept beside it: entries written under another rule are compared by export time only, since their source times do not
 * mean the same.
 */
export interface Version {
  /** Epoch milliseconds. */
  readonly sourceTime: number;
  readonly exportTime: number;
  readonly uploadTime: number;
  /** 0 for a live event. */
  readonly row: number;
  /** `exportTime`, or `updatedAt:<column>`. */
  readonly rule: string;
}

export function sourceTimeRule(updatedAtColumn: string | undefined): string {
  return updatedAtColumn === undefined ? 'exportTime' : `updatedAt:${updatedAtColumn}`;
}

/** Negative if `a` is older than `b`, 0 if neither is older, positive if `a` is newer. */
export function compareVersions(a: Version, b: Version): number {
  if (a.rule !== b.rule) return a.exportTime - b.exportTime;
  return a.sourceTime - b.sourceTime || a.exportTime - b.exportTime || a.uploadTime - b.uploadTime || a.row - b.row;
}

export function isOlder(a: Version, b: Version): boolean {
  return compareVersions(a, b) < 0;
}

/** What goes into `_version` of a rejected row: export time, upload time and row; source time is read from the row. */
export function formatOriginalVersion(version: Pick<Version, 'exportTime' | 'uploadTime' | 'row'>): string {
  return `${new Date(version.exportTime).toISOString()}/${new Date(version.uploadTime).toISOString()}/${version.row}`;
}
