/** Source time, export time, upload time (epoch milliseconds) and row: the newest is the greatest. */
export type Version = readonly [sourceTime: number, exportTime: number, uploadTime: number, row: number];

/** Negative if `a` is older, 0 if neither is. */
export function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((part, index) => part !== b[index]);
  return place === -1 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}

export function isOlder(a: Version, b: Version): boolean {
  return compare(a, b) < 0;
}

export function newest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compare).at(-1);
}

export function oldest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compare)[0];
}
