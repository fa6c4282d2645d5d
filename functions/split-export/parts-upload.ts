import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { type MultipartUpload, sendPart, uploadMultipart } from '../shared/multipart-upload.ts';

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
  const { ETag = '' } = await uploadMultipart(s3, target, (upload) => sendInTurn(s3, upload, blocks));
  return ETag.replaceAll('"', '');
}

async function sendInTurn(
  s3: S3Client,
  upload: MultipartUpload,
  blocks: AsyncIterable<Buffer>,
): Promise<CompletedPart[]> {
  const sent: CompletedPart[] = [];
  let sending: Promise<CompletedPart> | undefined;
  try {
    for await (const part of inParts(blocks)) {
      if (sending) sent.push(await sending);
      sending = sendPart(s3, upload, sent.length + 1, part);
      // It is awaited when the next part is full.
      sending.catch(() => undefined);
    }
    if (sending) sent.push(await sending);
    return sent;
  } finally {
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
