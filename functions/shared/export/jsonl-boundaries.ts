/**
 * SplitExport refuses longer records: they are a lost newline or quote, not a customer, since a profile object holds
 * 250 KB. A worker of 512 MB needs up to 400 MB for one of this length, if it is all delimiters or numbers.
 */
export const MAX_RECORD_BYTES = 4_000_000;

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

export interface JsonlBoundariesOptions {
  /** Of the first byte that will be written. */
  readonly offset: number;
  /**
   * Called with the byte range `[start, end)` of each record in the export, newline included, and its line, which is
   * `bytes[from, to)`.
   */
  readonly onRecord: (start: number, end: number, bytes: Buffer, from: number, to: number) => void;
}

/** Finds the records of a JSON Lines export in a stream of blocks, at any block size. Blank lines are no records. */
export class JsonlBoundaries {
  readonly #options: JsonlBoundariesOptions;
  /** The line that the blocks so far began. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #recordStart: number;

  constructor(options: JsonlBoundariesOptions) {
    this.#options = options;
    this.#recordStart = options.offset;
  }

  /** Bytes so far of the record that has not ended yet. */
  get begunBytes(): number {
    return this.#begunBytes;
  }

  write(block: Buffer): void {
    let from = 0;
    for (let newline = block.indexOf(LF); newline !== -1; newline = block.indexOf(LF, from)) {
      if (this.#begunBytes > 0) {
        this.#keep(block.subarray(from, newline));
        this.#endBegun(1);
      } else {
        this.#endRecord(newline + 1 - from, block, from, newline);
      }
      from = newline + 1;
    }
    this.#keep(block.subarray(from));
  }

  /** The last record needs no newline. */
  end(): void {
    if (this.#begunBytes > 0) this.#endBegun(0);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#begunBytes += bytes.length;
    this.#begun.push(bytes);
  }

  #endBegun(newlineBytes: number): void {
    const line = Buffer.concat(this.#begun);
    this.#begun = [];
    this.#begunBytes = 0;
    this.#endRecord(line.length + newlineBytes, line, 0, line.length);
  }

  #endRecord(length: number, bytes: Buffer, from: number, to: number): void {
    const start = this.#recordStart;
    const end = start + length;
    this.#recordStart = end;
    if (isBlank(bytes, from, to)) return;
    this.#options.onRecord(start, end, bytes, from, to);
  }
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  let i = from;
  while (i < to && (bytes[i] === SPACE || bytes[i] === CR || bytes[i] === TAB)) i++;
  return i === to;
}
