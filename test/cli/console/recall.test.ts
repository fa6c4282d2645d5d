import { describe, expect, it } from 'vitest';
import { createRecall } from '../../../cli/console/recall.ts';

describe('what was read', () => {
  function reader() {
    let now = 0;
    let reads = 0;
    const recall = createRecall({ now: () => now });
    return {
      recall,
      read: (name = 'runs', forMs = 1_000) => recall(name, forMs, async () => ++reads),
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  it('is shared for its time, also while it is being read', async () => {
    const { read, pass } = reader();
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    pass(999);
    expect(await read()).toBe(1);
    pass(1);
    expect(await read()).toBe(2);
  });

  it('is not read once more while it is still being read, however long that takes, but after a change', async () => {
    let now = 0;
    const recall = createRecall({ now: () => now });
    const readings: ((value: string) => void)[] = [];
    const read = () => recall('runs', 1_000, () => new Promise<string>((resolve) => readings.push(resolve)));
    const [first, second] = [read(), read()];
    now = 60_000;
    await recall('other', 1_000, async () => 'forgets what is old');
    const third = read();
    expect(readings).toHaveLength(1);
    recall.renew();
    const changed = read();
    expect(readings).toHaveLength(2);
    readings[0]?.('before');
    readings[1]?.('after');
    expect(await Promise.all([first, second, third, changed])).toEqual(['before', 'before', 'before', 'after']);
    // It was read a minute ago, and less.
    expect(await Promise.race([read(), 'being read'])).toBe('after');
    now += 1_000;
    read();
    expect(readings).toHaveLength(3);
  });

  it('is told apart by its name', async () => {
    const { read } = reader();
    expect([await read('a'), await read('b'), await read('a')]).toEqual([1, 2, 1]);
  });

  it('is read again after a change, but for what never changes', async () => {
    const { recall, read } = reader();
    expect([await read('a'), await read('b', Number.POSITIVE_INFINITY)]).toEqual([1, 2]);
    recall.renew();
    expect([await read('a'), await read('b', Number.POSITIVE_INFINITY)]).toEqual([3, 2]);
  });

  it('is tried again if it failed', async () => {
    const { recall } = reader();
    const failing = recall('x', 1_000, () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect(await recall('x', 1_000, async () => 'here')).toBe('here');
  });

  it('is forgotten when it becomes too much, the oldest first', async () => {
    const { read } = reader();
    for (let n = 0; n <= 2_000; n += 1) await read(String(n), Number.POSITIVE_INFINITY);
    expect(await read('2000', Number.POSITIVE_INFINITY)).toBe(2_001);
    expect(await read('0', Number.POSITIVE_INFINITY)).toBe(2_002);
  });
});
