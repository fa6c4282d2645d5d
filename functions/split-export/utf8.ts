import { isUtf8 } from 'node:buffer';

/** A character of UTF-8 has at most 4 bytes, so at most 3 wait for the next block. */
const MAX_TAIL_BYTES = 3;

/** Checks that a stream of blocks is UTF-8, characters across block borders included. */
export class Utf8Check {
  /** The bytes of a character that the last block began. */
  #begun: Buffer = Buffer.alloc(0);

  /**
   * Returns the position of the first byte that belongs to no character, relative to the block's first byte, or
   * undefined. It is negative if the character began in the block before.
   */
  faultIn(block: Buffer): number | undefined {
    let from = 0;
    if (this.#begun.length > 0) {
      const missing = sequenceLength(this.#begun[0] ?? 0) - this.#begun.length;
      const character = Buffer.concat([this.#begun, block.subarray(0, missing)]);
      if (block.length < missing) {
        this.#begun = character;
        return isPrefix(character) ? undefined : block.length - character.length;
      }
      if (!isUtf8(character)) return -this.#begun.length;
      from = missing;
    }
    const tail = begunCharacter(block, from);
    const whole = block.subarray(from, block.length - tail);
    const fault = utf8Fault(whole);
    if (fault !== undefined) return from + fault;
    this.#begun = block.subarray(block.length - tail);
    return undefined;
  }

  /** Returns how many bytes of an unfinished character the stream ends with. */
  end(): number {
    return this.#begun.length;
  }
}

/** The position of the first byte that belongs to no character; undefined if there is none. */
export function utf8Fault(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let position = 0;
  while (position < bytes.length) {
    const length = sequenceLength(bytes[position] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(position, position + length))) break;
    position += length;
  }
  return position;
}

/** How many bytes a character has by its first byte; 0 if no character begins with it. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isPrefix(bytes: Buffer): boolean {
  return bytes.subarray(1).every(isContinuation);
}

/** How many bytes at the end of a block begin a character that goes on in the next one. */
function begunCharacter(block: Buffer, from: number): number {
  for (let length = 1; length <= MAX_TAIL_BYTES && block.length - length >= from; length++) {
    const byte = block[block.length - length];
    if (byte !== undefined && !isContinuation(byte)) return sequenceLength(byte) > length ? length : 0;
  }
  return 0;
}
