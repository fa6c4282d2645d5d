import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectVersion, SplitExportInput } from '../shared/contracts.ts';
import { ExportChanged, InvalidExport } from '../shared/errors.ts';
import { httpStatus } from '../shared/transient.ts';

const FORBIDDEN = 403;
const NOT_FOUND = 404;

export interface LocatedExport {
  /** Pinned: the newest version, if the input names none. */
  readonly object: ObjectVersion & { readonly versionId: string };
  readonly bytes: number;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Finds the export that an event or a manual start names. AWS does not document whether the key of an event is
 * URL-encoded: it is tried as it is, then decoded.
 *
 * @throws ExportChanged if the named version is gone; InvalidExport if there is no such object, it may not be read, or its bucket keeps
 * no versions.
 */
export async function locateExport(
  s3: S3Client,
  { bucket, key, versionId }: Pick<SplitExportInput, 'bucket' | 'key' | 'versionId'>,
): Promise<LocatedExport> {
  for (const candidate of new Set([key, decodedKey(key)])) {
    const head = await headObject(s3, { Bucket: bucket, Key: candidate, VersionId: versionId });
    if (head !== undefined) {
      return {
        object: {
          bucket,
          key: candidate,
          versionId: versionId ?? versionOf(head, bucket),
          etag: (head.ETag ?? '').replaceAll('"', ''),
        },
        bytes: head.ContentLength ?? 0,
        lastModified: head.LastModified ?? new Date(0),
        metadata: head.Metadata ?? {},
      };
    }
  }
  if (versionId !== undefined) {
    throw new ExportChanged(
      `Version ${versionId} of s3://${bucket}/${key} is gone or may not be read. Upload the export again.`,
    );
  }
  throw new InvalidExport(
    `There is no object s3://${bucket}/${key}, or it may not be read. Check bucket and key, and upload the export there.`,
  );
}

/** Without versions, an export that is replaced would be read half from the one and half from the other. */
function versionOf({ VersionId }: HeadObjectCommandOutput, bucket: string): string {
  if (VersionId !== undefined) return VersionId;
  throw new InvalidExport(
    `The bucket ${bucket} keeps no versions, so an export could be replaced while its run reads it. Switch its versioning on and upload the export again.`,
  );
}

/** Undefined if there is no such object; S3 says 403 for that to callers that may not list the bucket. */
async function headObject(
  s3: S3Client,
  input: { Bucket: string; Key: string; VersionId: string | undefined },
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3.send(new HeadObjectCommand(input));
  } catch (error) {
    const status = error instanceof Error ? httpStatus(error) : undefined;
    if (status === NOT_FOUND || status === FORBIDDEN) return undefined;
    throw error;
  }
}

/** The key as it is if the event has it URL-encoded. */
export function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // A per cent sign that encodes nothing: the key is as it is.
    return key;
  }
}
