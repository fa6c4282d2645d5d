import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { parse } from 'csv-parse/sync';
import type { ExportFormat, ObjectVersion } from '../shared/contracts.ts';
import { csvDialect } from '../shared/export/csv-dialect.ts';
import { rejectedHeader } from '../shared/export/rejected.ts';

const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl' } as const;

export interface RejectedParts {
  /** Where the parts are, and the whole goes. */
  readonly bucket: string;
  readonly key: string;
  /** Keys of the chunks' rejected files, in the order of the export. */
  readonly parts: readonly string[];
  readonly source: ObjectVersion;
  readonly format: ExportFormat;
}

/**
 * Puts the chunks' rejected files together, behind the header line of the export, which state does not carry: a file
 * without a header has a customer in its first line. Streams, at any size.
 */
export async function writeRejectedFile(s3: S3Client, rejected: RejectedParts): Promise<void> {
  const { bucket, key, format } = rejected;
  const params = {
    Bucket: bucket,
    Key: key,
    Body: Readable.from(rejectedContent(s3, rejected), { objectMode: false }),
    ContentType: CONTENT_TYPES[format.type],
  };
  await new Upload({ client: s3, params }).done();
}

export async function* rejectedContent(
  s3: S3Client,
  { bucket, parts, source, format }: Omit<RejectedParts, 'key'>,
): AsyncGenerator<Uint8Array> {
  if (format.type === 'csv') yield Buffer.from(rejectedHeader(await headerNames(s3, source, format)));
  for (const part of parts) yield* await read(s3, { Bucket: bucket, Key: part });
}

/** The column names as they stand in the export. */
async function headerNames(s3: S3Client, source: ObjectVersion, format: ExportFormat): Promise<readonly string[]> {
  const { header = { start: 0, end: 0 }, delimiter = ',' } = format;
  const line = await read(s3, {
    Bucket: source.bucket,
    Key: source.key,
    VersionId: source.versionId,
    IfMatch: `"${source.etag}"`,
    Range: `bytes=${header.start}-${header.end - 1}`,
  });
  const [names = []] = parse(await buffer(line), csvDialect(delimiter)) as unknown as string[][];
  return names.map((name) => name.trim());
}

async function read(
  s3: S3Client,
  object: ConstructorParameters<typeof GetObjectCommand>[0],
): Promise<AsyncIterable<Uint8Array>> {
  const { Body } = await s3.send(new GetObjectCommand(object));
  return Body as unknown as AsyncIterable<Uint8Array>;
}
