import { extname } from 'node:path';
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Compression } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import { PACKED_SUFFIXES } from '../shared/export/export-suffixes.ts';
import { count } from '../shared/words.ts';

/** Bytes that are unpacked at once, as many as S3 and files are read in. */
const BLOCK_BYTES = 64 * 1024;
/** From here on an export that unpacks to more than so many times its size is refused: text of customers packs 5 to 20 times. */
const HARMLESS_BYTES = 1_000_000_000;
const MAX_RATIO = 200;

interface Packing {
  readonly compression: Compression;
  readonly magic: Buffer;
  readonly create: () => Transform & { readonly bytesWritten: number };
}

const PACKINGS: readonly Packing[] = [
  {
    compression: 'gzip',
    magic: Buffer.from([0x1f, 0x8b]),
    create: () => createGunzip({ chunkSize: BLOCK_BYTES }),
  },
  {
    compression: 'zstd',
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    create: () => createZstdDecompress({ chunkSize: BLOCK_BYTES }),
  },
];

/**
 * How an export is packed, by its first bytes: no text begins with them. A name that says otherwise is of a file that is not what
 * somebody meant to send.
 *
 * @throws InvalidExport if the name says that it is packed, and it is not.
 */
export function compressionOf(head: Buffer, key: string): Compression | undefined {
  const found = PACKINGS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  const suffix = extname(key).toLowerCase();
  const named = PACKINGS.find(({ compression }) => PACKED_SUFFIXES[compression] === suffix);
  if (named !== undefined && found !== named) {
    throw new InvalidExport(
      `The export is named ${suffix}, but its first bytes are not those of ${named.compression}. Pack it again, or upload it unpacked under a name without ${suffix}.`,
    );
  }
  return found?.compression;
}

/**
 * Unpacks an export block by block, with all frames and members that it has.
 *
 * @throws InvalidExport if it is damaged, cut off, or unpacks to far more than text would; errors of `blocks` as they are.
 */
export async function* unpacked(blocks: AsyncIterable<Buffer>, compression: Compression): AsyncGenerator<Buffer> {
  const packed = new PackedBytes(blocks);
  let total = 0;
  try {
    do {
      for await (const block of oneStream(packed, compression)) {
        total += block.length;
        if (total > HARMLESS_BYTES && total > packed.read * MAX_RATIO) throw bomb(compression, packed.read);
        yield block;
      }
    } while (await packed.hasMore());
  } finally {
    await packed.close();
  }
}

/** The bytes of the file, of which a decompressor may leave some to the next one. */
class PackedBytes {
  readonly #blocks: AsyncIterator<Buffer>;
  #rest: Buffer | undefined;
  /** Bytes taken so far. */
  read = 0;

  constructor(blocks: AsyncIterable<Buffer>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  async take(): Promise<Buffer | undefined> {
    if (!(await this.hasMore())) return undefined;
    const block = this.#rest;
    this.#rest = undefined;
    this.read += block?.length ?? 0;
    return block;
  }

  giveBack(bytes: Buffer): void {
    this.#rest = bytes;
    this.read -= bytes.length;
  }

  async close(): Promise<void> {
    await this.#blocks.return?.();
  }

  async hasMore(): Promise<boolean> {
    while (this.#rest === undefined || this.#rest.length === 0) {
      const { value, done } = await this.#blocks.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}

/** Up to where one decompressor reads: Node's for zstd ends with the frame that ends within a block. */
async function* oneStream(packed: PackedBytes, compression: Compression): AsyncGenerator<Buffer> {
  const packing = PACKINGS.find((one) => one.compression === compression);
  if (packing === undefined) throw new TypeError(`There is no packing ${compression}.`);
  const stream = packing.create();
  const begin = packed.read;
  const feeding = feed(stream, packed, begin);
  // Errors arrive in the loop; this one has its own handler below.
  feeding.catch(() => {});
  try {
    for await (const block of stream) yield block;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw error.code === 'Z_BUF_ERROR' ? cutOff(compression) : damaged(compression, begin + stream.bytesWritten);
  }
  await feeding;
}

/** One block at a time, so that what the decompressor did not want is a part of the last one. */
async function feed(stream: Transform & { readonly bytesWritten: number }, packed: PackedBytes, begin: number) {
  try {
    while (!stream.readableEnded && !stream.destroyed) {
      const block = await packed.take();
      if (block === undefined) {
        stream.end();
        return;
      }
      await written(stream, block);
      const unused = packed.read - begin - stream.bytesWritten;
      if (unused > 0) {
        packed.giveBack(block.subarray(block.length - unused));
        return;
      }
    }
  } catch (error) {
    stream.destroy(error as Error);
  }
}

function written(stream: Transform, block: Buffer): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write(block, () => {
      stream.off('close', resolve);
      resolve();
    });
  });
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(Z_|ZSTD_)/.test(error.code);
}

const AGAIN = 'Pack the export again and upload it.';

function cutOff(compression: Compression): InvalidExport {
  return new InvalidExport(
    `The export is packed with ${compression}, and its end is missing: perhaps an upload broke off. ${AGAIN}`,
  );
}

function damaged(compression: Compression, position: number): InvalidExport {
  return new InvalidExport(
    `The export is packed with ${compression} and damaged at about byte ${position + 1} of the file: it can't be unpacked from there on. ${AGAIN}`,
  );
}

function bomb(compression: Compression, read: number): InvalidExport {
  return new InvalidExport(
    `The export is packed with ${compression}, and its first ${count(read)} bytes unpack to more than ${HARMLESS_BYTES / 1e9} GB, over ${MAX_RATIO} times as much: text of customers never packs so well. Look at what it holds; an export like that can be uploaded unpacked.`,
  );
}
