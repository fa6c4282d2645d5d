import type { DatabaseSync } from 'node:sqlite';
import { atomically, openSqlite } from '../database.ts';
import type { BusEvent } from '../service.ts';
import { BlobStore } from './blobs.ts';
import { objectCreated } from './object-created.ts';
import { type Bucket, type NewVersion, ObjectIndex, type ObjectVersion, type WriteConditions } from './object-index.ts';

/** A write of one new object version. */
export interface Write {
  readonly bucket: Bucket;
  readonly version: NewVersion;
  readonly conditions?: WriteConditions;
  /** What the event bus is told of it, if the bucket has that switched on. */
  readonly event?: { readonly reason: 'PutObject' | 'CompleteMultipartUpload'; readonly requestId: string };
  /** Done in the same transaction, so that both happen or neither. */
  readonly together?: () => void;
}

/** Index, bytes and events of one directory. */
export class ObjectStore {
  readonly database: DatabaseSync;
  readonly index: ObjectIndex;
  readonly blobs: BlobStore;
  readonly #onEvent: (event: BusEvent) => void;

  constructor(directory: string, onEvent: (event: BusEvent) => void) {
    this.database = openSqlite(directory, 's3');
    this.index = new ObjectIndex(this.database);
    this.blobs = new BlobStore(directory);
    this.#onEvent = onEvent;
  }

  /**
   * Makes the version visible and tells the event bus, in this order. If that fails, its bytes are removed.
   *
   * @throws S3Error if a condition does not hold.
   */
  async commit({ bucket, version, conditions, event, together }: Write): Promise<ObjectVersion> {
    let garbage = version.blob === null ? [] : [version.blob];
    try {
      const { added, replaced } = this.atomically(() => {
        together?.();
        return this.index.add(bucket, version, conditions);
      });
      garbage = replaced;
      if (bucket.eventBridge && event) this.#onEvent(objectCreated(bucket.name, added, event));
      return added;
    } finally {
      await this.blobs.remove(garbage);
    }
  }

  atomically<T>(work: () => T): T {
    return atomically(this.database, work);
  }
}
