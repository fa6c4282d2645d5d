import { basename } from 'node:path';
import { InvalidExport } from '../shared/errors.ts';

/** `customers-part-2.csv`, `part0003.csv.gz`, `customers_2of5.csv`: names by which one of several files says so. */
const PART = /(?<![a-z])part[-_. ]?\d|\d[-_. ]?of[-_. ]?\d/i;

/**
 * A full export holds back what older ones would still send (see FullExports). Parts of one night whose times are those of their uploads would
 * hold back each other, and their rows would be lost as stale.
 *
 * @param hasOwnTime whether the time is not that of the upload, so that it may be the same for all parts.
 * @throws InvalidExport if the name says that the export is a part.
 */
export function refusePart(key: string, hasOwnTime: boolean): void {
  const part = hasOwnTime ? undefined : PART.exec(basename(key))?.[0];
  if (part === undefined) return;
  throw new InvalidExport(
    `The name of the export says that it is a part ("${part}"), and the mapping says that each export is full: every customer in one file. A later part would hold back the rows of this one. Let the mapping say "changes" (exports.contains), or give all parts of a night one time: by a date in the key (exports.timeInKey) or by the metadata "as-of". Then upload it again.`,
  );
}
