import type { Access, KeyAction } from '../iam/access.ts';
import { S3Error } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { listBuckets, listObjectsV2, listObjectVersions } from './listing.ts';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.ts';
import { deleteObject, getObject, putObject } from './objects.ts';
import type { ObjectStore } from './store.ts';

interface Operation {
  /** What the caller must be allowed; without `s3:`. */
  readonly action: string;
  readonly method: string;
  readonly on: 'service' | 'bucket' | 'object';
  /** Query parameters that choose the operation, all present, and others that it understands. */
  readonly needs?: readonly string[];
  readonly takes?: readonly string[];
  /** On the key of the bucket. */
  readonly keyUse?: readonly KeyAction[];
  readonly run: (store: ObjectStore, exchange: Exchange) => Promise<void>;
}

/**
 * What a call needs of the bucket's key; HEAD needs nothing.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html, and for the parts of an upload
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html, read 2026-11
 */
const READ: readonly KeyAction[] = ['kms:Decrypt'];
const WRITE: readonly KeyAction[] = ['kms:GenerateDataKey'];
const WRITE_PARTS: readonly KeyAction[] = ['kms:GenerateDataKey', 'kms:Decrypt'];

const VERSION = ['versionId'];
const PART = ['uploadId', 'partNumber'];
const PAGE = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const PAGE_OF_KEYS = [...PAGE, 'continuation-token', 'start-after'];
const PAGE_OF_VERSIONS = [...PAGE, 'key-marker', 'version-id-marker'];

/** All that the embedded S3 supports. A request with any other query parameter is none of these. */
const OPERATIONS: readonly Operation[] = [
  { action: 'PutObject', method: 'PUT', on: 'object', keyUse: WRITE, run: putObject },
  { action: 'GetObject', method: 'GET', on: 'object', takes: VERSION, keyUse: READ, run: getObject },
  { action: 'GetObject', method: 'HEAD', on: 'object', takes: VERSION, run: getObject },
  { action: 'DeleteObject', method: 'DELETE', on: 'object', takes: VERSION, run: deleteObject },
  {
    action: 'PutObject',
    method: 'POST',
    on: 'object',
    needs: ['uploads'],
    keyUse: WRITE_PARTS,
    run: createMultipartUpload,
  },
  { action: 'PutObject', method: 'PUT', on: 'object', needs: PART, keyUse: WRITE_PARTS, run: uploadPart },
  {
    action: 'PutObject',
    method: 'POST',
    on: 'object',
    needs: ['uploadId'],
    keyUse: WRITE_PARTS,
    run: completeMultipartUpload,
  },
  { action: 'AbortMultipartUpload', method: 'DELETE', on: 'object', needs: ['uploadId'], run: abortMultipartUpload },
  { action: 'ListAllMyBuckets', method: 'GET', on: 'service', run: listBuckets },
  { action: 'ListBucket', method: 'HEAD', on: 'bucket', run: headBucket },
  { action: 'ListBucket', method: 'GET', on: 'bucket', needs: ['list-type'], takes: PAGE_OF_KEYS, run: listObjectsV2 },
  {
    action: 'ListBucketVersions',
    method: 'GET',
    on: 'bucket',
    needs: ['versions'],
    takes: PAGE_OF_VERSIONS,
    run: listObjectVersions,
  },
];

/** Says nothing but names the operation; the SDKs send it with most requests. */
const OPERATION_ID = 'x-id';

/** @throws S3Error NotImplemented, with the name of the operation. */
export function findOperation(exchange: Exchange): Operation {
  const { request, bucket, key, query } = exchange;
  const on = key !== '' ? 'object' : bucket === '' ? 'service' : 'bucket';
  const given = [...query.keys()].filter((name) => name !== OPERATION_ID);
  const operation = OPERATIONS.find(
    ({ method, needs = [], takes = [], ...candidate }) =>
      (bucket !== '' || on === 'service') &&
      method === request.method &&
      candidate.on === on &&
      needs.every((name) => given.includes(name)) &&
      given.every((name) => needs.includes(name) || takes.includes(name)),
  );
  if (operation) return operation;
  throw new S3Error('NotImplemented', `${operationName(exchange, given)} is not supported by the embedded S3.`);
}

/** A version asked for by its id has actions of its own. */
export function accessOf({ action, on, keyUse = [] }: Operation, { bucket, key, query }: Exchange): Access {
  if (on === 'object') return { ...objectAccess(action, bucket, key, query.get('versionId')), keyUse };
  if (on === 'service') return { action: `s3:${action}`, resource: '*' };
  const prefix = query.get('prefix');
  return { ...listAccess(bucket, action), ...(prefix !== null && { context: { 's3:prefix': prefix } }) };
}

/** https://aws.amazon.com/s3/pricing/, read 2026-11: DELETE is free, and a LIST is as dear as a PUT. */
export function billedAs({ method, on }: Operation): 'puts' | 'gets' | undefined {
  if (method === 'DELETE') return undefined;
  return method === 'HEAD' || (method === 'GET' && on === 'object') ? 'gets' : 'puts';
}

function objectAccess(action: string, bucket: string, key: string, versionId?: string | null): Access {
  return { action: `s3:${action}${versionId == null ? '' : 'Version'}`, resource: `arn:aws:s3:::${bucket}/${key}` };
}

export const readAccess = (bucket: string, key: string, versionId?: string): Access => ({
  ...objectAccess('GetObject', bucket, key, versionId),
  keyUse: READ,
});

/** Of whoever may write in parts. */
export const writeAccess = (bucket: string, key: string): Access => ({
  ...objectAccess('PutObject', bucket, key),
  keyUse: WRITE_PARTS,
});

export function listAccess(bucket: string, action = 'ListBucket'): Access {
  return { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}` };
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  PUT: 'Put',
  DELETE: 'Delete',
  HEAD: 'Head',
  POST: 'Post',
};

/** The API's name of a request, e.g. GetObjectAcl for `GET …?acl`; with the parameters where the name alone would say too little. */
function operationName({ request, bucket, key, query }: Exchange, given: readonly string[]): string {
  const target = bucket === '' ? 'Service' : key === '' ? 'Bucket' : 'Object';
  const subResource = given.find((name) => query.get(name) === '') ?? '';
  const suffix = subResource.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const name = query.get(OPERATION_ID) ?? `${VERBS[request.method ?? ''] ?? request.method}${target}${suffix}`;
  return given.length > 0 ? `${name} with ${given.join(', ')}` : name;
}

async function headBucket(store: ObjectStore, { response, bucket }: Exchange): Promise<void> {
  store.index.bucket(bucket);
  response.writeHead(200).end();
}
