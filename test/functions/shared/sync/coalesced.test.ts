import { expect, it } from 'vitest';
import { coalesced } from '../../../../functions/shared/sync/coalesced.ts';

/** A value that others change while reads are under way; a read sees what stood there when it began. */
function changingValue() {
  const state = { value: 0, reads: 0 };
  const read = coalesced(async () => {
    state.reads += 1;
    const seen = state.value;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return seen;
  });
  return { state, read };
}

it('a caller never gets a read that began before its call', async () => {
  const { state, read } = changingValue();
  const first = read();
  state.value = 1;
  expect(await Promise.all([first, read(), read()])).toEqual([0, 1, 1]);
});

it('a burst of callers costs two reads', async () => {
  const { state, read } = changingValue();
  await Promise.all(Array.from({ length: 50 }, () => read()));
  expect(state.reads).toBe(2);
});

it('a failed read fails its callers and not the next', async () => {
  let fail = true;
  const read = coalesced(async () => {
    if (fail) throw new Error('once');
    return 'ok';
  });
  const failing = read();
  const next = read();
  await expect(failing).rejects.toThrow('once');
  await expect(next).rejects.toThrow('once');
  fail = false;
  expect(await read()).toBe('ok');
});
