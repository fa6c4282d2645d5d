import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** What the calls of an upload have in common. */
export interface MultipartUpload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

interface Target extends CreateMultipartUploadCommandInput {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Makes an object of parts, each with its CRC32.
 *
 * @param sendParts sends them all; none may be under way when it ends, since a part that arrives after the abort stays.
 * @param signal ends the call that begins the upload.
 * @throws errors of `sendParts` and of S3 as they are; no part is left then.
 */
export async function uploadMultipart(
  s3: S3Client,
  target: Target,
  sendParts: (upload: MultipartUpload) => Promise<CompletedPart[]>,
  signal?: AbortSignal,
): Promise<CompleteMultipartUploadCommandOutput> {
  const create = new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32' });
  const { UploadId } = await s3.send(create, { ...(signal && { abortSignal: signal }) });
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId };
  try {
    const Parts = await sendParts(upload);
    return await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // If even this fails, the bucket's lifecycle deletes the parts.
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** Sends one part, and returns what the upload is completed with. */
export async function sendPart(
  s3: S3Client,
  upload: MultipartUpload,
  PartNumber: number,
  Body: Uint8Array,
  signal?: AbortSignal,
): Promise<CompletedPart> {
  const part = new UploadPartCommand({ ...upload, PartNumber, Body });
  const { ETag, ChecksumCRC32 } = await s3.send(part, { ...(signal && { abortSignal: signal }) });
  return { PartNumber, ETag, ChecksumCRC32 };
}
