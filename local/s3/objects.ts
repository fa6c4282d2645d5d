import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './errors.ts';
import { type Exchange, header, versionHeader } from './exchange.ts';
import { matches, type ObjectVersion, preconditionFailed } from './object-index.ts';
import type { ObjectStore } from './store.ts';
import { keptHeaders, storeBody, writeConditions } from './upload-body.ts';

export async function putObject(
  store: ObjectStore,
  { request, response, requestId, ...names }: Exchange,
): Promise<void> {
  const bucket = store.index.bucket(names.bucket);
  const { id, size, md5 } = await storeBody(request, store.blobs);
  const modified = Math.floor(Date.now() / 1000);
  const added = await store.commit({
    bucket,
    version: { key: names.key, blob: id, size, etag: md5, modified, headers: keptHeaders(request) },
    conditions: writeConditions(request),
    event: { reason: 'PutObject', requestId },
  });
  response.writeHead(200, { ETag: `"${added.etag}"`, 'Content-Length': 0, ...versionHeader(added) }).end();
}

/** Writes an object for a caller in this process, as Step Functions does for a Map's ResultWriter. */
export async function writeText(
  store: ObjectStore,
  names: { readonly bucket: string; readonly key: string },
  text: Iterable<string>,
): Promise<void> {
  const bucket = store.index.bucket(names.bucket);
  const { id, size, md5 } = await store.blobs.write(
    Readable.from(Iterator.from(text).map((part) => Buffer.from(part))),
  );
  const modified = Math.floor(Date.now() / 1000);
  await store.commit({
    bucket,
    version: { key: names.key, blob: id, size, etag: md5, modified, headers: {} },
    event: { reason: 'PutObject', requestId: randomUUID() },
  });
}

/** GetObject and HeadObject. */
export async function getObject(store: ObjectStore, { request, response, query, ...names }: Exchange): Promise<void> {
  const version = findReadable(store, names.bucket, names.key, query.get('versionId') ?? undefined);
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  if (ifMatch !== undefined && !matches(ifMatch, version)) throw preconditionFailed('If-Match');
  const described = {
    ETag: `"${version.etag}"`,
    'Last-Modified': new Date(version.modified * 1000).toUTCString(),
    'Accept-Ranges': 'bytes',
    ...version.headers,
    ...versionHeader(version),
  };
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, version)) {
    response.writeHead(304, described).end();
    return;
  }
  const range = parseRange(header(request, 'range'), version.size);
  const { start, end } = range ?? { start: 0, end: version.size };
  const body = request.method === 'HEAD' || start === end ? undefined : store.blobs.read(version.blob, start, end);
  response.writeHead(range ? 206 : 200, {
    ...described,
    'Content-Length': end - start,
    ...(range && { 'Content-Range': `bytes ${start}-${end - 1}/${version.size}` }),
  });
  if (body === undefined) response.end();
  else await pipeline(body, response);
}

export async function deleteObject(store: ObjectStore, { response, query, ...names }: Exchange): Promise<void> {
  const bucket = store.index.bucket(names.bucket);
  const versionId = query.get('versionId') ?? undefined;
  const deleted = { 'x-amz-delete-marker': 'true' };
  if (bucket.versioned && versionId === undefined) {
    const modified = Math.floor(Date.now() / 1000);
    const marker = { key: names.key, blob: null, size: 0, etag: '', modified, headers: {} };
    const { added } = store.atomically(() => store.index.add(bucket, marker));
    response.writeHead(204, { ...deleted, ...versionHeader(added) }).end();
    return;
  }
  const version = store.index.find(bucket, names.key, versionId);
  if (version !== undefined) store.index.remove(version);
  if (version?.blob) await store.blobs.remove([version.blob]);
  response.writeHead(204, { ...(version?.blob === null && deleted), ...(version && versionHeader(version)) }).end();
}

/**
 * The version to read, which has bytes.
 *
 * @throws S3Error NoSuchBucket, NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker asked for by its id.
 */
export function findReadable(
  store: ObjectStore,
  bucketName: string,
  key: string,
  versionId?: string,
): ObjectVersion & { blob: string } {
  const version = store.index.find(store.index.bucket(bucketName), key, versionId);
  if (version?.blob) return { ...version, blob: version.blob };
  const marker: Record<string, string> = version ? { 'x-amz-delete-marker': 'true', ...versionHeader(version) } : {};
  if (versionId === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.', marker);
  if (version === undefined) throw new S3Error('NoSuchVersion', 'The specified version does not exist.');
  throw new S3Error('MethodNotAllowed', 'The specified version is a delete marker.', { ...marker, Allow: 'DELETE' });
}

/**
 * `bytes=first-last`, `bytes=first-` or `bytes=-count` as `[start, end)`. Any other form is ignored, as S3 does.
 *
 * @throws S3Error InvalidRange if none of the bytes exists.
 */
function parseRange(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) {
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable.', {
      'Content-Range': `bytes */${size}`,
    });
  }
  return { start, end };
}
