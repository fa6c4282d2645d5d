const NONE = -1;
/** Of one line; the names of later properties are read byte by byte. */
const MAX_NAMES = 256;
/** Expected names that a line may leave out one after the other, and their like. */
const LOOK_AHEAD = 8;
const WORD_BYTES = 4;

interface KnownName {
  /** From the opening quote to the colon. */
  readonly length: number;
  /** Its bytes; the last word overlaps the one before. */
  readonly words: Int32Array;
  readonly wanted: number;
}

/**
 * The names of properties that the first lines had, in their order: most lines of an export have the same ones, so that a
 * look whether the next name follows takes the place of reading it.
 */
export class KnownNames {
  readonly #names: KnownName[] = [];
  /** The name that is expected. */
  #next = 0;
  /** Of the last name found: what `add` was told. */
  wanted = NONE;

  /** A new line begins. */
  restart(): void {
    this.#next = 0;
  }

  /** Returns the position behind the colon if a known name begins at `from`, else -1. */
  match(view: DataView, from: number, to: number): number {
    const end = Math.min(this.#names.length, this.#next + LOOK_AHEAD);
    for (let index = this.#next; index < end; index++) {
      const name = this.#names[index];
      if (name === undefined || !isAt(name, view, from, to)) continue;
      this.#next = index + 1;
      this.wanted = name.wanted;
      return from + name.length;
    }
    return NONE;
  }

  /** Remembers the name in `[from, to)`, from its opening quote to its colon, if it goes on where the known ones end. */
  add(view: DataView, from: number, to: number, wanted: number): void {
    const length = to - from;
    if (this.#next < this.#names.length || this.#next === MAX_NAMES || length < WORD_BYTES) return;
    const words = new Int32Array(Math.ceil(length / WORD_BYTES));
    for (let word = 0; word < words.length; word++) words[word] = view.getInt32(from + offsetOf(word, length), true);
    this.#names.push({ length, words, wanted });
    this.#next++;
  }
}

function offsetOf(word: number, length: number): number {
  return Math.min(word * WORD_BYTES, length - WORD_BYTES);
}

function isAt({ length, words }: KnownName, view: DataView, from: number, to: number): boolean {
  if (to - from < length) return false;
  let word = 0;
  while (word < words.length && view.getInt32(from + offsetOf(word, length), true) === words[word]) word++;
  return word === words.length;
}
