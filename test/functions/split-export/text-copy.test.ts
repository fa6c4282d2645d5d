import { randomBytes } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExportTooLarge } from '../../../functions/shared/errors.ts';
import { textCopy } from '../../../functions/split-export/text-copy.ts';
import { type Buckets, RUNS, startBuckets } from './buckets.ts';

const PART_BYTES = 5 * 1024 * 1024;
const TARGET = { bucket: RUNS, key: 'texts/run.txt' };

let buckets: Buckets;
beforeAll(async () => {
  buckets = await startBuckets();
});
afterAll(() => buckets.stop());

/** Blocks of these sizes, in memory that is used again for each, as the reader of an export may. */
async function* blocksOf(text: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(Math.max(...sizes));
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    const copied = text.copy(memory, 0, at, at + size);
    yield memory.subarray(0, copied);
    at += copied;
  }
}

/** A client of the same S3 that notes its calls when they end; one of them can fail. */
function watched(failing?: number) {
  const s3 = new S3Client({
    endpoint: buckets.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const calls: string[] = [];
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { PartNumber } = args.input as { PartNumber?: number };
        try {
          if (failing !== undefined && PartNumber === failing) throw new RangeError('lost');
          return await next(args);
        } finally {
          calls.push(commandName.replace('Command', ''));
        }
      },
    { step: 'initialize' },
  );
  return { s3, calls };
}

describe('the copy of a text', () => {
  it('has every byte of it in order, whatever the blocks and however many parts it takes', async () => {
    const letters = randomBytes(PART_BYTES + PART_BYTES / 2).toString('hex');
    const size = fc.oneof(
      fc.constantFrom(0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 3 * PART_BYTES),
      fc.nat(3 * PART_BYTES),
    );
    const sizes = fc.array(fc.constantFrom(1_000, 65_536, 100_001, PART_BYTES, 2 * PART_BYTES + 1), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(size, sizes, async (bytes, of) => {
        const text = Buffer.from(letters.slice(0, bytes));
        const copy = textCopy(buckets.s3, TARGET);
        await copy.keep(blocksOf(text, of));
        expect((await buckets.text(RUNS, TARGET.key)) === text.toString()).toBe(true);
        expect(copy.kept).toMatchObject(TARGET);
        expect(copy.kept?.etag).not.toContain('"');
      }),
      { numRuns: 25 },
    );
  });

  it.each([10, PART_BYTES + 10, 2 * PART_BYTES + 10])(
    'is none at all if the text breaks after %i bytes',
    async (bytes) => {
      const target = { ...TARGET, key: `texts/broken-${bytes}.txt` };
      const { s3, calls } = watched();
      const copy = textCopy(s3, target);
      async function* broken(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(bytes, 'a');
        throw new RangeError('broken');
      }
      await expect(copy.keep(broken())).rejects.toThrow(new RangeError('broken'));
      expect(copy.kept).toBeUndefined();
      await expect(buckets.text(RUNS, target.key)).rejects.toThrow();
      const parts = Array.from({ length: Math.floor(bytes / PART_BYTES) }, () => 'UploadPart');
      expect(calls).toEqual(['CreateMultipartUpload', ...parts, 'AbortMultipartUpload']);
    },
  );

  it('stops the reading of a text whose part is lost, and leaves nothing', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.alloc(PART_BYTES, 'a');
      } finally {
        isClosed = true;
      }
    }
    const { s3, calls } = watched(3);
    const target = { ...TARGET, key: 'texts/lost.txt' };
    const copy = textCopy(s3, target);
    await expect(copy.keep(endless())).rejects.toThrow(new RangeError('lost'));
    expect(copy.kept).toBeUndefined();
    expect(isClosed).toBe(true);
    expect(calls).toEqual(['CreateMultipartUpload', ...Array(3).fill('UploadPart'), 'AbortMultipartUpload']);
    await expect(buckets.text(RUNS, target.key)).rejects.toThrow();
  });

  it('is refused above its limit, with what to do, and leaves nothing', async () => {
    const target = { ...TARGET, key: 'texts/large.txt' };
    const text = Buffer.alloc(2_001, 'a');
    const tooLarge = textCopy(buckets.s3, target, 2_000).keep(blocksOf(text, [1_000]));
    await expect(tooLarge).rejects.toThrow(ExportTooLarge);
    await expect(tooLarge).rejects.toThrow(/Split it into several files/);
    await expect(buckets.text(RUNS, target.key)).rejects.toThrow();
    await textCopy(buckets.s3, target, 2_001).keep(blocksOf(text, [1_000]));
    expect(await buckets.text(RUNS, target.key)).toHaveLength(2_001);
  });
});
