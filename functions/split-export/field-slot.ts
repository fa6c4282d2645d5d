/** More than any key or time that can be valid; a longer field is not kept (the worker rejects its row). */
export const MAX_FIELD_BYTES = 64 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Where the raw bytes of one wanted field of the current record are. A field within one block is pointed at, never
 * copied; one that crosses a block border is collected, up to `MAX_FIELD_BYTES`.
 */
export class FieldSlot {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** False if the record has no such field, or one too long to be kept. */
  present = false;
  #collected: Buffer[] = [];
  #collectedBytes = 0;

  /** Forgets the field of the record before. */
  clear(): void {
    this.present = false;
    if (this.#collectedBytes > 0) {
      this.#collected = [];
      this.#collectedBytes = 0;
    }
  }

  /** The field goes on in the next block. */
  collect(bytes: Buffer): void {
    this.#collectedBytes += bytes.length;
    if (this.#collectedBytes <= MAX_FIELD_BYTES) this.#collected.push(bytes);
    else this.#collected = [];
  }

  /** The field ends at `end` of this block; `start` is its first byte in this block. */
  close(block: Buffer, start: number, end: number): void {
    this.present = end - start + this.#collectedBytes <= MAX_FIELD_BYTES;
    if (this.#collectedBytes === 0) {
      this.bytes = block;
      this.start = start;
      this.end = end;
    } else if (this.present) {
      this.bytes = Buffer.concat([...this.#collected, block.subarray(start, end)]);
      this.start = 0;
      this.end = this.bytes.length;
    }
  }
}
