import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compression } from '../../../functions/shared/contracts.ts';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import { compressionOf, unpacked } from '../../../functions/split-export/compression.ts';
import { blocksOf } from './scanning.ts';

const PACK: Readonly<Record<Compression, (bytes: Buffer) => Buffer>> = { gzip: gzipSync, zstd: zstdCompressSync };
const BOTH = ['gzip', 'zstd'] as const;
const MB = 1_000_000;

async function unpackedBytes(bytes: Buffer, compression: Compression, blockBytes: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of unpacked(blocksOf(bytes, blockBytes), compression)) blocks.push(block);
  return Buffer.concat(blocks);
}

describe('what is packed', () => {
  it.each(BOTH)('with %s in any number of pieces is unpacked whole, wherever its blocks end', async (compression) => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 100 }), async (parts, blockBytes) => {
        const packed = Buffer.concat(parts.map((part) => PACK[compression](Buffer.from(part))));
        expect(await unpackedBytes(packed, compression, blockBytes)).toEqual(Buffer.concat(parts));
      }),
      { numRuns: 60 },
    );
  });

  it.each(BOTH)('with %s and cut off anywhere is refused', async (compression) => {
    const packed = PACK[compression](Buffer.from('id,name,email\n'.repeat(50)));
    for (let length = 4; length < packed.length; length += 3) {
      await expect(unpackedBytes(packed.subarray(0, length), compression, 7)).rejects.toThrow(InvalidExport);
    }
  });

  it.each(BOTH)('with %s is closed when nobody reads on', async (compression) => {
    const blocks = blocksOf(PACK[compression](Buffer.alloc(10 * MB, 'a,b\n')), 100);
    for await (const _block of unpacked(blocks, compression)) break;
    expect(blocks.destroyed).toBe(true);
  });

  it.each(BOTH)('with %s passes a fault of its source on as it is', async (compression) => {
    const packed = PACK[compression](Buffer.from('id,name,email\n'.repeat(50)));
    async function* broken(): AsyncGenerator<Buffer> {
      yield packed.subarray(0, 20);
      throw new RangeError('The connection broke.');
    }
    const reading = async () => {
      for await (const _block of unpacked(broken(), compression));
    };
    await expect(reading()).rejects.toThrow(RangeError);
  });

  it.each(BOTH)('as a bomb of %s is refused once it has more than 1 GB', async (compression) => {
    const one = PACK[compression](Buffer.alloc(50 * MB, '\n'));
    const bomb = Buffer.concat(Array.from({ length: 100 }, () => one));
    let bytes = 0;
    const reading = async () => {
      for await (const block of unpacked(blocksOf(bomb, 65_536), compression)) bytes += block.length;
    };
    await expect(reading()).rejects.toThrow(/unpack to more than 1 GB, over 200 times as much/);
    expect(bytes).toBeLessThanOrEqual(1_000 * MB);
  });
});

it.each([
  { name: 'a.csv', head: gzipSync('a'), is: 'gzip' },
  { name: 'a.csv.GZ', head: gzipSync('a'), is: 'gzip' },
  { name: 'a.csv.zst', head: zstdCompressSync('a'), is: 'zstd' },
  { name: 'a.csv', head: Buffer.from('id,name\n'), is: undefined },
  { name: 'a.csv', head: Buffer.alloc(0), is: undefined },
])('$name is packed with $is by its first bytes', ({ name, head, is }) => {
  expect(compressionOf(Buffer.from(head), name)).toBe(is);
});
