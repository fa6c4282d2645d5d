import { MAX_CHUNK_BYTES } from './limits.ts';

/** Rows between two marks at first, and of the smallest chunk that an export is cut into for more workers. */
const FINEST_ROWS = 25;
/** A chunk is packed from marks, so they must be fine against both of its limits. */
const MARKS_PER_CHUNK = 8;
const MARK_BYTES = MAX_CHUNK_BYTES / MARKS_PER_CHUNK;
/** Marks are thinned when so many are held (16 bytes each). */
const THIN_AT = 1 << 17;
/** A worker that is done early finds more work, and the last chunks end at about the same time. */
const CHUNKS_PER_WORKER = 3;

export interface PlannedChunk {
  readonly start: number;
  readonly end: number;
  /** Index of its first record in the export, from 0. */
  readonly firstRecord: number;
  readonly records: number;
}

/**
 * Where an export may be cut. Boundaries are noted finely while it is read, since nobody knows yet how many records it
 * has, thinned so that memory stays flat, and merged into chunks at the end.
 */
export class ChunkPlan {
  readonly #rowsPerChunk: number;
  /** Offset and record index of each mark; a mark is the start of a record. */
  #offsets = new Float64Array(1024);
  #records = new Float64Array(1024);
  #marks = 0;
  #step = FINEST_ROWS;
  #count = 0;
  #end = 0;

  constructor(rowsPerChunk: number) {
    this.#rowsPerChunk = rowsPerChunk;
  }

  /** Records added so far. */
  get records(): number {
    return this.#count;
  }

  /** Notes the next record. */
  add(start: number, end: number): void {
    const last = this.#marks - 1;
    const isDue =
      last < 0 ||
      this.#count - this.#recordOf(last) >= this.#step ||
      // Before the record that would be too much, so that only a record longer than this has a longer interval.
      end - this.#offsetOf(last) > MARK_BYTES;
    if (isDue) this.#mark(start);
    this.#count++;
    this.#end = end;
  }

  /** The chunks, in the order of the export, for so many workers at once. */
  *chunks(workers: number): Generator<PlannedChunk> {
    const even = Math.ceil(this.#count / (workers * CHUNKS_PER_WORKER));
    const rows = Math.min(this.#rowsPerChunk, Math.max(even, FINEST_ROWS));
    let first = 0;
    while (first < this.#marks) {
      const start = this.#offsetOf(first);
      const firstRecord = this.#recordOf(first);
      let next = first + 1;
      while (
        next < this.#marks &&
        this.#recordOf(next + 1) - firstRecord <= rows &&
        this.#offsetOf(next + 1) - start <= MAX_CHUNK_BYTES
      ) {
        next++;
      }
      yield { start, end: this.#offsetOf(next), firstRecord, records: this.#recordOf(next) - firstRecord };
      first = next;
    }
  }

  /** Mark `#marks` stands for the end of the export. */
  #offsetOf(mark: number): number {
    return mark < this.#marks ? (this.#offsets[mark] ?? 0) : this.#end;
  }

  #recordOf(mark: number): number {
    return mark < this.#marks ? (this.#records[mark] ?? 0) : this.#count;
  }

  #mark(start: number): void {
    if (this.#marks >= THIN_AT && this.#step * 2 * MARKS_PER_CHUNK <= this.#rowsPerChunk) this.#thin();
    if (this.#marks === this.#offsets.length) {
      this.#offsets = grown(this.#offsets);
      this.#records = grown(this.#records);
    }
    this.#offsets[this.#marks] = start;
    this.#records[this.#marks] = this.#count;
    this.#marks++;
  }

  /** Doubles the step and drops each mark whose neighbours stay within it. */
  #thin(): void {
    this.#step *= 2;
    let kept = 1;
    for (let mark = 1; mark < this.#marks; mark++) {
      const isNeeded =
        this.#recordOf(mark + 1) - this.#recordOf(kept - 1) > this.#step ||
        this.#offsetOf(mark + 1) - this.#offsetOf(kept - 1) > MARK_BYTES;
      if (!isNeeded) continue;
      this.#offsets[kept] = this.#offsetOf(mark);
      this.#records[kept] = this.#recordOf(mark);
      kept++;
    }
    this.#marks = kept;
  }
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
