import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { BusEvent, Caller, Service } from '../service.ts';
import { S3Error } from './errors.ts';
import { sendError, toExchange } from './exchange.ts';
import { findReadable } from './objects.ts';
import { findOperation } from './operations.ts';
import { ObjectStore } from './store.ts';

export interface S3Service extends Service {
  /** Creates the bucket, or changes its settings. `eventBridge`: new objects are told to the event bus. */
  createBucket(name: string, settings: { readonly versioned: boolean; readonly eventBridge: boolean }): void;
  /**
   * One object version, by default the newest, for readers in this process.
   *
   * @throws S3Error NoSuchBucket, NoSuchKey, NoSuchVersion or MethodNotAllowed
   */
  readObject(bucket: string, key: string, versionId?: string): StoredObject;
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
export function createS3({ directory, onEvent }: { directory: string; onEvent: (event: BusEvent) => void }): S3Service {
  const store = new ObjectStore(directory, onEvent);
  return {
    signingName: 's3',
    createBucket: (name, settings) => store.index.putBucket({ name, ...settings }),
    readObject(bucket, key, versionId) {
      const { blob, size, etag, versionId: id } = findReadable(store, bucket, key, versionId);
      return { body: store.blobs.read(blob, 0, size), size, etag, versionId: id };
    },
    handle: (request, response, caller) => handle(store, request, response, caller),
    async close() {
      store.database.close();
    },
  };
}

async function handle(
  store: ObjectStore,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  try {
    const exchange = toExchange(request, response, caller);
    await findOperation(exchange).run(store, exchange);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof S3Error) sendError(response, error);
    else {
      console.error('The embedded S3 failed:', error);
      sendError(response, new S3Error('InternalError', 'We encountered an internal error. Please try again.'));
    }
  }
}
