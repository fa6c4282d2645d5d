import { ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { exportTimeFromKey } from '../shared/mapping/export-time.ts';
import { MAX_FUTURE_MS } from '../shared/mapping/limits.ts';
import type { MappingDefinition } from '../shared/mapping/types.ts';
import type { LocatedExport } from './locate.ts';

/** Object metadata (`x-amz-meta-as-of`) that says when the data was taken. */
export const AS_OF = 'as-of';
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const SECOND_MS = 1000;

/**
 * When the data of an export was taken, in epoch ms: the object's metadata `as-of`, else the time in its key by the
 * mapping's pattern, else its LastModified.
 *
 * @throws InvalidExport if `as-of` is unreadable or the time is over a day in the future.
 */
export function exportTimeOf(
  located: Pick<LocatedExport, 'metadata' | 'lastModified'> & { readonly object: Pick<ObjectVersion, 'key'> },
  definition: MappingDefinition,
  now: number,
): number {
  const asOf = located.metadata[AS_OF];
  const time =
    asOf === undefined
      ? (exportTimeFromKey(definition, located.object.key) ?? located.lastModified.getTime())
      : checkedAsOf(asOf);
  if (time > now + MAX_FUTURE_MS) {
    throw new InvalidExport(
      `The export time, ${new Date(time).toISOString()}, is over a day in the future. It comes from the object's metadata "${AS_OF}", else from the time in its key. Correct it and upload the export again.`,
    );
  }
  return time;
}

/** Whether an export says itself when its data was taken: else its time is that of the upload. */
export function hasOwnTime(
  { metadata, object }: { readonly metadata: LocatedExport['metadata']; readonly object: Pick<ObjectVersion, 'key'> },
  definition: MappingDefinition,
): boolean {
  return metadata[AS_OF] !== undefined || exportTimeFromKey(definition, object.key) !== undefined;
}

/** Epoch ms; undefined if it is no ISO 8601 time with an offset. */
export function readAsOf(text: string): number | undefined {
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function checkedAsOf(text: string): number {
  const time = readAsOf(text);
  if (time === undefined) {
    throw new InvalidExport(
      `The object's metadata "${AS_OF}" is no time. Allowed: ISO 8601 with an offset, such as 2026-11-03T02:00:00+09:00. Correct it, or leave it out, and upload the export again.`,
    );
  }
  return time;
}

/**
 * LastModified of this version in epoch ms. S3 keeps whole seconds; the milliseconds are the number of older versions of
 * the key in the same second, so that two uploads never have the same time.
 */
export async function uploadTimeOf(s3: S3Client, { object, lastModified }: LocatedExport): Promise<number> {
  const second = Math.floor(lastModified.getTime() / SECOND_MS) * SECOND_MS;
  let older = 0;
  let isPassed = false;
  let keyMarker: string | undefined;
  let versionIdMarker: string | undefined;
  while (true) {
    const page = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: object.bucket,
        Prefix: object.key,
        KeyMarker: keyMarker,
        VersionIdMarker: versionIdMarker,
      }),
    );
    // Versions come by key, the newest first; longer keys with this prefix come after this one.
    for (const version of page.Versions ?? []) {
      const time = Math.floor((version.LastModified?.getTime() ?? 0) / SECOND_MS) * SECOND_MS;
      if (version.Key !== object.key || time < second) return second + Math.min(older, SECOND_MS - 1);
      if (isPassed) older++;
      isPassed ||= version.VersionId === object.versionId;
    }
    if (page.IsTruncated !== true) return second + Math.min(older, SECOND_MS - 1);
    keyMarker = page.NextKeyMarker;
    versionIdMarker = page.NextVersionIdMarker;
  }
}
