import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import parsePhoneNumber from 'libphonenumber-js/max';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { readRunProgress } from '../../functions/shared/run-progress.ts';
import type { Usage } from '../../local/meter.ts';
import mapping from '../../mappings/customer.json' with { type: 'json' };
import { fieldAt, findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

type Row = Record<string, string> & { row: number };

const QUOTA = 150;

let test: TestStack;
let first: { runId: string; summary: RunSummary; rejected?: string };
let asked: Usage;
const sample = await readFile('samples/customers.csv');
const rows = parse(sample, { columns: true, relax_column_count: true }).map(
  (record, index): Row => ({ ...(record as Record<string, string>), row: index + 2 }) as Row,
);

beforeAll(async () => {
  test = await startTestStack({ quota: QUOTA, settings: { latencyMs: { median: 50, spread: 0.3 } } });
  first = await test.succeed('customers.csv', sample);
  asked = test.stack.usage();
});
afterAll(() => test.stop());

it('every row of the sample has one outcome, and the totals add up', () => {
  const { rows: total, synced, unchanged, stale, rejected, accounted } = first.summary;
  expect(accounted).toBe(true);
  expect(total).toBe(2_000);
  expect(synced + unchanged + stale + rejected).toBe(2_000);
  expect(synced).toBeGreaterThan(1_900);
  expect(stale).toBe(first.summary.duplicates);
  expect(first.summary.calls).toBe(synced);
});

it('the workers noted when each call was made, and under which limit', async () => {
  const { RunTableName } = test.connected.outputs;
  const { attempts } = await readRunProgress(test.clients.dynamo, RunTableName, first.runId);
  const perSlot = attempts.flatMap(({ rate }) => rate?.calls ?? []);
  expect(perSlot.reduce((sum, calls) => sum + calls, 0)).toBe(first.summary.calls);
  const limits = attempts.flatMap(({ rate }) => rate?.limits.map(([, limit]) => limit) ?? []);
  expect(limits).not.toEqual([]);
  expect(Math.max(...limits)).toBe(QUOTA);
});

it('what the summary says that the run used is what the services were asked', () => {
  const { usage } = first.summary;
  // Nobody else writes; progress is read by whoever follows the run.
  const writes = Object.values(asked.dynamodb).reduce((sum, table) => sum + table.writes, 0);
  const { BudgetTableName, LedgerTableName } = test.connected.outputs;
  const reads = [BudgetTableName, LedgerTableName].reduce((sum, name) => sum + (asked.dynamodb[name]?.reads ?? 0), 0);
  const gbSeconds = Object.values(asked.lambda).reduce((sum, one) => sum + one.gbSeconds, 0);
  expect(usage?.writeUnits).toBe(writes);
  expect(usage?.readUnits).toBeGreaterThanOrEqual(reads);
  expect(usage?.readUnits).toBeLessThan(reads * 1.05);
  expect(usage?.gbSeconds).toBeLessThan(gbSeconds);
  expect(usage?.gbSeconds).toBeGreaterThan(gbSeconds * 0.8);
});

it('the summary names the first rejected rows of each code', async () => {
  const rejected = parse(await readFile(first.rejected ?? ''), { relax_column_count: true, from: 2 }) as string[][];
  const { rejectedRows = {} } = first.summary;
  for (const code of Object.keys(first.summary.rejectedByCode)) {
    const rows = rejected.filter(([, each]) => each === code).map(([row]) => Number(row));
    expect(rejectedRows[code]).toEqual(rows.slice(0, 20));
  }
});

it('the rejected file holds each rejected row with its code and its fields as they were', async () => {
  const rejected = parse(await readFile(first.rejected ?? ''), { relax_column_count: true }) as string[][];
  const [header, ...lines] = rejected;
  expect(header?.slice(0, 5)).toEqual(['_row', '_code', '_reason', '_version', 'customer_id']);
  expect(lines.length).toBe(first.summary.rejected);
  const raw = parse(sample, { relax_column_count: true }) as string[][];
  for (const [row, code, reason, , ...fields] of lines) {
    expect(fields).toEqual(raw[Number(row) - 1]);
    expect(first.summary.rejectedByCode[code ?? '']).toBeGreaterThan(0);
    expect(reason).not.toBe('');
  }
});

it('every profile equals the newest valid row of its customer, field by field', async () => {
  const refused = new Set(
    (parse(await readFile(first.rejected ?? ''), { relax_column_count: true, from: 2 }) as string[][]).map(([row]) =>
      Number(row),
    ),
  );
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const key = row.customer_id?.trim();
    const other = key && newest.get(key);
    if (!key || Number.isNaN(Date.parse(row.updated_at ?? ''))) continue;
    if (!other || Date.parse(row.updated_at ?? '') >= Date.parse(other.updated_at ?? '')) newest.set(key, row);
  }
  let compared = 0;
  for (const [key, row] of newest) {
    const found = await findProfiles(test.stack, mapping.customerKey.keyName, key);
    if (refused.has(row.row)) {
      expect(found, `row ${row.row} was rejected`).toEqual([]);
      continue;
    }
    expect(found.length, `profiles of row ${row.row}`).toBe(1);
    const [profile] = found;
    for (const field of mapping.fields) {
      const expected = normalized(row[field.column] ?? '', field.normalize);
      if (profile) expect(fieldAt(profile, field.target), `row ${row.row}, ${field.name}`).toBe(expected);
    }
    compared += 1;
  }
  expect(compared).toBe(first.summary.synced);
});

it('the same export again makes no call: every row is unchanged', async () => {
  const { summary } = await test.succeed('customers.csv', sample);
  expect(summary).toMatchObject({ rows: 2_000, synced: 0, calls: 0, unchanged: first.summary.synced });
  expect(summary.stale).toBe(first.summary.stale);
  expect(summary.rejected).toBe(first.summary.rejected);
});

it('one changed row makes one call', async () => {
  const { customer_id, company, updated_at } = rows[10] as Row;
  const line =
    sample
      .toString()
      .split(/\r?\n/)
      .find((text) => text.startsWith(`${customer_id},`)) ?? '';
  const later = new Date(Date.parse(updated_at ?? '') + 86_400_000).toISOString();
  const changed = line.replace(`,${company},`, ',Changed Company Ltd,').replace(updated_at ?? '', later);
  expect(changed).toContain('Changed Company Ltd');
  const { summary } = await test.succeed('customers.csv', sample.toString().replace(line, changed));
  expect(summary).toMatchObject({ rows: 2_000, synced: 1, calls: 1 });
  const [profile] = await findProfiles(test.stack, mapping.customerKey.keyName, customer_id ?? '');
  expect(profile?.BusinessName).toBe('Changed Company Ltd');
});

/** What the mapping promises, worked out a second time. */
function normalized(raw: string, how: string | undefined): string | undefined {
  const value = raw.trim();
  if (value === '') return undefined;
  if (how === 'email') return value.toLowerCase();
  if (how === 'date')
    return value.replace(
      /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
      (_, y, m, d) => `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`,
    );
  if (how !== 'phone') return value;
  const phone = parsePhoneNumber(value, 'JP');
  return phone?.isValid() && !phone.ext ? phone.number : value;
}
