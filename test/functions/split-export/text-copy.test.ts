import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textCopy } from '../../../functions/split-export/text-copy.ts';
import { type Buckets, RUNS, startBuckets } from './buckets.ts';

/** More than the two parts of 5 MB that go up at once, so that some are there before the limit is met. */
const LIMIT = 16_000_000;
const BLOCK = Buffer.alloc(1_000_000, 'a line of text\n');

let buckets: Buckets;
beforeAll(async () => {
  buckets = await startBuckets();
});
afterAll(() => buckets.stop());

async function* text(bytes: number): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; left -= BLOCK.length) yield BLOCK.subarray(0, left);
}

it('a text of as many bytes as one copy may have is kept whole', async () => {
  const copy = textCopy(buckets.s3, { bucket: RUNS, key: 'kept' }, LIMIT);
  await copy.keep(text(LIMIT));
  expect(copy.kept).toMatchObject({ bucket: RUNS, key: 'kept' });
  expect((await buckets.text(RUNS, 'kept')).length).toBe(LIMIT);
});

it('one more byte is refused with what to do, and nothing of the text is left', async () => {
  const copy = textCopy(buckets.s3, { bucket: RUNS, key: 'refused' }, LIMIT);
  const error = await copy.keep(text(LIMIT + 1)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: 'ExportTooLarge' });
  expect((error as Error).message).toMatch(
    /^The export has more than 0\.016 GB of text; .* Split it into several files/,
  );
  expect(copy.kept).toBeUndefined();
  const { Contents = [] } = await buckets.s3.send(new ListObjectsV2Command({ Bucket: RUNS, Prefix: 'refused' }));
  expect(Contents).toEqual([]);
});
