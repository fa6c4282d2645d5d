import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChunkProgress } from '../../../functions/shared/contracts.ts';
import { readRunCounts, readRunProgress, sumProgress } from '../../../functions/shared/run-progress.ts';
import { attempt } from '../../helpers/attempt.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';

describe('the progress of a run', () => {
  it("counts a chunk's rows once, from its furthest attempt, whatever order the attempts come in", () => {
    const attempts = [
      attempt({ retry: 0, rows: 4, synced: 4 }),
      attempt({ retry: 1, rows: 7, synced: 7 }),
      attempt({ redrive: 1, retry: 0, rows: 9, synced: 9 }),
      attempt({ redrive: 1, retry: 1, rows: 0, synced: 0 }),
      attempt({ chunk: 1, rows: 3, synced: 1, rejected: 2 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(attempts, { minLength: 5 }), (shuffled) => {
        expect(sumProgress(shuffled)).toMatchObject({ rows: 12, synced: 10, rejected: 2 });
      }),
    );
  });

  it('counts deletions and clearings as it counts rows, and names none where there were none', () => {
    const attempts = [
      attempt({ deleted: 2, cleared: 1 }),
      attempt({ retry: 1, rows: 12, deleted: 3, cleared: 4 }),
      attempt({ chunk: 1, cleared: 5 }),
    ];
    expect(sumProgress(attempts)).toMatchObject({ deleted: 3, cleared: 9 });
    const sum = sumProgress([attempt()]);
    for (const name of ['deleted', 'cleared']) expect(sum).not.toHaveProperty(name);
  });

  it('counts the calls of every attempt: each was spent', () => {
    const attempts = [attempt({ calls: 5, throttled: 5 }), attempt({ retry: 1, calls: 6, throttled: 1 })];
    expect(sumProgress(attempts)).toMatchObject({ calls: 11, throttled: 6 });
  });
});

describe('what is noted of a run', () => {
  let tables: Awaited<ReturnType<typeof startTables>>;
  const rate = { firstSlot: 900_000_000, calls: [10], limits: [[0, 80]] } satisfies ChunkProgress['rate'];
  const noted = [attempt({ ended: 'ItemsThrottled', rate }), attempt({ retry: 1, rate, deleted: 2, cleared: 3 })];
  beforeAll(async () => {
    tables = await startTables();
    const put = (item: string, more: object) =>
      tables.client.send(new PutCommand({ TableName: TABLES.run, Item: { run: 'run-1', item, ttl: 1, ...more } }));
    await put('split', { rows: 10, chunks: 1, exportTime: 5 });
    for (const each of noted) await put(`progress#000000#000000#00000${each.retry}`, each);
  });
  afterAll(() => tables.stop());

  it('is read with the rate of each attempt, or without', async () => {
    const whole = await readRunProgress(tables.client, TABLES.run, 'run-1');
    const counts = await readRunCounts(tables.client, TABLES.run, 'run-1');
    expect(whole.attempts).toMatchObject(noted);
    expect(counts.attempts).toMatchObject(noted.map(({ rate: _, ...others }) => others));
    expect(counts.attempts.flatMap((each) => each.rate ?? [])).toEqual([]);
    expect({ ...counts, attempts: [] }).toEqual({ ...whole, attempts: [] });
    expect(whole).toMatchObject({
      totalRows: 10,
      totalChunks: 1,
      exportTime: 5,
      calls: 20,
      retries: 1,
      deleted: 2,
      cleared: 3,
    });
  });
});
