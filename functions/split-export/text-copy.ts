import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../shared/contracts.ts';
import { ExportTooLarge } from '../shared/errors.ts';
import { MAX_COPY_BYTES } from './limits.ts';
import { uploadParts } from './parts-upload.ts';
import type { KeepText } from './scan-export.ts';

/** The text of an export in RunBucket, for chunks to point at. */
export interface TextCopy {
  /** Uploads the text as it is read; if that fails, nothing is left of it. */
  readonly keep: KeepText;
  /** Set when there is one. */
  readonly kept: ObjectVersion | undefined;
}

/** @param maxBytes in place of `MAX_COPY_BYTES`, for tests. */
export function textCopy(
  s3: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  maxBytes = MAX_COPY_BYTES,
): TextCopy {
  let kept: ObjectVersion | undefined;
  return {
    async keep(text) {
      const target = { Bucket: bucket, Key: key, ContentType: 'text/plain; charset=utf-8' };
      // Nothing else writes to a key of a run: the ETag alone pins the bytes.
      kept = { bucket, key, etag: await uploadParts(s3, target, limited(text, maxBytes)) };
    },
    get kept() {
      return kept;
    },
  };
}

async function* limited(text: AsyncGenerator<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const block of text) {
    bytes += block.length;
    if (bytes > maxBytes) {
      throw new ExportTooLarge(
        `The export has more than ${maxBytes / 1e9} GB of text; one run reads so much of a packed export, or of one in another encoding than UTF-8. Split it into several files, each with the header line, and upload them.`,
      );
    }
    yield block;
  }
}
