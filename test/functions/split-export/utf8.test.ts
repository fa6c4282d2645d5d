import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Check, utf8Fault } from '../../../functions/split-export/utf8.ts';

/** The position of the first fault in the whole, found in blocks. */
function faultInBlocks(bytes: Buffer, blockBytes: number): number | undefined {
  const check = new Utf8Check();
  for (let from = 0; from < bytes.length; from += blockBytes) {
    const fault = check.faultIn(bytes.subarray(from, from + blockBytes));
    if (fault !== undefined) return from + fault;
  }
  return check.end() > 0 ? bytes.length - check.end() : undefined;
}

describe('the UTF-8 check', () => {
  it('takes any text, at any block size', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), (text, blockBytes) => {
        expect(faultInBlocks(Buffer.from(text), blockBytes)).toBeUndefined();
      }),
    );
  });

  it('finds the same fault at any block size as in the whole, and all before it is UTF-8', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (parts, blockBytes) => {
        const bytes = Buffer.concat(parts);
        const fault = faultInBlocks(bytes, blockBytes);
        expect(fault).toBe(utf8Fault(bytes));
        expect(isUtf8(bytes)).toBe(fault === undefined);
        expect(isUtf8(bytes.subarray(0, fault))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
