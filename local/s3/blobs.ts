import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, openSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './errors.ts';

export interface Blob {
  readonly id: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * The bytes of objects and parts, one file each, named by an id: a key is never a path, so `a` and `a/b` may exist at
 * once. A file appears under `blobs/` whole or not at all; what a killed process left half written is swept at the start.
 */
export class BlobStore {
  readonly #blobs: string;
  readonly #incoming: string;

  constructor(directory: string) {
    this.#blobs = join(directory, 'blobs');
    this.#incoming = join(directory, 'incoming');
    rmSync(this.#incoming, { recursive: true, force: true });
    mkdirSync(this.#incoming, { recursive: true });
    mkdirSync(this.#blobs, { recursive: true });
  }

  /**
   * Writes a body. Memory is flat for any size.
   *
   * @param expected its bytes, if they were announced.
   * @throws S3Error IncompleteBody if it has another length.
   */
  async write(body: AsyncIterable<Buffer>, expected?: number): Promise<Blob> {
    const id = randomUUID();
    const file = join(this.#incoming, id);
    const md5 = createHash('md5');
    let size = 0;
    try {
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            md5.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        },
        createWriteStream(file),
      );
      if (expected !== undefined && size !== expected) {
        throw new S3Error('IncompleteBody', `The body has ${size} bytes; the request announced ${expected}.`);
      }
      await rename(file, join(this.#blobs, id));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return { id, size, md5: md5.digest('hex') };
  }

  /** Reads `[start, end)`. The file is opened before this returns, so replacing the object does not disturb the reader. */
  read(id: string, start: number, end: number): Readable {
    return createReadStream('', { fd: openSync(join(this.#blobs, id), 'r'), start, end: end - 1 });
  }

  /** The bytes of several blobs, one after the other. */
  async *readAll(ids: readonly string[]): AsyncGenerator<Buffer> {
    for (const id of ids) yield* createReadStream(join(this.#blobs, id));
  }

  async remove(ids: Iterable<string>): Promise<void> {
    for (const id of ids) await rm(join(this.#blobs, id), { force: true });
  }
}
