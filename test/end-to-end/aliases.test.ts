import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from '../helpers/command-line.ts';
import { deadLetters, nameOf, sendEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const CUSTOMERS = 30;
const NIGHT = '2026-03-01T00:00:00Z';
const LATER = '2026-03-02T00:00:00Z';

const ALIASES = { id: ['CustomerNo', '顧客番号'], name: ['氏名'], changed: ['LastModified'] };
const mapping = smallMappingFile({ updatedAt: { column: 'changed' }, aliases: ALIASES });
/** The columns of an export in their order, by whatever names. */
type Cell = (n: number) => string;
const COLUMNS = { key: (n) => `K${n}`, name: (n) => `Ann ${n}`, changed: () => NIGHT } satisfies Record<string, Cell>;

let test: TestStack;
let call: ReturnType<typeof commandLine>;
beforeAll(async () => {
  test = await startTestStack({ quota: 150, mapping, settings: { latencyMs: { median: 5, spread: 0.3 } } });
  call = commandLine(test);
  await test.succeed('own-names.csv', csv({ id: COLUMNS.key, name: COLUMNS.name, changed: COLUMNS.changed }));
});
afterAll(() => test.stop());

function csv(columns: Readonly<Record<string, Cell>>, delimiter = ','): string {
  const rows = Array.from({ length: CUSTOMERS }, (_, n) => Object.values(columns).map((cell) => cell(n)));
  return [Object.keys(columns), ...rows].map((cells) => `${cells.join(delimiter)}\n`).join('');
}

function jsonl(columns: Readonly<Record<string, Cell>>): string {
  const lines = Array.from({ length: CUSTOMERS }, (_, n) =>
    JSON.stringify(Object.fromEntries(Object.entries(columns).map(([name, cell]) => [name, cell(n)]))),
  );
  return lines.join('\n');
}

it.each([
  [
    'a CSV with renamed columns',
    'renamed.csv',
    csv({ CustomerNo: COLUMNS.key, 氏名: COLUMNS.name, LastModified: COLUMNS.changed }),
  ],
  [
    'a CSV with renamed columns in another order, and more of them',
    'reordered.csv',
    csv(
      { note: () => 'x', LastModified: COLUMNS.changed, 顧客番号: COLUMNS.key, shop: () => 'Nara', name: COLUMNS.name },
      ';',
    ),
  ],
  [
    'JSON Lines with renamed properties',
    'renamed.jsonl',
    jsonl({ 氏名: COLUMNS.name, 顧客番号: COLUMNS.key, LastModified: COLUMNS.changed }),
  ],
])('%s costs no call where nothing but names of columns changed', async (_, name, content) => {
  const { summary } = await test.succeed(name, content);
  expect(summary).toMatchObject({ rows: CUSTOMERS, unchanged: CUSTOMERS, calls: 0 });
});

it('what changed in an export with renamed columns arrives, and an event with them, too', async () => {
  const changed = (n: number) => n === 7;
  const name: Cell = (n) => (changed(n) ? 'Bea' : COLUMNS.name(n));
  const time: Cell = (n) => (changed(n) ? LATER : NIGHT);
  const { summary } = await test.succeed(
    'changed.csv',
    csv({ LastModified: time, 氏名: name, CustomerNo: COLUMNS.key }),
  );
  expect(summary).toMatchObject({ synced: 1, unchanged: CUSTOMERS - 1, calls: 1 });
  expect(await nameOf(test, 'K7')).toBe('Bea');

  await sendEvents(test, [{ record: { 顧客番号: 'K8', 氏名: 'Cleo', LastModified: LATER }, time: LATER }]);
  await untilLiveQueueIsEmpty(test);
  expect(await nameOf(test, 'K8')).toBe('Cleo');
  expect(deadLetters(test)).toEqual([]);
});

it('commands find the customer in such an export', async () => {
  const path = join(test.folder, 'row.csv');
  await writeFile(path, `LastModified,氏名,CustomerNo\n${LATER},Dora,K9\n`);
  const row = await call(['test-row', path, '--row', '2', '--mapping', mapping, '--json']);
  expect(row.code).toBe(0);
  expect(JSON.stringify(row.json())).toContain('"Dora"');
  const plan = await call(['plan', path, '--mapping', mapping, '--json']);
  expect(plan.json()).toMatchObject({ rows: 1, synced: 1, rejected: 0 });
  const { runId } = await test.succeed('row.csv', await readFile(path, 'utf8'));
  const explained = await call(['explain', '--row', '2', '--of', runId, '--mapping', mapping, '--json']);
  expect(explained.code).toBe(0);
  expect(JSON.stringify(explained.json())).toContain('"K9"');
});

it('an export whose header line has two names of a column is refused', async () => {
  const result = await test.sync(
    'two.csv',
    csv({ id: COLUMNS.key, CustomerNo: COLUMNS.key, name: COLUMNS.name, changed: COLUMNS.changed }),
  );
  if (!('errors' in result)) throw new Error('it should have failed');
  expect(result.errors).toMatchObject([{ name: 'InvalidExport' }]);
  expect(result.errors[0]?.message).toContain('id and CustomerNo, which are names of one column');
});

it('a line with two names of a column is rejected, and synced once one of them is taken out', async () => {
  const bad = { id: 'K50', CustomerNo: 'K50', name: 'Eva', changed: NIGHT };
  const { runId, summary, rejected = '' } = await test.succeed('two.jsonl', `${JSON.stringify(bad)}\n`);
  expect(summary).toMatchObject({ synced: 0, rejected: 1, rejectedByCode: { TWO_NAMES: 1 }, calls: 0 });
  const path = join(test.folder, 'corrected.jsonl');
  const { id: _, ...line } = JSON.parse(await readFile(rejected, 'utf8'));
  await writeFile(path, `${JSON.stringify(line)}\n`);
  const sent = await call(['resubmit', path, '--of', runId, '--mapping', mapping, '--json']);
  expect(sent.code).toBe(0);
  const run: string = sent.json<{ runId: string }>().runId;
  expect((await call(['watch', run, '--json'])).code).toBe(0);
  expect(await nameOf(test, 'K50')).toBe('Eva');
});
