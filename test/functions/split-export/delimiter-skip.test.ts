import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimiterSkip } from '../../../functions/split-export/delimiter-skip.ts';

/** The rule, byte by byte. */
function skipped(block: Buffer, delimiter: number, from: number, to: number, count: number) {
  let passed = 0;
  let end = from;
  for (let i = from; i < to && passed < count; i++) {
    if (block[i] !== delimiter) continue;
    passed++;
    end = i + 1;
  }
  return { passed, end };
}

/** Bytes that differ from the delimiter in one bit, or carry into the next byte of a word, among them. */
const byte = fc.constantFrom(0x2c, 0x2c, 0x2d, 0x2b, 0xac, 0x2e, 0x00, 0x7f, 0x80, 0xff, 0x61);

describe('passing fields by their delimiters', () => {
  it('stops behind the same delimiter as byte by byte, wherever the block lies in memory', () => {
    fc.assert(
      fc.property(
        fc.array(byte, { maxLength: 40 }),
        fc.nat({ max: 7 }),
        fc.nat({ max: 40 }),
        fc.nat({ max: 40 }),
        fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(1 << 30)),
        (bytes, offset, one, other, count) => {
          const memory = new Uint8Array(offset + bytes.length + 8).fill(0x2c);
          memory.set(bytes, offset);
          const block = Buffer.from(memory.buffer, offset, bytes.length);
          const [from = 0, to = 0] = [one, other].map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b);
          const skip = new DelimiterSkip(0x2c);
          skip.enter(block);
          const end = skip.skip(from, to, count);
          expect({ passed: skip.passed, end }).toEqual(skipped(block, 0x2c, from, to, count));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
