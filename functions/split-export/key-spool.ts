import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ExportTooLarge } from '../shared/errors.ts';
import { hashKey } from './key-hash.ts';
import { MAX_SPOOL_BYTES } from './limits.ts';
import { NewestByKey } from './newest-by-key.ts';
import type { RowBitmap } from './row-bitmap.ts';

/** A power of two. Each part is worked off in memory by itself: 62 million records make a quarter of a million keys per part, 10 MB. */
const PARTS = 256;
/** Of each part; together 4 MB. */
const BUFFER_BYTES = 16 * 1024;
/** The hash of a key, four words of 32 bits. */
const HASH_WORDS = 4;

/**
 * Finds repeated keys with flat memory: each record's key, as a 128-bit hash, and its rank are spooled to parts by the
 * hash, and each part is worked off by itself at the end. The full buffers of all parts follow one another in one file:
 * to open one for each part took a third of the time of a small export. It has no name once it is open, so that it goes
 * with the process however it ends.
 */
export class KeySpool {
  /** Doubles of an entry: the hash takes two, then come those of the rank. */
  readonly #entryDoubles: number;
  readonly #entriesPerBuffer: number;
  readonly #directory: string;
  /** The buffers of all parts, one behind the other: an array for each would cost a look into memory for each key. */
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #doubles: Float64Array<ArrayBuffer>;
  /** By part, the entries in its buffer. */
  readonly #buffered = new Uint32Array(PARTS);
  /** By part, where in the file its full buffers are. */
  readonly #written: readonly number[][] = Array.from({ length: PARTS }, () => []);
  readonly #hash = new Uint32Array(HASH_WORDS);
  readonly #maxBytes: number;
  #file: number | undefined;
  #fileBytes = 0;

  /**
   * @param rankLength numbers that say how new a record is, compared from the first to the last, which is its index.
   * @param tempDirectory for what does not fit into memory.
   */
  constructor(rankLength: number, tempDirectory: string, maxBytes: number = MAX_SPOOL_BYTES) {
    this.#entryDoubles = 2 + rankLength;
    this.#entriesPerBuffer = Math.floor(BUFFER_BYTES / (this.#entryDoubles * 8));
    this.#doubles = new Float64Array(PARTS * this.#entriesPerBuffer * this.#entryDoubles);
    this.#words = new Uint32Array(this.#doubles.buffer);
    this.#maxBytes = maxBytes;
    this.#directory = mkdtempSync(join(tempDirectory, 'keys-'));
  }

  /** @throws ExportTooLarge if the spool would fill the disk. */
  add(key: string, rank: Float64Array): void {
    const hash = this.#hash;
    hashKey(key, hash);
    const part = (hash[0] ?? 0) & (PARTS - 1);
    if (this.#buffered[part] === this.#entriesPerBuffer) this.#flush(part);
    const buffered = this.#buffered[part] ?? 0;
    this.#buffered[part] = buffered + 1;
    const entry = (part * this.#entriesPerBuffer + buffered) * this.#entryDoubles;
    const words = this.#words;
    for (let word = 0; word < HASH_WORDS; word++) words[entry * 2 + word] = hash[word] ?? 0;
    const doubles = this.#doubles;
    for (let lane = 0; lane < rank.length; lane++) doubles[entry + 2 + lane] = rank[lane] ?? 0;
  }

  /** Adds to `superseded` the index of each record whose key has another record of a higher rank. */
  findSuperseded(superseded: RowBitmap): void {
    const newest = new NewestByKey(this.#entryDoubles, superseded);
    const scratch = new Float64Array(this.#entriesPerBuffer * this.#entryDoubles);
    for (const [part, positions] of this.#written.entries()) {
      newest.clear();
      for (const position of positions) {
        readSync(this.#file ?? -1, scratch, 0, scratch.byteLength, position);
        newest.addAll(scratch, this.#entriesPerBuffer);
      }
      newest.addAll(this.#bufferOf(part), this.#buffered[part] ?? 0);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    rmdirSync(this.#directory);
  }

  #bufferOf(part: number): Float64Array<ArrayBuffer> {
    const doubles = this.#entriesPerBuffer * this.#entryDoubles;
    return this.#doubles.subarray(part * doubles, (part + 1) * doubles);
  }

  /** A buffer is only written when it is full, so that the file is a whole number of buffers. */
  #flush(part: number): void {
    const buffer = this.#bufferOf(part);
    const bytes = buffer.byteLength;
    if (this.#fileBytes + bytes > this.#maxBytes) {
      throw new ExportTooLarge(
        `The export has more than ${Math.floor(this.#maxBytes / (this.#entryDoubles * 8))} records, the most that one run takes. Split it into several files, each with the header line, and upload them one after the other.`,
      );
    }
    this.#file ??= this.#openNameless();
    let written = 0;
    while (written < bytes) {
      written += writeSync(this.#file, buffer, written, bytes - written, this.#fileBytes + written);
    }
    this.#written[part]?.push(this.#fileBytes);
    this.#fileBytes += bytes;
    this.#buffered[part] = 0;
  }

  #openNameless(): number {
    const path = join(this.#directory, 'keys');
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  }
}
