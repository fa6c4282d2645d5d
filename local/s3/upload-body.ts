import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { Blob, BlobStore } from './blobs.ts';
import { S3Error } from './errors.ts';
import { header } from './exchange.ts';
import type { WriteConditions } from './object-index.ts';

const KEPT_HEADERS = ['content-type', 'content-disposition', 'content-language', 'cache-control', 'expires'];
const DEFAULT_TYPE = 'binary/octet-stream';

/**
 * Stores the body of a PutObject or UploadPart, plain or aws-chunked.
 *
 * @throws S3Error MissingContentLength as S3 does for a body of unknown length, IncompleteBody if it ends early.
 */
export function storeBody(request: IncomingMessage, blobs: BlobStore): Promise<Blob> {
  if (header(request, 'x-amz-copy-source') !== undefined) {
    throw new S3Error('NotImplemented', 'CopyObject and UploadPartCopy are not supported by the embedded S3.');
  }
  const chunked = isChunked(request);
  const length = Number(header(request, chunked ? 'x-amz-decoded-content-length' : 'content-length') ?? Number.NaN);
  if (!Number.isInteger(length) || length < 0)
    throw new S3Error('MissingContentLength', 'The length of the body must be announced.');
  return blobs.write(chunked ? decodeAwsChunked(request) : request, length);
}

function isChunked(request: IncomingMessage): boolean {
  const signature = header(request, 'x-amz-content-sha256') ?? '';
  return signature.startsWith('STREAMING-') || encodings(request).includes('aws-chunked');
}

const encodings = (request: IncomingMessage) =>
  (header(request, 'content-encoding') ?? '').split(',').map((encoding) => encoding.trim());

/** The headers of an upload that are given back when the object is read. */
export function keptHeaders(request: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': DEFAULT_TYPE };
  for (const name of Object.keys(request.headers)) {
    const value = header(request, name);
    if (value && (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'))) kept[name] = value;
  }
  const encoding = encodings(request).filter((name) => name !== '' && name !== 'aws-chunked');
  if (encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  return kept;
}

export function writeConditions(request: IncomingMessage): WriteConditions {
  return { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') };
}
