import { BlockText } from './block-text.ts';
import { KnownNames } from './known-names.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const LOWER_N = 0x6e;
/** What may follow a backslash, besides `u` and four hexadecimal digits. */
const ESCAPES = Buffer.from('"\\/bfnrt');
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text));
const WORD_BYTES = 4;
/** The same byte four times. */
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;

/** Deeper values are left to JSON.parse. */
const MAX_DEPTH = 64;
const FAILED = -1;

/**
 * Reads some properties of a JSON object from its bytes, checking all the rest of the line as JSON.parse would, in about
 * half of its time: the pass over an export needs two properties of each line, and whether the line is JSON at all.
 */
export class JsonFields {
  readonly #names: readonly Buffer[];
  readonly #refused: Buffer;
  /** Of each wanted property, `[start, end)` of its text in the line, without quotes; -1 if it is absent. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #escaped: boolean[];
  readonly #blockText = new BlockText();
  readonly #known = new KnownNames();
  #bytes: Buffer = Buffer.alloc(0);
  /** Of the same bytes: it reads a word at any position. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #to = 0;
  /** Set by the last string read. */
  #hasEscape = false;
  /** Position of the closing quote of the last name read. */
  #nameEnd = 0;

  /** @param refused an object with this property is not read. */
  constructor(names: readonly string[], refused: string) {
    this.#names = names.map((name) => Buffer.from(name));
    this.#refused = Buffer.from(refused);
    this.#starts = new Int32Array(names.length);
    this.#ends = new Int32Array(names.length);
    this.#escaped = names.map(() => false);
  }

  /**
   * Reads the line `bytes[from, to)`. Returns false if it is not one JSON object, or one that is left to JSON.parse: too
   * deep, a property name with an escape, or the refused property.
   */
  read(bytes: Buffer, from: number, to: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#to = to;
    for (let index = 0; index < this.#starts.length; index++) this.#starts[index] = FAILED;
    this.#known.restart();
    const open = this.#skipSpace(from);
    if (bytes[open] !== OPEN_OBJECT) return false;
    const end = this.#topObject(open + 1);
    return end !== FAILED && this.#skipSpace(end) === to;
  }

  /** The text of a scalar property; '' if it is absent, null, an array or an object. */
  text(index: number): string {
    const start = this.#starts[index] ?? FAILED;
    if (start === FAILED) return '';
    const end = this.#ends[index] ?? start;
    if (this.#escaped[index]) return JSON.parse(this.#bytes.toString('utf8', start - 1, end + 1)) as string;
    return this.#blockText.read(this.#bytes, start, end);
  }

  /** From behind the opening brace of the line's object; returns the position behind its closing one. */
  #topObject(from: number): number {
    const bytes = this.#bytes;
    const known = this.#known;
    let i = this.#skipSpace(from);
    if (bytes[i] === CLOSE_OBJECT) return i + 1;
    while (true) {
      let start = known.match(this.#view, i, this.#to);
      let { wanted } = known;
      if (start === FAILED) {
        start = this.#name(i);
        if (start === FAILED || this.#hasEscape || this.#is(this.#refused, i + 1, this.#nameEnd)) return FAILED;
        wanted = this.#wanted(i + 1, this.#nameEnd);
        known.add(this.#view, i, start, wanted);
      }
      start = this.#skipSpace(start);
      const end = this.#value(start, 0);
      if (end === FAILED) return FAILED;
      if (wanted !== FAILED) this.#note(wanted, start, end);
      i = this.#skipSpace(end);
      if (bytes[i] === CLOSE_OBJECT) return i + 1;
      if (bytes[i] !== COMMA) return FAILED;
      i = this.#skipSpace(i + 1);
    }
  }

  /** From behind the opening brace of an object within the line's; returns the position behind its closing one. */
  #object(from: number, depth: number): number {
    const bytes = this.#bytes;
    let i = this.#skipSpace(from);
    if (bytes[i] === CLOSE_OBJECT) return i + 1;
    while (true) {
      const start = this.#name(i);
      const end = start === FAILED ? FAILED : this.#value(this.#skipSpace(start), depth);
      if (end === FAILED) return FAILED;
      i = this.#skipSpace(end);
      if (bytes[i] === CLOSE_OBJECT) return i + 1;
      if (bytes[i] !== COMMA) return FAILED;
      i = this.#skipSpace(i + 1);
    }
  }

  /** From the opening quote of a property's name; returns the position behind its colon. */
  #name(from: number): number {
    if (this.#bytes[from] !== QUOTE) return FAILED;
    const end = this.#string(from + 1);
    if (end === FAILED) return FAILED;
    this.#nameEnd = end - 1;
    const colon = this.#skipSpace(end);
    return this.#bytes[colon] === COLON ? colon + 1 : FAILED;
  }

  #array(from: number, depth: number): number {
    let i = this.#skipSpace(from);
    if (this.#bytes[i] === CLOSE_ARRAY) return i + 1;
    while (true) {
      const end = this.#value(i, depth);
      if (end === FAILED) return FAILED;
      i = this.#skipSpace(end);
      if (this.#bytes[i] === CLOSE_ARRAY) return i + 1;
      if (this.#bytes[i] !== COMMA) return FAILED;
      i = this.#skipSpace(i + 1);
    }
  }

  #value(from: number, depth: number): number {
    const first = this.#bytes[from] ?? 0;
    if (first === QUOTE) return this.#string(from + 1);
    if (first === MINUS || isDigit(first)) return this.#number(from);
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
      const literal = LITERALS.find((text) => this.#is(text, from, from + text.length));
      return literal === undefined ? FAILED : from + literal.length;
    }
    if (depth === MAX_DEPTH) return FAILED;
    return first === OPEN_OBJECT ? this.#object(from + 1, depth + 1) : this.#array(from + 1, depth + 1);
  }

  /** From behind the opening quote; returns the position behind the closing one. */
  #string(from: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    this.#hasEscape = false;
    let i = this.#plainEnd(from);
    while (i < to) {
      const byte = bytes[i] ?? 0;
      if (byte === QUOTE) return i + 1;
      if (byte < 0x20) return FAILED;
      i++;
      if (byte !== BACKSLASH) continue;
      this.#hasEscape = true;
      if (bytes[i] === LOWER_U) {
        for (let digit = 0; digit < 4; digit++) if (!isHexDigit(bytes[++i] ?? 0)) return FAILED;
      } else if (!ESCAPES.includes(bytes[i] ?? 0)) return FAILED;
      i = this.#plainEnd(i + 1);
    }
    return FAILED;
  }

  /** The position of a quote, backslash or control character at `from` or behind it, or one less than a word before the end. */
  #plainEnd(from: number): number {
    const view = this.#view;
    const lastWord = this.#to - WORD_BYTES;
    let i = from;
    for (; i <= lastWord; i += WORD_BYTES) {
      const word = view.getInt32(i, true);
      const quotes = word ^ QUOTES;
      const backslashes = word ^ BACKSLASHES;
      // The lowest mark is exact: a byte's borrow reaches only higher ones.
      const marks =
        (((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | ((word - SPACES) & ~word)) & HIGH_BITS;
      if (marks !== 0) return i + ((31 - Math.clz32(marks & -marks)) >> 3);
    }
    return i;
  }

  #number(from: number): number {
    const bytes = this.#bytes;
    let i = bytes[from] === MINUS ? from + 1 : from;
    const integerEnd = this.#digits(i);
    if (integerEnd === i || (bytes[i] === ZERO && integerEnd > i + 1)) return FAILED;
    i = integerEnd;
    if (bytes[i] === DOT) {
      const fractionEnd = this.#digits(i + 1);
      if (fractionEnd === i + 1) return FAILED;
      i = fractionEnd;
    }
    if (((bytes[i] ?? 0) | 0x20) !== LOWER_E) return i;
    const exponent = bytes[i + 1] === PLUS || bytes[i + 1] === MINUS ? i + 2 : i + 1;
    const exponentEnd = this.#digits(exponent);
    return exponentEnd === exponent ? FAILED : exponentEnd;
  }

  #digits(from: number): number {
    let i = from;
    while (isDigit(this.#bytes[i] ?? 0)) i++;
    return i;
  }

  #note(wanted: number, start: number, end: number): void {
    const first = this.#bytes[start];
    const isScalar = first !== OPEN_OBJECT && first !== OPEN_ARRAY && first !== LOWER_N;
    const quote = first === QUOTE ? 1 : 0;
    this.#starts[wanted] = isScalar ? start + quote : FAILED;
    this.#ends[wanted] = end - quote;
    this.#escaped[wanted] = quote === 1 && this.#hasEscape;
  }

  #wanted(from: number, to: number): number {
    for (let index = 0; index < this.#names.length; index++) {
      const name = this.#names[index];
      if (name !== undefined && this.#is(name, from, to)) return index;
    }
    return FAILED;
  }

  #is(text: Buffer, from: number, to: number): boolean {
    if (to - from !== text.length || to > this.#to) return false;
    let i = 0;
    while (i < text.length && this.#bytes[from + i] === text[i]) i++;
    return i === text.length;
  }

  #skipSpace(from: number): number {
    const bytes = this.#bytes;
    let i = from;
    while (i < this.#to && isSpace(bytes[i] ?? 0)) i++;
    return i;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
