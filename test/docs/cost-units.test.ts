import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as units from '../../docs/cost/units.ts';
import { compileMapping } from '../../functions/shared/mapping/compile.ts';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { simulate } from '../functions/shared/rate-budget/simulation.ts';
import { TABLES } from '../helpers/tables.ts';
import { type Metered, type MeteredNights, startMeteredNights } from './metered-nights.ts';

const ROWS = 1_000;
const CHANGED = 10;

const { updatedAt: _updatedAt, ...definition } = loadMapping('mappings/customer.json').definition;
const columns = definition.fields.map(({ column = '' }) => column);
const changes = compileMapping({ ...definition, exports: { contains: 'changes' } });
const full = compileMapping({ ...definition, exports: { contains: 'full' } });
/** The plan of a deployment, and one whose rate does not keep a test waiting. */
const plan = ratePlan(DEFAULT_QUOTA_PER_SECOND);
const fast = { ...plan, quota: 2_000, reserve: 0 };

let nights: MeteredNights;
let first: Metered;
let second: Metered;

/** Every customer with all columns filled; one in a hundred differs from one night to the other. */
function exportOf(night: number, prefix: string): string {
  const cell = (row: number, column: string) =>
    column === 'customer_id' ? `${prefix}${row}` : `${column} ${row % (ROWS / CHANGED) === 0 ? night : 0}`;
  const rows = Array.from({ length: ROWS }, (_, row) => columns.map((column) => cell(row, column)));
  return [columns, ...rows].map((cells) => cells.join(',')).join('\n');
}

beforeAll(async () => {
  nights = await startMeteredNights(changes);
  first = await nights.run('first', exportOf(1, 'A'), full, fast);
  second = await nights.run('second', exportOf(2, 'A'), full, plan);
});
afterAll(async () => {
  await nights.stop();
});

describe('a first night, of which each row is sent', () => {
  it('reads and writes the ledger per row as the cost says', () => {
    expect(first.dynamo.ledger.read).toBeLessThanOrEqual(ROWS * units.LEDGER_READS_PER_ROW);
    expect(first.dynamo.ledger.write / ROWS).toBeCloseTo(units.LEDGER_WRITES_PER_CALL, 2);
  });

  it('leaves entries that are no larger than the cost says', async () => {
    const { Items = [] } = await nights.tables.client.send(new ScanCommand({ TableName: TABLES.ledger, Limit: 50 }));
    const bytes = Items.map((item) => Buffer.byteLength(JSON.stringify(item)) + 100);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(units.LEDGER_ENTRY_BYTES);
    expect(Math.max(...bytes)).toBeGreaterThan(units.LEDGER_ENTRY_BYTES / 2);
  });
});

describe('a second night with one per cent of changes', () => {
  it('writes the ledger for changed rows alone', () => {
    expect(second.dynamo.ledger.write).toBe(CHANGED * units.LEDGER_WRITES_PER_CALL);
  });

  it('reads it once per row, and else no more per call and chunk than the cost says', () => {
    const { dynamo, chunks } = second;
    const others = dynamo.ledger.read - ROWS * units.LEDGER_READS_PER_ROW + dynamo.budget.read + dynamo.run.read;
    const allowed = CHANGED * units.OTHER_READS_PER_CALL + chunks * units.TABLE_READS_PER_CHUNK;
    expect(others).toBeLessThanOrEqual(allowed);
    expect(others).toBeGreaterThan(allowed / 3);
  });

  it('writes the budget and the items of the run no more than the cost says', () => {
    const { dynamo, chunks } = second;
    const writes = dynamo.budget.write + dynamo.run.write;
    const allowed = CHANGED * units.BUDGET_WRITES_PER_CALL + chunks * units.TABLE_WRITES_PER_CHUNK;
    expect(writes).toBeLessThanOrEqual(allowed);
    expect(writes).toBeGreaterThan(allowed / 3);
  });

  it('writes each unchanged row once where exports of changes have no updatedAt', async () => {
    await nights.run('first-of-changes', exportOf(1, 'B'), changes, fast);
    const { dynamo } = await nights.run('second-of-changes', exportOf(2, 'B'), changes, plan);
    const moved = (ROWS - CHANGED) * units.LEDGER_WRITES_PER_MOVE;
    expect(dynamo.ledger.write).toBe(moved + CHANGED * units.LEDGER_WRITES_PER_CALL);
  });

  it('asks S3 per chunk for its bytes, and puts its result', () => {
    expect(first.s3).toEqual({
      gets: first.chunks * units.S3_GETS_PER_CHUNK,
      puts: first.chunks * units.S3_PUTS_PER_CHUNK,
    });
  });
});

describe('what a run says it used', () => {
  it.each([
    ['first', () => first],
    ['second', () => second],
  ])('is what its functions asked DynamoDB and S3 for, in a %s night', (_night, run) => {
    const { whole, said, chunks } = run();
    const { ledger, budget, run: runTable } = whole.dynamo;
    expect(said).toMatchObject({
      readUnits: ledger.read + budget.read + runTable.read,
      writeUnits: ledger.write + budget.write + runTable.write,
      s3Puts: whole.s3.puts,
      s3Gets: whole.s3.gets,
      invocations: chunks + 2,
    });
    expect(said?.gbSeconds).toBeGreaterThan(0);
  });
});

it('a long run at the whole rate reads and writes the budget less per call than the cost says', async () => {
  const worker = { kind: 'batch', callsInFlight: plan.maxCallsInFlight } as const;
  const { calls, table } = await simulate({
    seconds: 60,
    seed: 1,
    quota: plan.quota,
    reserve: plan.reserve,
    workers: Array.from({ length: plan.maxConcurrency }, () => worker),
  });
  expect(calls.length).toBeGreaterThan(50 * plan.quota);
  expect(table.reads / calls.length).toBeLessThanOrEqual(units.OTHER_READS_PER_DENSE_CALL);
  expect(table.writes / calls.length).toBeLessThanOrEqual(units.BUDGET_WRITES_PER_DENSE_CALL);
});
