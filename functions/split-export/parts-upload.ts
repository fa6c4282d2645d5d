import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/**
 * The least that S3 takes as a part before the last; 10,000 of them have 52 GB.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html, read 2026-11.
 */
const PART_BYTES = 5 * 1024 * 1024;

interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

/**
 * Makes an object of bytes that come one after the other, in the memory of two parts: one is filled while the other is sent.
 * lib-storage's Upload takes new memory for each part, which adds up to 70 MB before it is collected.
 *
 * @returns the object's ETag, without quotes.
 * @throws errors of `blocks` and of S3 as they are; no object is made then.
 */
export async function uploadParts(s3: S3Client, target: Target, blocks: AsyncIterable<Buffer>): Promise<string> {
  const { Bucket, Key } = target;
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32' }));
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts = await sendParts(s3, upload, blocks);
    const { ETag = '' } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    return ETag.replaceAll('"', '');
  } catch (error) {
    // If even this fails, the bucket's lifecycle deletes the parts.
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function sendParts(
  s3: S3Client,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  blocks: AsyncIterable<Buffer>,
): Promise<CompletedPart[]> {
  const sent: CompletedPart[] = [];
  let sending: Promise<CompletedPart> | undefined;
  const send = async (PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
    const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    return { PartNumber, ETag, ChecksumCRC32 };
  };
  try {
    for await (const part of inParts(blocks)) {
      if (sending) sent.push(await sending);
      sending = send(sent.length + 1, part);
      // It is awaited when the next part is full.
      sending.catch(() => undefined);
    }
    if (sending) sent.push(await sending);
    return sent;
  } finally {
    // [a part that arrives after the abort stays] None is under way when this ends.
    await sending?.catch(() => undefined);
  }
}

/** Full parts, and the rest; at least one. Each is overwritten when the next but one is asked for. */
async function* inParts(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [part, other] = [Buffer.allocUnsafeSlow(PART_BYTES), Buffer.allocUnsafeSlow(PART_BYTES)];
  let filled = 0;
  let isFirst = true;
  for await (const block of blocks) {
    for (let at = 0; at < block.length; ) {
      const copied = block.copy(part, filled, at);
      at += copied;
      filled += copied;
      if (filled < PART_BYTES) continue;
      yield part;
      isFirst = false;
      [part, other] = [other, part];
      filled = 0;
    }
  }
  if (filled > 0 || isFirst) yield part.subarray(0, filled);
}
