import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type Access, type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
import type { Count } from '../meter.ts';
import type { BusEvent, Caller, Service } from '../service.ts';
import { S3Error } from './errors.ts';
import { sendError, toExchange } from './exchange.ts';
import { findReadable, writeText } from './objects.ts';
import { accessOf, billedAs, findOperation, listAccess, readAccess, writeAccess } from './operations.ts';
import { ObjectStore } from './store.ts';

export interface S3Service extends Service {
  /** Creates the bucket, or changes its settings. `eventBridge`: new objects are told to the event bus. */
  createBucket(name: string, settings: { readonly versioned: boolean; readonly eventBridge: boolean }): void;
  /**
   * One object version, by default the newest, for readers in this process.
   *
   * @param who by default someone who may do everything.
   * @throws S3Error AccessDenied, NoSuchBucket, NoSuchKey, NoSuchVersion or MethodNotAllowed
   */
  readObject(bucket: string, key: string, versionId?: string, who?: Principal): StoredObject;
  /** @throws S3Error as PutObject does. */
  writeObject(bucket: string, key: string, text: Iterable<string>, who?: Principal): Promise<void>;
}

export interface StoredObject {
  readonly body: Readable;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** `null` in a bucket without versioning. */
  readonly versionId: string;
}

/** A file-backed S3, path style only. Everything is on disk before a call is answered; memory is flat for any size. */
export function createS3({
  directory,
  onEvent,
  refuse = refuseNobody,
  count = () => {},
}: {
  directory: string;
  onEvent: (event: BusEvent) => void;
  refuse?: Refusal;
  count?: Count<'s3'>;
}): S3Service {
  const store = new ObjectStore(directory, onEvent);

  function authorize(who: Caller | Principal, access: Access): void {
    const refusal = refuse(who, access);
    if (refusal) throw new S3Error('AccessDenied', refusal);
  }

  /** S3 tells that an object is missing only to who may list the bucket. */
  function asSeenBy(who: Caller | Principal, bucket: string, error: unknown): unknown {
    if (!(error instanceof S3Error) || !MISSING.includes(error.code)) return error;
    const refusal = refuse(who, listAccess(bucket));
    return refusal ? new S3Error('AccessDenied', refusal) : error;
  }

  return {
    signingName: 's3',
    createBucket: (name, settings) => store.index.putBucket({ name, ...settings }),
    readObject(bucket, key, versionId, who) {
      count(bucket, 'gets');
      try {
        if (who) authorize(who, readAccess(bucket, key, versionId));
        const { blob, size, etag, versionId: id } = findReadable(store, bucket, key, versionId);
        return { body: store.blobs.read(blob, 0, size), size, etag, versionId: id };
      } catch (error) {
        throw who ? asSeenBy(who, bucket, error) : error;
      }
    },
    async writeObject(bucket, key, text, who) {
      count(bucket, 'puts');
      if (who) authorize(who, writeAccess(bucket, key));
      await writeText(store, { bucket, key }, text);
    },
    handle: (request, response, caller) =>
      answer(response, async () => {
        const exchange = toExchange(request, response, caller);
        const operation = findOperation(exchange);
        const unit = billedAs(operation);
        if (unit) count(exchange.bucket, unit);
        authorize(caller, accessOf(operation, exchange));
        await operation.run(store, exchange).catch((error: unknown) => {
          throw asSeenBy(caller, exchange.bucket, error);
        });
      }),
    async close() {
      store.database.close();
    },
  };
}

const MISSING: readonly string[] = ['NoSuchKey', 'NoSuchVersion'];

async function answer(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof S3Error) sendError(response, error);
    else {
      console.error('The embedded S3 failed:', error);
      sendError(response, new S3Error('InternalError', 'We encountered an internal error. Please try again.'));
    }
  }
}
