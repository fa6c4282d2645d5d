import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Chunk, ObjectVersion } from '../shared/contracts.ts';
import { ExportChanged } from '../shared/errors.ts';
import { httpStatus } from '../shared/transient.ts';

/**
 * The bytes of a chunk, of exactly the version that the run was split from.
 *
 * @throws ExportChanged if that version is gone or the object was replaced.
 */
export async function readChunk(s3: S3Client, source: ObjectVersion, { start, end }: Chunk): Promise<Readable> {
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({
        Bucket: source.bucket,
        Key: source.key,
        Range: `bytes=${start}-${end - 1}`,
        IfMatch: `"${source.etag}"`,
        ...(source.versionId && { VersionId: source.versionId }),
      }),
    );
    return Body as Readable;
  } catch (error) {
    const status = error instanceof Error ? httpStatus(error) : undefined;
    // 405 answers a delete marker.
    if (status === 404 || status === 405 || status === 412) {
      throw new ExportChanged(
        'The version of the export that this run was split from was deleted or replaced. Upload the export again: rows that were already synced cost no call.',
        { cause: error },
      );
    }
    throw error;
  }
}
