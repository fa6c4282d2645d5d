import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Chunk } from '../shared/contracts.ts';
import type { ScannedExport } from './export-scan.ts';

/** Bytes of lines that are handed to the upload at once. */
const BLOCK_BYTES = 64 * 1024;

/** Writes chunks.jsonl, one line per chunk, and returns their number. */
export async function writeChunks(
  s3: S3Client,
  target: { readonly bucket: string; readonly key: string },
  scanned: ScannedExport,
  workers: number,
): Promise<number> {
  let chunks = 0;
  async function* blocks(): AsyncGenerator<Buffer> {
    let lines = '';
    for (const chunk of chunksOf(scanned, workers)) {
      chunks++;
      lines += `${JSON.stringify(chunk)}\n`;
      if (lines.length < BLOCK_BYTES) continue;
      yield Buffer.from(lines);
      lines = '';
    }
    if (lines !== '') yield Buffer.from(lines);
  }
  const Body = Readable.from(blocks(), { objectMode: false });
  const params = { Bucket: target.bucket, Key: target.key, Body, ContentType: 'application/jsonl' };
  await new Upload({ client: s3, params }).done();
  return chunks;
}

/** The chunks of an export, in its order, for so many workers at once. */
export function* chunksOf({ plan, superseded, firstRow }: ScannedExport, workers: number): Generator<Chunk> {
  let chunk = 0;
  for (const { start, end, firstRecord, records } of plan.chunks(workers)) {
    yield {
      chunk: chunk++,
      start,
      end,
      firstRow: firstRow + firstRecord,
      rows: records,
      superseded: superseded.in(firstRecord, records).map((record) => firstRow + record),
    };
  }
}
