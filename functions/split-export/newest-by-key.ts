import type { RowBitmap } from './row-bitmap.ts';

const FIRST_CAPACITY = 256;
/** Doubles that a hash takes. */
const HASH_DOUBLES = 2;

/**
 * The newest record of each key among the entries of one part (layout: key-spool.ts), in an open-addressing table. All
 * others are noted as superseded while the entries go by, so memory grows with the keys, not with their repetitions.
 */
export class NewestByKey {
  readonly #entryDoubles: number;
  readonly #superseded: RowBitmap;
  /** Index + 1 of an entry in `#doubles`, by hash; 0 is empty. */
  #table = new Uint32Array(FIRST_CAPACITY * 2);
  #doubles: Float64Array<ArrayBuffer>;
  #words: Uint32Array<ArrayBuffer>;
  #keys = 0;

  constructor(entryDoubles: number, superseded: RowBitmap) {
    this.#entryDoubles = entryDoubles;
    this.#superseded = superseded;
    this.#doubles = new Float64Array(FIRST_CAPACITY * entryDoubles);
    this.#words = new Uint32Array(this.#doubles.buffer);
  }

  /** Forgets the keys of the part before; the table keeps its size, so that parts do not leave garbage behind. */
  clear(): void {
    this.#table.fill(0);
    this.#keys = 0;
  }

  /** Takes in the first `count` entries of `entries`. */
  addAll(entries: Float64Array<ArrayBuffer>, count: number): void {
    const words = new Uint32Array(entries.buffer, entries.byteOffset, entries.length * 2);
    for (let index = 0; index < count; index++) this.#add(entries, words, index * this.#entryDoubles);
  }

  #add(entries: Float64Array, words: Uint32Array, at: number): void {
    if (this.#keys * 2 >= this.#table.length) this.#grow();
    const slot = this.#slotOf(words, at * 2);
    const known = this.#table[slot] ?? 0;
    if (known === 0) {
      const place = this.#keys * this.#entryDoubles;
      this.#copy(words, at, place);
      this.#keys++;
      this.#table[slot] = this.#keys;
      return;
    }
    const place = (known - 1) * this.#entryDoubles;
    if (this.#isNewer(entries, at, place)) {
      this.#superseded.add(this.#doubles[place + this.#entryDoubles - 1] ?? 0);
      this.#copy(words, at, place);
    } else {
      this.#superseded.add(entries[at + this.#entryDoubles - 1] ?? 0);
    }
  }

  /** The slot that holds the hash at `at` of `words`, or the empty one where it belongs. */
  #slotOf(words: Uint32Array, at: number): number {
    const mask = this.#table.length - 1;
    // The part was chosen by the first word.
    for (let slot = (words[at + 1] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#table[slot] ?? 0;
      if (known === 0) return slot;
      const place = (known - 1) * this.#entryDoubles * 2;
      if (
        this.#words[place + 1] === words[at + 1] &&
        this.#words[place] === words[at] &&
        this.#words[place + 2] === words[at + 2] &&
        this.#words[place + 3] === words[at + 3]
      ) {
        return slot;
      }
    }
  }

  #isNewer(entries: Float64Array, at: number, place: number): boolean {
    for (let lane = HASH_DOUBLES; lane < this.#entryDoubles; lane++) {
      const difference = (entries[at + lane] ?? 0) - (this.#doubles[place + lane] ?? 0);
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  /** By words, since a hash read as a double may be a NaN, whose bits a copy need not keep. */
  #copy(words: Uint32Array, at: number, place: number): void {
    for (let word = 0; word < this.#entryDoubles * 2; word++) this.#words[place * 2 + word] = words[at * 2 + word] ?? 0;
  }

  #grow(): void {
    const doubles = new Float64Array(this.#doubles.length * 2);
    const words = new Uint32Array(doubles.buffer);
    words.set(this.#words);
    this.#doubles = doubles;
    this.#words = words;
    this.#table = new Uint32Array(this.#table.length * 2);
    for (let index = 0; index < this.#keys; index++) {
      this.#table[this.#slotOf(words, index * this.#entryDoubles * 2)] = index + 1;
    }
  }
}
