import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Environment } from '../../../local/lambda/environment.ts';
import { createPool } from '../../../local/lambda/pool.ts';

/** Environments without a process, in the order of their start. */
const started: (Environment & { alive: boolean })[] = [];

function start(): Environment {
  const environment = {
    pid: started.length,
    alive: true,
    run: () => Promise.reject(new Error('not used')),
    close: async () => {
      environment.alive = false;
    },
  };
  started.push(environment);
  return environment;
}

beforeEach(() => {
  vi.useFakeTimers();
  started.length = 0;
});
afterEach(() => vi.useRealTimers());

it('hands out a warm environment before it starts another', () => {
  const pool = createPool(start);
  const first = pool.take();
  const second = pool.take();
  pool.giveBack(first);

  expect(second).not.toBe(first);
  expect(pool.take()).toBe(first);
  expect(started).toHaveLength(2);
});

it('takes the environment that waited least, so that those not needed end', async () => {
  const pool = createPool(start);
  const [early, late] = [pool.take(), pool.take()];
  pool.giveBack(early);
  await vi.advanceTimersByTimeAsync(30_000);
  pool.giveBack(late);

  expect(pool.take()).toBe(late);
  pool.giveBack(late);
  await vi.advanceTimersByTimeAsync(31_000);

  expect([early.alive, late.alive]).toEqual([false, true]);
  expect(pool.environments()).toEqual([{ pid: late.pid, busy: false }]);
});

it('never ends an environment at work, however long it works', async () => {
  const pool = createPool(start);
  pool.giveBack(pool.take());
  const environment = pool.take();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(environment.alive).toBe(true);
});

it('does not hand out an environment that died, at work or waiting', () => {
  const pool = createPool(start);
  const [atWork, waiting] = [pool.take(), pool.take()];
  Object.assign(atWork, { alive: false });
  pool.giveBack(atWork);
  pool.giveBack(waiting);
  Object.assign(waiting, { alive: false });

  expect(pool.take().pid).toBe(2);
});
