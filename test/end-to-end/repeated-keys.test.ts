import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const MAPPING = {
  objectType: { name: 'Small', description: 'Small customers', expirationDays: 30 },
  exports: { contains: 'changes' },
  customerKey: { field: 'id', keyName: 'smallId' },
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName' },
  ],
};
const CUSTOMERS = 400;

let test: TestStack;
beforeAll(async () => {
  const mapping = `${process.env.TMPDIR ?? '/tmp'}/small-mapping-${process.pid}.json`;
  await writeFile(mapping, JSON.stringify(MAPPING));
  test = await startTestStack({ quota: 150, mapping, settings: { latencyMs: { median: 20, spread: 0.3 } } });
});
afterAll(() => test.stop());

it('of a key that comes again in another chunk, the last row wins and is the only one sent', async () => {
  const once = Array.from({ length: CUSTOMERS }, (_, n) => `K${n},first ${n}`);
  const again = Array.from({ length: CUSTOMERS / 2 }, (_, n) => `K${n * 2},last ${n * 2}`);
  const { summary } = await test.succeed('small.csv', `${['id,name', ...once, ...again].join('\r\n')}\r\n`);

  expect(summary.chunks).toBeGreaterThan(1);
  expect(summary).toMatchObject({
    rows: CUSTOMERS * 1.5,
    synced: CUSTOMERS,
    stale: CUSTOMERS / 2,
    duplicates: CUSTOMERS / 2,
    calls: CUSTOMERS,
  });
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const [profile] = await findProfiles(test.stack, 'smallId', `K${n}`);
    expect(profile?.FirstName).toBe(n % 2 === 0 ? `last ${n}` : `first ${n}`);
  }
});

it('JSON Lines takes the same road', async () => {
  const lines = Array.from({ length: 50 }, (_, n) => JSON.stringify({ id: `J${n}`, name: `json ${n}` }));
  const { summary } = await test.succeed('small.jsonl', lines.join('\n'));
  expect(summary).toMatchObject({ rows: 50, synced: 50, rejected: 0 });
  const [profile] = await findProfiles(test.stack, 'smallId', 'J7');
  expect(profile?.FirstName).toBe('json 7');
});

it('a header without any row is a run of 0 rows that succeeds', async () => {
  const { summary } = await test.succeed('empty.csv', 'id,name\n');
  expect(summary).toMatchObject({ rows: 0, synced: 0, rejected: 0, chunks: 0, accounted: true });
});

it('a header that does not fit the mapping fails the run in words, without a word of the file', async () => {
  const result = await test.sync('wrong.csv', 'Taro Yamada,090-1234-5678\nHanako,1\n');
  if (!('errors' in result)) throw new Error('it should have failed');
  expect(result).toMatchObject({ status: 'FAILED', errors: [{ name: 'InvalidExport' }] });
  expect(result.errors[0]?.message).toContain('id');
  expect(JSON.stringify(result)).not.toMatch(/Taro|090/);
});

it('above the rejected share the run raises the alarm and still succeeds', async () => {
  const { summary } = await test.succeed('bad.csv', 'id,name\nA1,Ann\n,Nobody\n');
  expect(summary).toMatchObject({ rows: 2, synced: 1, rejected: 1 });
  const notices = JSON.stringify(test.stack.sns.notices());
  expect(notices).toContain('MISSING_KEY');
  expect(notices).not.toMatch(/Ann|Nobody/);
});
