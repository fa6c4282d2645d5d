import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ExportTooLarge } from '../shared/errors.ts';
import { hashKey } from './key-hash.ts';
import { MAX_SPOOL_BYTES } from './limits.ts';
import { NewestByKey } from './newest-by-key.ts';
import type { RowBitmap } from './row-bitmap.ts';

/** Each part is worked off in memory by itself: 62 million records make a quarter of a million keys per part, 10 MB. */
const PARTS = 256;
/** Of each part; together 4 MB. */
const BUFFER_BYTES = 16 * 1024;
/** The hash of a key, four words of 32 bits. */
const HASH_WORDS = 4;

interface Part {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly ranks: Float64Array<ArrayBuffer>;
  /** Entries in the buffer. */
  buffered: number;
  /** Where in the file its full buffers are. */
  readonly written: number[];
}

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
  /** By part; made when its first key comes. */
  readonly #parts: (Part | undefined)[] = new Array(PARTS).fill(undefined);
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
    this.#maxBytes = maxBytes;
    this.#directory = mkdtempSync(join(tempDirectory, 'keys-'));
  }

  /** @throws ExportTooLarge if the spool would fill the disk. */
  add(key: string, rank: Float64Array): void {
    const hash = this.#hash;
    hashKey(key, hash);
    const number = (hash[0] ?? 0) % PARTS;
    const part = this.#parts[number] ?? this.#begin(number);
    if (part.buffered === this.#entriesPerBuffer) this.#flush(part);
    const entry = part.buffered * this.#entryDoubles;
    part.words.set(hash, entry * 2);
    part.ranks.set(rank, entry + 2);
    part.buffered++;
  }

  /** Adds to `superseded` the index of each record whose key has another record of a higher rank. */
  findSuperseded(superseded: RowBitmap): void {
    const newest = new NewestByKey(this.#entryDoubles, superseded);
    const scratch = new ArrayBuffer(this.#entriesPerBuffer * this.#entryDoubles * 8);
    for (const part of this.#parts) {
      if (part === undefined) continue;
      newest.clear();
      for (const position of part.written) {
        readSync(this.#file ?? -1, new Uint8Array(scratch), 0, scratch.byteLength, position);
        newest.addAll(new Float64Array(scratch), this.#entriesPerBuffer);
      }
      newest.addAll(part.ranks, part.buffered);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    rmdirSync(this.#directory);
  }

  #begin(number: number): Part {
    const buffer = new ArrayBuffer(this.#entriesPerBuffer * this.#entryDoubles * 8);
    const part: Part = {
      words: new Uint32Array(buffer),
      ranks: new Float64Array(buffer),
      buffered: 0,
      written: [],
    };
    this.#parts[number] = part;
    return part;
  }

  /** A buffer is only written when it is full, so that the file is a whole number of buffers. */
  #flush(part: Part): void {
    const bytes = part.words.byteLength;
    if (this.#fileBytes + bytes > this.#maxBytes) {
      throw new ExportTooLarge(
        `The export has more than ${Math.floor(this.#maxBytes / (this.#entryDoubles * 8))} records, the most that one run takes. Split it into several files, each with the header line, and upload them one after the other.`,
      );
    }
    this.#file ??= this.#openNameless();
    let written = 0;
    while (written < bytes) {
      written += writeSync(this.#file, part.words, written, bytes - written, this.#fileBytes + written);
    }
    part.written.push(this.#fileBytes);
    this.#fileBytes += bytes;
    part.buffered = 0;
  }

  #openNameless(): number {
    const path = join(this.#directory, 'keys');
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  }
}
