import { BlockText } from './block-text.ts';

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
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  /** Set by the last string read. */
  #hasEscape = false;

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
    this.#bytes = bytes;
    this.#to = to;
    this.#starts.fill(FAILED);
    const open = this.#skipSpace(from);
    if (bytes[open] !== OPEN_OBJECT) return false;
    const end = this.#object(open + 1, 0);
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

  /** From behind the opening brace; returns the position behind the closing one. */
  #object(from: number, depth: number): number {
    const bytes = this.#bytes;
    let i = this.#skipSpace(from);
    if (bytes[i] === CLOSE_OBJECT) return i + 1;
    while (bytes[i] === QUOTE) {
      const nameEnd = this.#string(i + 1);
      if (nameEnd === FAILED) return FAILED;
      const wanted = depth === 0 ? this.#wanted(i + 1, nameEnd - 1) : FAILED;
      if (depth === 0 && (this.#hasEscape || this.#is(this.#refused, i + 1, nameEnd - 1))) return FAILED;
      i = this.#skipSpace(nameEnd);
      if (bytes[i] !== COLON) return FAILED;
      const start = this.#skipSpace(i + 1);
      const end = this.#value(start, depth);
      if (end === FAILED) return FAILED;
      if (wanted !== FAILED) this.#note(wanted, start, end);
      i = this.#skipSpace(end);
      if (bytes[i] === CLOSE_OBJECT) return i + 1;
      if (bytes[i] !== COMMA) return FAILED;
      i = this.#skipSpace(i + 1);
    }
    return FAILED;
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
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === QUOTE) return i + 1;
      if (byte < 0x20) return FAILED;
      if (byte !== BACKSLASH) continue;
      this.#hasEscape = true;
      i++;
      if (bytes[i] === LOWER_U) {
        for (let digit = 0; digit < 4; digit++) if (!isHexDigit(bytes[++i] ?? 0)) return FAILED;
      } else if (!ESCAPES.includes(bytes[i] ?? 0)) return FAILED;
    }
    return FAILED;
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
    let i = from;
    while (i < this.#to && isSpace(this.#bytes[i] ?? 0)) i++;
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
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
