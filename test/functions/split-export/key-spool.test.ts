import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeySpool } from '../../../functions/split-export/key-spool.ts';
import { RowBitmap } from '../../../functions/split-export/row-bitmap.ts';

const directory = mkdtempSync(join(tmpdir(), 'spool-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the spool of keys', () => {
  it('finds every repetition among more keys than fit into its buffers, and leaves no file behind', () => {
    const spool = new KeySpool(2, directory);
    const superseded = new RowBitmap();
    const keys = 300_000;
    // Every third key comes again, half of these with an older time.
    for (let record = 0; record < keys; record++) spool.add(`key-${record}`, Float64Array.of(1_000, record));
    for (let record = 0; record < keys; record += 3) {
      spool.add(`key-${record}`, Float64Array.of(record % 2 === 0 ? 2_000 : 500, keys + record));
    }
    spool.findSuperseded(superseded);
    spool.close();

    const wrong: number[] = [];
    for (let record = 0; record < keys; record++) {
      const isRepeated = record % 3 === 0;
      if (superseded.has(record) !== (isRepeated && record % 2 === 0)) wrong.push(record);
      if (superseded.has(keys + record) !== (isRepeated && record % 2 === 1)) wrong.push(keys + record);
    }
    expect(wrong).toEqual([]);
    expect(superseded.count).toBe(keys / 3);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('holds one entry for a key that repeats without end', () => {
    const spool = new KeySpool(2, directory);
    const superseded = new RowBitmap();
    for (let record = 0; record < 200_000; record++) spool.add('same', Float64Array.of(0, record));
    spool.findSuperseded(superseded);
    spool.close();
    expect(superseded.count).toBe(199_999);
    expect(superseded.has(199_999)).toBe(false);
  });

  it('refuses an export that would fill the disk, in words', () => {
    const spool = new KeySpool(2, directory, 100_000);
    const fill = () => {
      for (let record = 0; record < 200_000; record++) spool.add('same', Float64Array.of(0, record));
    };
    expect(fill).toThrow(
      expect.objectContaining({
        name: 'ExportTooLarge',
        message: expect.stringMatching(/more than 3125 records.*Split it/),
      }),
    );
    spool.close();
  });
});
