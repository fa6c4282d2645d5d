const SPACE = /[ \t\r\n]*/y;
/** From the space on, since control characters must be escaped, without the quote and the backslash. */
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Line and column (from 1) where a text stops being JSON; undefined if it is JSON. `JSON.parse` often gives no place
 * but quotes the text instead.
 */
export function jsonFault(text: string): { line: number; column: number } | undefined {
  const scanner = new Scanner(text);
  if (scanner.document()) return undefined;
  const before = text.slice(0, scanner.offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Each method goes past what it names and says whether it was there; after a `false`, `offset` is the faulty place. */
class Scanner {
  readonly #text: string;
  offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): boolean {
    if (!this.#value()) return false;
    this.#take(SPACE);
    return this.offset === this.#text.length;
  }

  #value(): boolean {
    this.#take(SPACE);
    if (this.#mark('{')) return this.#list('}', () => this.#property());
    if (this.#mark('[')) return this.#list(']', () => this.#value());
    return this.#take(STRING) || this.#take(NUMBER_OR_WORD);
  }

  #property(): boolean {
    this.#take(SPACE);
    if (!this.#take(STRING)) return false;
    this.#take(SPACE);
    return this.#mark(':') && this.#value();
  }

  #list(end: string, item: () => boolean): boolean {
    this.#take(SPACE);
    if (this.#mark(end)) return true;
    for (;;) {
      if (!item()) return false;
      this.#take(SPACE);
      if (this.#mark(end)) return true;
      if (!this.#mark(',')) return false;
    }
  }

  #mark(character: string): boolean {
    if (this.#text[this.offset] !== character) return false;
    this.offset += 1;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.#text);
    if (found === null) return false;
    this.offset += found[0].length;
    return true;
  }
}
