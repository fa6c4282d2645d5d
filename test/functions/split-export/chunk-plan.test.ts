import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkPlan } from '../../../functions/split-export/chunk-plan.ts';
import { MAX_CHUNK_BYTES } from '../../../functions/split-export/limits.ts';

function planOf(recordBytes: readonly number[], rowsPerChunk: number): ChunkPlan {
  const plan = new ChunkPlan(rowsPerChunk);
  let offset = 100;
  for (const bytes of recordBytes) {
    plan.add(offset, offset + bytes);
    offset += bytes;
  }
  return plan;
}

describe('the chunk plan', () => {
  it('covers each record once, in order, in chunks within the row limit and 8 MB, or of one record', () => {
    const bytes = fc.oneof(
      { arbitrary: fc.integer({ min: 1, max: 500 }), weight: 20 },
      { arbitrary: fc.integer({ min: 1, max: 12_000_000 }), weight: 1 },
    );
    fc.assert(
      fc.property(
        fc.array(bytes, { maxLength: 600 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 40 }),
        (recordBytes, rowsPerChunk, workers) => {
          let offset = 100;
          let record = 0;
          for (const chunk of planOf(recordBytes, rowsPerChunk).chunks(workers)) {
            expect(chunk.start).toBe(offset);
            expect(chunk.firstRecord).toBe(record);
            const own = recordBytes.slice(record, record + chunk.records);
            offset += own.reduce((sum, one) => sum + one, 0);
            record += chunk.records;
            expect(chunk.end).toBe(offset);
            expect(chunk.records).toBeGreaterThan(0);
            expect(chunk.records).toBeLessThanOrEqual(Math.max(rowsPerChunk, 25));
            if (chunk.records > 1) expect(chunk.end - chunk.start).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
          }
          expect(record).toBe(recordBytes.length);
        },
      ),
    );
  });

  it.each([
    { rows: 0, workers: 8, chunks: 0, because: 'there is nothing to do' },
    { rows: 10, workers: 8, chunks: 1, because: 'less than 25 rows are not worth a worker' },
    { rows: 100, workers: 8, chunks: 4, because: 'a small export is cut into chunks of 25 rows' },
    { rows: 600, workers: 8, chunks: 24, because: 'every worker gets three chunks' },
    { rows: 1_000_000, workers: 8, chunks: 556, because: 'a chunk has the rows of the rate plan at most' },
  ])('makes $chunks chunks of $rows rows for $workers workers: $because', ({ rows, workers, chunks }) => {
    const plan = planOf(new Array<number>(rows).fill(100), 1_800);
    expect([...plan.chunks(workers)]).toHaveLength(chunks);
  });

  it('stays even and exact when marks are thinned out', () => {
    const rows = 8_000_000;
    const plan = new ChunkPlan(5_000);
    for (let record = 0; record < rows; record++) plan.add(record * 50, record * 50 + 50);
    const chunks = [...plan.chunks(10)];
    expect(chunks.reduce((sum, chunk) => sum + chunk.records, 0)).toBe(rows);
    expect(chunks.every((chunk) => chunk.start === chunk.firstRecord * 50 && chunk.records <= 5_000)).toBe(true);
    expect(chunks.slice(0, -1).every((chunk) => chunk.records > 4_000)).toBe(true);
  });
});
