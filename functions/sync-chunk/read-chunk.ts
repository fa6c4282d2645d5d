import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Chunk, ObjectVersion } from '../shared/contracts.ts';
import { ExportChanged } from '../shared/errors.ts';
import { httpStatus } from '../shared/transient.ts';

/** So that records are read as they are needed, and not all at once. */
const PIECE_BYTES = 65_536;

/**
 * The bytes of a chunk, of exactly the version that the run was split from. All of them before the first call: S3 does
 * not keep a connection for the minutes that a worker needs for them.
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
    return Readable.from(inPieces(await buffer(Body as Readable)));
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

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
