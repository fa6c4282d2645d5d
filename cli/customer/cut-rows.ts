import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Upload } from '@aws-sdk/lib-storage';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { isChanged, isGone, openObject } from '../connect/s3-object.ts';
import { type FoundLine, UnreadableFile } from '../rejected/rejected-lines.ts';

/** Bytes `[start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the rows of a customer are, in their order. @throws UnreadableFile if nobody can tell of a row whose it is. */
export async function rangesOf(lines: AsyncIterable<FoundLine>, customerKey: string): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  for await (const line of lines) {
    const isOf = line.isOf(customerKey);
    if (isOf === undefined) throw new UnreadableFile('The file has rows without the column of the customer key.');
    if (isOf) ranges.push({ start: line.start, end: line.end });
  }
  return ranges;
}

/** All other bytes as they are. @param ranges in ascending order. */
export async function* without(
  bytes: AsyncIterable<Uint8Array>,
  ranges: readonly ByteRange[],
): AsyncGenerator<Uint8Array> {
  let next = 0;
  let offset = 0;
  for await (const block of bytes) {
    let from = 0;
    for (let range = ranges[next]; range && range.start < offset + block.length; range = ranges[next]) {
      const until = Math.max(range.start - offset, 0);
      if (until > from) yield block.subarray(from, until);
      from = Math.min(range.end - offset, block.length);
      if (range.end > offset + block.length) break;
      next += 1;
    }
    if (from < block.length) yield block.subarray(from);
    offset += block.length;
  }
}

/** Writes an object of the run bucket again without these rows. Returns false if somebody else has changed it since it was read. */
export async function cutFromObject(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  { key, etag }: { readonly key: string; readonly etag: string },
  ranges: readonly ByteRange[],
): Promise<boolean> {
  const Bucket = outputs.RunBucketName;
  const object = await openObject(s3, { Bucket, Key: key, IfMatch: etag });
  if (!object) return false;
  const { bytes, contentType: ContentType } = object;
  const Body = Readable.from(without(bytes, ranges), { objectMode: false });
  const params = { Bucket, Key: key, Body, IfMatch: etag, ...(ContentType && { ContentType }) };
  try {
    await new Upload({ client: s3, params }).done();
    return true;
  } catch (error) {
    if (isChanged(error) || isGone(error)) return false;
    throw error;
  }
}

/** Writes a file of this machine again without these rows. */
export async function cutFromFile(path: string, ranges: readonly ByteRange[]): Promise<void> {
  const shortened = `${path}.shortened`;
  await pipeline(without(createReadStream(path), ranges), createWriteStream(shortened, { mode: 0o600 }));
  await rename(shortened, path);
}
