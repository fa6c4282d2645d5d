import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type CompletedPart, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type MultipartUpload, sendPart, uploadMultipart } from '../../functions/shared/multipart-upload.ts';
import { UserError } from '../user-error.ts';
import type { UploadTarget } from './upload-target.ts';

/**
 * A file of up to so many bytes is sent by one call, a larger one in parts of this size. An upload has up to 10,000 parts,
 * so that 84 GB fit. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html, read 2026-11.
 */
export const PART_BYTES = 8 * 1024 * 1024;
/** Parts in memory at once. */
const PARTS_AT_ONCE = 4;

interface UploadOptions {
  /** Aborted: the upload throws, unless the call that makes the object is under way: that one might arrive all the same. */
  readonly signal: AbortSignal;
  /** Called with the bytes sent so far. */
  readonly onProgress: (bytes: number) => void;
  /** Called before the call that makes the object: if that one fails, the object may be there all the same. */
  readonly onLastCall?: () => void;
}

/** A file as it was when its upload began. */
interface OpenFile {
  readonly path: string;
  readonly file: FileHandle;
  readonly found: Stats;
}

/**
 * Uploads a file with flat memory. Unlike lib-storage's Upload it goes on with no other part once one is lost, and has
 * deleted all parts before it throws.
 *
 * @returns the version id of the object; undefined on a bucket without versions.
 * @throws UserError if the file changes meanwhile: half of it would be that of yesterday; no object is made then.
 */
export async function uploadFile(
  s3: S3Client,
  path: string,
  target: UploadTarget,
  options: UploadOptions,
): Promise<string | undefined> {
  const file = await open(path);
  try {
    const found = await file.stat();
    const send = found.size <= PART_BYTES ? putWhole : putParts;
    return await send(s3, { path, file, found }, target, options);
  } finally {
    await file.close();
  }
}

async function putWhole(
  s3: S3Client,
  open: OpenFile,
  target: UploadTarget,
  { signal, onProgress, onLastCall }: UploadOptions,
): Promise<string | undefined> {
  const content = await open.file.readFile();
  await checkUnchanged(open);
  signal.throwIfAborted();
  onLastCall?.();
  const versionId = await putContent(s3, content, target);
  onProgress(content.length);
  return versionId;
}

/** Makes an object by one call; returns as `uploadFile`. */
export async function putContent(
  s3: S3Client,
  content: Uint8Array,
  { bucket, key, metadata }: UploadTarget,
): Promise<string | undefined> {
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, Metadata: metadata, Body: content });
  const { VersionId } = await s3.send(put);
  return VersionId;
}

async function checkUnchanged({ path, file, found }: OpenFile): Promise<void> {
  const { size, mtimeMs } = await file.stat();
  if (size === found.size && mtimeMs === found.mtimeMs) return;
  throw new UserError(`${path} changed while it was uploaded. Nothing was synced; upload it once it is written.`);
}

async function putParts(
  s3: S3Client,
  open: OpenFile,
  { bucket, key, metadata }: UploadTarget,
  options: UploadOptions,
): Promise<string | undefined> {
  const target = { Bucket: bucket, Key: key, Metadata: metadata };
  const sendAll = async (upload: MultipartUpload): Promise<CompletedPart[]> => {
    const parts = await sendParts(s3, open.file, upload, open.found.size, options);
    await checkUnchanged(open);
    options.signal.throwIfAborted();
    options.onLastCall?.();
    return parts;
  };
  const { VersionId } = await uploadMultipart(s3, target, sendAll, options.signal);
  return VersionId;
}

async function sendParts(
  s3: S3Client,
  file: FileHandle,
  upload: MultipartUpload,
  bytes: number,
  { signal, onProgress }: UploadOptions,
): Promise<CompletedPart[]> {
  const lost = new AbortController();
  const abortSignal = AbortSignal.any([signal, lost.signal]);
  const sent: CompletedPart[] = [];
  let next = 0;
  let sentBytes = 0;
  const sendSome = async (): Promise<void> => {
    for (let start = next; start < bytes; start = next) {
      next = start + PART_BYTES;
      const body = Buffer.alloc(Math.min(PART_BYTES, bytes - start));
      await file.read(body, 0, body.length, start);
      sent.push(await sendPart(s3, upload, start / PART_BYTES + 1, body, abortSignal));
      sentBytes += body.length;
      onProgress(sentBytes);
    }
  };
  const errors: unknown[] = [];
  const workers = Array.from({ length: PARTS_AT_ONCE }, () =>
    sendSome().catch((error: unknown) => {
      errors.push(error);
      lost.abort();
    }),
  );
  await Promise.all(workers);
  // The first one; the others were aborted for its sake.
  if (errors.length > 0) throw errors[0];
  return sent.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}
