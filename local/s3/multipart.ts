import { createHash, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import { sendXml } from '../http.ts';
import { S3Error } from './errors.ts';
import { type Exchange, versionHeader } from './exchange.ts';
import type { Bucket, ObjectVersion } from './object-index.ts';
import type { ObjectStore } from './store.ts';
import { keptHeaders, storeBody, writeConditions } from './upload-body.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html, read 2026-11. */
const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;

/**
 * Uploads under way and their parts are kept as objects of a bucket that no request can name: the upload under
 * `<id>:<bucket>/<key>` with the headers of the object to be, its parts under `<id>/<number>`.
 */
const UPLOADS: Bucket = { name: '/uploads', versioned: false, eventBridge: false };

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Part' });

export async function createMultipartUpload(
  store: ObjectStore,
  { request, response, bucket, key }: Exchange,
): Promise<void> {
  store.index.bucket(bucket);
  const id = randomUUID();
  // Its bytes are none, but only what has a blob can be listed and found: an id of its own that no file has.
  const upload = { key: `${id}:${bucket}/${key}`, blob: id, size: 0, etag: '', headers: keptHeaders(request) };
  store.atomically(() => store.index.add(UPLOADS, { ...upload, modified: Math.floor(Date.now() / 1000) }));
  sendXml(response, 200, 'InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
}

export async function uploadPart(store: ObjectStore, exchange: Exchange): Promise<void> {
  findUpload(store, exchange);
  const number = Number(exchange.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error('InvalidArgument', `The part number must be a whole number from 1 to ${MAX_PARTS}.`);
  }
  const { id, size, md5 } = await storeBody(exchange.request, store.blobs);
  await store.commit({
    bucket: UPLOADS,
    version: { key: partKey(exchange, number), blob: id, size, etag: md5, modified: 0, headers: {} },
    together: () => findUpload(store, exchange),
  });
  exchange.response.writeHead(200, { ETag: `"${md5}"`, 'Content-Length': 0 }).end();
}

/** Joins the parts. LastModified is when the upload was initiated, as on S3. */
export async function completeMultipartUpload(store: ObjectStore, exchange: Exchange): Promise<void> {
  const { headers, modified } = findUpload(store, exchange);
  const bucket = store.index.bucket(exchange.bucket);
  const parts = chosenParts(store, exchange, await text(exchange.request));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const joined = await store.blobs
    .write(store.blobs.readAll(parts.map(({ blob }) => String(blob))), size)
    .catch((error: unknown) => {
      // Another request completed the upload meanwhile, and its parts are gone: then that is the answer.
      findUpload(store, exchange);
      throw error;
    });
  const md5s = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex'))));
  const etag = `${md5s.digest('hex')}-${parts.length}`;
  let garbage: string[] = [];
  const added = await store.commit({
    bucket,
    version: { key: exchange.key, blob: joined.id, size, etag, modified, headers },
    conditions: writeConditions(exchange.request),
    event: { reason: 'CompleteMultipartUpload', requestId: exchange.requestId },
    together: () => {
      garbage = removeUpload(store, exchange);
    },
  });
  await store.blobs.remove(garbage);
  for (const [name, value] of Object.entries(versionHeader(added))) exchange.response.setHeader(name, value);
  sendXml(exchange.response, 200, 'CompleteMultipartUploadResult', {
    Location: `/${bucket.name}/${encodeURIComponent(exchange.key)}`,
    Bucket: bucket.name,
    Key: exchange.key,
    ETag: `"${etag}"`,
  });
}

export async function abortMultipartUpload(store: ObjectStore, exchange: Exchange): Promise<void> {
  await store.blobs.remove(store.atomically(() => removeUpload(store, exchange)));
  exchange.response.writeHead(204).end();
}

const uploadId = ({ query }: Exchange) => query.get('uploadId') ?? '';
const partKey = (exchange: Exchange, number: number) => `${uploadId(exchange)}/${String(number).padStart(5, '0')}`;

/** @throws S3Error NoSuchUpload */
function findUpload(store: ObjectStore, exchange: Exchange): ObjectVersion {
  const upload = store.index.find(UPLOADS, `${uploadId(exchange)}:${exchange.bucket}/${exchange.key}`);
  if (upload === undefined) throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist.');
  return upload;
}

/** Returns the ids of its parts' bytes. */
function removeUpload(store: ObjectStore, exchange: Exchange): string[] {
  store.index.remove(findUpload(store, exchange));
  const parts = [...store.index.keys(UPLOADS, `${uploadId(exchange)}/`, '')];
  for (const part of parts) store.index.remove(part);
  return parts.map(({ blob }) => String(blob));
}

/** @throws S3Error MalformedXML, InvalidPart, InvalidPartOrder or EntityTooSmall if the list does not fit the parts uploaded. */
function chosenParts(store: ObjectStore, exchange: Exchange, body: string): ObjectVersion[] {
  const wanted: unknown = parser.parse(body)?.CompleteMultipartUpload?.Part;
  if (!Array.isArray(wanted))
    throw new S3Error('MalformedXML', 'The body must be a CompleteMultipartUpload with parts.');
  let last = 0;
  return wanted.map(({ PartNumber, ETag }: { PartNumber?: string; ETag?: string }, index) => {
    const number = Number(PartNumber);
    const part = store.index.find(UPLOADS, partKey(exchange, number));
    if (part?.etag !== ETag?.replaceAll('"', '') || part === undefined) {
      throw new S3Error('InvalidPart', `Part ${number} was not uploaded, or with another ETag.`);
    }
    if (number <= last)
      throw new S3Error('InvalidPartOrder', 'The parts must be listed in ascending order, each once.');
    if (part.size < MIN_PART_BYTES && index < wanted.length - 1) {
      throw new S3Error(
        'EntityTooSmall',
        `Part ${number} has ${part.size} bytes; all but the last need ${MIN_PART_BYTES}.`,
      );
    }
    last = number;
    return part;
  });
}
