import { DelimiterSkip } from './delimiter-skip.ts';
import { FieldSlot } from './field-slot.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** In place of a column: behind the last wanted one. */
const NONE = 1 << 30;

const FIELD_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
const QUOTE_IN_QUOTED = 3;

export interface CsvBoundariesOptions {
  /** One byte. */
  readonly delimiter: number;
  /** Positions of the columns whose bytes are wanted, ascending. */
  readonly wanted: readonly number[];
  /** Of the first byte that will be written. */
  readonly offset: number;
  /** Called with the byte range `[start, end)` of each record, newline included, while `fields` hold its wanted ones. */
  readonly onRecord: (start: number, end: number) => void;
}

/**
 * Finds the records of a CSV in a stream of blocks, at any block size, without taking the fields apart.
 *
 * A quote opens a field only at the field's start; after its closing quote a field goes on as unquoted text up to the
 * delimiter. That is how csv-parse reads with the options of csv-dialect.ts, and both must see the same records.
 */
export class CsvBoundaries {
  /** Of the current record, in the order of `wanted`. */
  readonly fields: readonly FieldSlot[];
  readonly #options: CsvBoundariesOptions;
  readonly #skip: DelimiterSkip;
  #state = FIELD_START;
  #column = 0;
  /** Index in `wanted` of the next wanted column of this record. */
  #next = 0;
  /** Offset of the next byte; of the record's first one; and that byte. */
  #offset: number;
  #recordStart: number;
  #firstByte = 0;

  constructor(options: CsvBoundariesOptions) {
    this.#options = options;
    this.#skip = new DelimiterSkip(options.delimiter);
    this.#offset = options.offset;
    this.#recordStart = options.offset;
    this.fields = options.wanted.map(() => new FieldSlot());
  }

  /** Bytes so far of the record that has not ended yet. */
  get begunBytes(): number {
    return this.#offset - this.#recordStart;
  }

  write(block: Buffer): void {
    const { delimiter, wanted } = this.#options;
    const length = block.length;
    const skip = this.#skip;
    skip.enter(block);
    let state = this.#state;
    let column = this.#column;
    let wantedColumn = wanted[this.#next] ?? NONE;
    let fieldStart = 0;
    /** The next quote and the next newline at or behind the start of the field. */
    let quote = -1;
    let newline = -1;
    let i = 0;
    while (i < length) {
      if (state === FIELD_START) {
        if (column === 0) this.#firstByte = block[i] ?? 0;
        if (quote < i) quote = positionOf(QUOTE, block, i);
        if (newline < i) newline = positionOf(LF, block, i);
        if (column !== wantedColumn) {
          if (wantedColumn === NONE && newline < quote) i = newline;
          else {
            i = skip.skip(i, newline < quote ? newline : quote, wantedColumn - column);
            column += skip.passed;
          }
        }
        fieldStart = i;
        if (i === length) break;
        state = i === quote ? QUOTED : UNQUOTED;
        if (state === QUOTED) {
          i++;
          continue;
        }
      }
      let byte = block[i];
      if (state === UNQUOTED) {
        while (byte !== delimiter && byte !== LF && ++i < length) byte = block[i];
        if (i === length) break;
        if (column === wantedColumn) {
          this.#closeField(block, fieldStart, i, byte === LF);
          wantedColumn = wanted[this.#next] ?? NONE;
        }
        i++;
        state = FIELD_START;
        column++;
        if (byte === LF) {
          this.#endRecord(this.#offset + i);
          column = 0;
          wantedColumn = wanted[0] ?? NONE;
        }
      } else if (state === QUOTED) {
        while (byte !== QUOTE && ++i < length) byte = block[i];
        if (i === length) break;
        i++;
        state = QUOTE_IN_QUOTED;
      } else {
        state = byte === QUOTE ? QUOTED : UNQUOTED;
        if (state === QUOTED) i++;
      }
    }
    if (column === wantedColumn && state !== FIELD_START) this.fields[this.#next]?.collect(block.subarray(fieldStart));
    this.#state = state;
    this.#column = column;
    this.#offset += length;
  }

  /** The last record needs no newline. Returns false if the export ends within a quoted field. */
  end(): boolean {
    if (this.#state === QUOTED) return false;
    if (this.#offset === this.#recordStart) return true;
    if (this.#column === this.#options.wanted[this.#next]) this.#closeField(Buffer.alloc(0), 0, 0, false);
    this.#firstByte = 0;
    this.#endRecord(this.#offset);
    return true;
  }

  #closeField(block: Buffer, start: number, end: number, endsRecord: boolean): void {
    const field = this.fields[this.#next++];
    if (field === undefined) return;
    field.close(block, start, end);
    if (endsRecord && field.end > field.start && field.bytes[field.end - 1] === CR) field.end--;
  }

  #endRecord(end: number): void {
    const start = this.#recordStart;
    const blank = end - start === 1 ? this.#firstByte === LF : end - start === 2 && this.#firstByte === CR;
    if (!blank) this.#options.onRecord(start, end);
    this.#recordStart = end;
    this.#next = 0;
    for (const field of this.fields) field.clear();
  }
}

/** The position of a byte at `from` or behind it; the block's end if it has none. */
function positionOf(byte: number, block: Buffer, from: number): number {
  const position = block.indexOf(byte, from);
  return position === -1 ? block.length : position;
}
