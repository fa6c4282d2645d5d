import { expect, it } from 'vitest';
import { createPool } from '../../../../functions/shared/sync/pool.ts';

/** A task for each number, which ends when it is told to. */
function tasks(count: number) {
  const underWay = new Set<number>();
  let most = 0;
  const ends = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const task = (index: number) => async (): Promise<void> => {
    underWay.add(index);
    most = Math.max(most, underWay.size);
    await ends[index]?.promise;
    underWay.delete(index);
  };
  return { task, end: (index: number) => ends[index]?.resolve(), underWay, most: () => most };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('tasks start as others end, at most so many at once, however many wait to start one', async () => {
  const pool = createPool(2);
  const { task, end, underWay, most } = tasks(6);
  const started = Promise.all([0, 1, 2, 3, 4, 5].map((index) => pool.start(task(index))));
  await turn();
  expect([...underWay]).toEqual([0, 1]);
  end(1);
  await turn();
  expect([...underWay]).toEqual([0, 2]);
  for (const index of [0, 2, 3, 4, 5]) end(index);
  await started;
  await pool.drained();
  expect(underWay.size).toBe(0);
  expect(most()).toBe(2);
});

it('is drained when the last task has ended, also one that began meanwhile, and at once when there is none', async () => {
  const pool = createPool(1);
  await pool.drained();
  const { task, end, underWay } = tasks(2);
  await pool.start(task(0));
  const second = pool.start(task(1));
  let isDrained = false;
  const drained = pool.drained().then(() => {
    isDrained = true;
  });
  end(0);
  await second;
  await turn();
  expect(isDrained).toBe(false);
  expect([...underWay]).toEqual([1]);
  end(1);
  await drained;
  expect(underWay.size).toBe(0);
});
