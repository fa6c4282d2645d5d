import { sendXml } from '../http.ts';
import { S3Error } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { ObjectVersion } from './object-index.ts';
import type { ObjectStore } from './store.ts';

const MAX_KEYS = 1_000;

interface Page {
  readonly versions: ObjectVersion[];
  /** Common prefixes up to the delimiter. */
  readonly prefixes: string[];
  /** The last thing on a page that is followed by another. */
  readonly last: { readonly name: string; readonly version?: ObjectVersion } | undefined;
}

/** The time of a bucket's creation is not kept, and clients want one. */
const SOME_TIME = new Date(0).toISOString();

export async function listBuckets(store: ObjectStore, { response }: Exchange): Promise<void> {
  const Bucket = store.index.bucketNames().map((Name) => ({ Name, CreationDate: SOME_TIME }));
  sendXml(response, 200, 'ListAllMyBucketsResult', { Buckets: { Bucket } });
}

export async function listObjectsV2(store: ObjectStore, exchange: Exchange): Promise<void> {
  const { query, response } = exchange;
  const bucket = store.index.bucket(exchange.bucket);
  const list = parameters(query);
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const page = paginate(store.index.keys(bucket, list.prefix, after), list, after);
  sendXml(response, 200, 'ListBucketResult', {
    ...describe(exchange, list, page),
    KeyCount: page.versions.length + page.prefixes.length,
    ...(token !== null && { ContinuationToken: token }),
    ...(query.has('start-after') && { StartAfter: list.encode(query.get('start-after') ?? '') }),
    ...(page.last && { NextContinuationToken: Buffer.from(page.last.name).toString('base64url') }),
    Contents: page.versions.map((version) => ({ ...summary(version), Key: list.encode(version.key) })),
  });
}

export async function listObjectVersions(store: ObjectStore, exchange: Exchange): Promise<void> {
  const { query, response } = exchange;
  const bucket = store.index.bucket(exchange.bucket);
  const list = parameters(query);
  const keyMarker = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker');
  const afterVersion = versionIdMarker === null ? undefined : store.index.find(bucket, keyMarker, versionIdMarker);
  if (versionIdMarker !== null && afterVersion === undefined) {
    throw new S3Error('InvalidArgument', 'The version-id-marker names no version of the key-marker.');
  }
  const page = paginate(store.index.versions(bucket, list.prefix, keyMarker, afterVersion), list, keyMarker);
  const entry = (version: ObjectVersion) => ({
    Key: list.encode(version.key),
    VersionId: version.versionId,
    IsLatest: version.latest,
  });
  sendXml(response, 200, 'ListVersionsResult', {
    ...describe(exchange, list, page),
    KeyMarker: list.encode(keyMarker),
    VersionIdMarker: versionIdMarker ?? '',
    ...(page.last && { NextKeyMarker: list.encode(page.last.name) }),
    ...(page.last?.version && { NextVersionIdMarker: page.last.version.versionId }),
    Version: page.versions.filter(({ blob }) => blob).map((version) => ({ ...summary(version), ...entry(version) })),
    DeleteMarker: page.versions
      .filter(({ blob }) => !blob)
      .map((version) => ({ ...entry(version), LastModified: iso(version.modified) })),
  });
}

function parameters(query: URLSearchParams) {
  const maxKeys = Number(query.get('max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new S3Error('InvalidArgument', 'max-keys must be a whole number from 0.');
  // Keys may hold characters that XML can't; a slash stays readable, as in S3's own answer.
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, MAX_KEYS),
    encode: query.get('encoding-type') === 'url' ? encode : (text: string) => text,
    encodingType: query.get('encoding-type'),
  };
}
type Parameters = ReturnType<typeof parameters>;

/** Takes one page off the versions; those that share a prefix up to the delimiter count as one entry. */
function paginate(versions: Iterable<ObjectVersion>, { prefix, delimiter, maxKeys }: Parameters, after: string): Page {
  const page: Page = { versions: [], prefixes: [], last: undefined };
  let last: Page['last'];
  let count = 0;
  for (const version of versions) {
    const cut = delimiter === '' ? -1 : version.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : version.key.slice(0, cut + delimiter.length);
    if (common !== undefined && (common === page.prefixes.at(-1) || common === after)) continue;
    if (count === maxKeys) return { ...page, last };
    count += 1;
    if (common === undefined) page.versions.push(version);
    else page.prefixes.push(common);
    last = common === undefined ? { name: version.key, version } : { name: common };
  }
  return page;
}

function describe({ bucket }: Exchange, { prefix, delimiter, maxKeys, encode, encodingType }: Parameters, page: Page) {
  return {
    Name: bucket,
    Prefix: encode(prefix),
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    MaxKeys: maxKeys,
    ...(encodingType !== null && { EncodingType: encodingType }),
    IsTruncated: page.last !== undefined,
    CommonPrefixes: page.prefixes.map((name) => ({ Prefix: encode(name) })),
  };
}

const summary = ({ modified, etag, size }: ObjectVersion) => ({
  LastModified: iso(modified),
  ETag: `"${etag}"`,
  Size: size,
  StorageClass: 'STANDARD',
});

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
