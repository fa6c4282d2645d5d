import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, type GetObjectCommandInput, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { httpStatus } from '../../functions/shared/transient.ts';

const FORBIDDEN = 403;
const NOT_FOUND = 404;
/** Of conditional requests: the object is another one, or is just being written. */
const CHANGED = [409, 412];

export interface OpenObject {
  readonly bytes: Readable;
  readonly etag: string;
  readonly contentType: string | undefined;
  /** Epoch milliseconds, in whole seconds. */
  readonly lastModified: number;
  /** Set if the bucket keeps versions. */
  readonly versionId: string | undefined;
}

/** Undefined if there is no such object or version, or it is not the one of IfMatch any more. */
export async function openObject(s3: S3Client, input: GetObjectCommandInput): Promise<OpenObject | undefined> {
  try {
    const answer = await s3.send(new GetObjectCommand(input));
    const { Body, ETag: etag = '', ContentType: contentType, VersionId, LastModified = new Date(0) } = answer;
    if (!(Body instanceof Readable)) throw new TypeError('GetObject answered without a stream.');
    // S3 says so of what was written before the bucket kept versions.
    const versionId = VersionId === 'null' ? undefined : VersionId;
    return { bytes: Body, etag, contentType, lastModified: LastModified.getTime(), versionId };
  } catch (error) {
    if (isGone(error) || isChanged(error) || (isForbidden(error) && (await isAbsent(s3, input)))) return undefined;
    throw error;
  }
}

/**
 * Whether an object that was forbidden is not there: S3 says so of a missing one to who may not list the whole bucket, and operators
 * may list it below a prefix only.
 *
 * @returns false also if the list is refused.
 */
export async function isAbsent(
  s3: S3Client,
  { Bucket, Key }: Pick<GetObjectCommandInput, 'Bucket' | 'Key'>,
): Promise<boolean> {
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
    return Contents[0]?.Key !== Key;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

/** Of a conditional request, for an object that somebody else has changed. */
export function isChanged(error: unknown): boolean {
  return error instanceof Error && CHANGED.includes(httpStatus(error) ?? 0);
}

export function isGone(error: unknown): boolean {
  return error instanceof Error && httpStatus(error) === NOT_FOUND && error.name !== 'NoSuchBucket';
}

export function isForbidden(error: unknown): boolean {
  return error instanceof Error && httpStatus(error) === FORBIDDEN;
}

/** The whole object, for small ones; undefined if there is none. */
export async function textOf(s3: S3Client, input: GetObjectCommandInput): Promise<string | undefined> {
  const object = await openObject(s3, input);
  return object && text(object.bytes);
}
