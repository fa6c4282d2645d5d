import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Plan, planExport } from '../../cli/exports/plan.ts';
import type { MappingDefinition } from '../../functions/shared/mapping/types.ts';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts';
import { type RunTotals, type Systems, startSystems } from '../helpers/in-process-runs.ts';
import { smallMapping } from '../helpers/mapping.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const PREFIX = 'exports/';

let folder: string;
let systems: Systems;
let domains = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-is-the-run-'));
  systems = await startSystems();
});
afterAll(async () => {
  await systems.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Row {
  readonly id: string;
  readonly name: string;
  /** Hours before now; undefined: unreadable. */
  readonly changed: number | undefined;
  readonly isRagged: boolean;
  /** Of a corrected rejected file: hours before now. */
  readonly original: number | undefined;
}

interface Export {
  /** Hours before now; undefined: when it is uploaded. */
  readonly asOf: number | undefined;
  readonly resync: boolean;
  readonly isCorrected: boolean;
  readonly rows: readonly Row[];
  /** Hours that pass before it; more than a year makes profiles due to be sent again. */
  readonly after: number;
}

const hours = fc.integer({ min: 0, max: 3 });
const row: fc.Arbitrary<Row> = fc.record({
  id: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('A', 'B', 'C', 'D', ' A') },
    { weight: 1, arbitrary: fc.constant('') },
  ),
  name: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('Ann', 'Bob', 'refused', '') },
    { weight: 1, arbitrary: fc.constant('x'.repeat(300)) },
  ),
  changed: fc.option(hours, { nil: undefined, freq: 9 }),
  isRagged: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  original: fc.option(hours, { nil: undefined }),
});
const anExport: fc.Arbitrary<Export> = fc.record({
  asOf: fc.option(hours, { nil: undefined }),
  resync: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  isCorrected: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  rows: fc.array(row, { maxLength: 8 }),
  after: fc.constantFrom(0, 0, 0, 1, 24 * 55),
});
/** A worker that died in a call, or lives and is in one. */
const aClaim = fc.record({
  id: fc.constantFrom('A', 'B'),
  isOfLastExport: fc.boolean(),
  hoursBack: hours,
  endsIn: fc.constantFrom(-10_000, -1_000, 1_000, 60_000),
});

const HEADER = ['id', 'name', 'email', 'changed'];

function text({ rows, isCorrected }: Export, type: 'csv' | 'jsonl', now: number): string {
  const iso = (back: number) => new Date(now - back * HOUR_MS).toISOString();
  const records = rows.map(({ id, name, changed, isRagged, original }, index) => {
    const version = original === undefined ? '' : `${iso(original)}/${iso(original)}/${index + 2}`;
    return {
      leading: isCorrected ? [String(index + 2), 'TOO_LONG', 'too long', version] : [],
      own: [id, name, `${id}@x`, changed === undefined ? 'last week' : iso(changed)],
      isRagged,
    };
  });
  const columns = [...(isCorrected ? ['_row', '_code', '_reason', '_version'] : []), ...HEADER];
  if (type === 'csv') {
    const lines = records.map(({ leading, own, isRagged }) => [...leading, ...(isRagged ? own.slice(1) : own)]);
    return [columns, ...lines].map((fields) => `${fields.join(',')}\n`).join('');
  }
  const lines = records.map(({ leading, own, isRagged }) => {
    const values = [...leading, ...own];
    const object = Object.fromEntries(columns.map((column, index) => [column, values[index]]));
    return isRagged ? '{"id":' : JSON.stringify(object);
  });
  // At least one object, or it is no JSON Lines.
  return [...lines, '{"id":"E"}'].map((line) => `${line}\n`).join('');
}

const story = fc.record({
  contains: fc.constantFrom('full', 'changes'),
  hasUpdatedAt: fc.boolean(),
  /** Of names that are empty. */
  clears: fc.boolean(),
  type: fc.constantFrom('csv', 'jsonl'),
  before: fc.array(anExport, { maxLength: 3 }),
  claims: fc.array(aClaim, { maxLength: 2 }),
  planned: anExport,
  /** Whether the planned export has the rows of the one before. */
  repeats: fc.boolean(),
});

type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

function clearingNames(): MappingDefinition['fields'] {
  const { fields } = smallMapping().definition;
  return fields.map((field) => ({ ...field, ...(field.name === 'name' && { clearWhenEmpty: true }) }));
}

/** Among fifty stories there may be none in which a row has to wait. */
const CALL_UNDER_WAY: Story = {
  contains: 'changes',
  hasUpdatedAt: false,
  clears: false,
  type: 'csv',
  before: [],
  claims: [{ id: 'A', isOfLastExport: false, hoursBack: 0, endsIn: 60_000 }],
  planned: {
    asOf: undefined,
    resync: false,
    isCorrected: false,
    rows: [{ id: 'A', name: 'Ann', changed: 0, isRagged: false, original: undefined }],
    after: 0,
  },
  repeats: false,
};

describe('a plan', () => {
  it('says what a run of the same file right after it does, and changes nothing', async () => {
    const seen = { cleared: 0, synced: 0, unchanged: 0, stale: 0, rejected: 0, waiting: 0 };
    await fc.assert(
      fc.asyncProperty(story, async ({ contains, hasUpdatedAt, clears, type, before, claims, repeats, ...story }) => {
        const planned = { ...story.planned, ...(repeats && { rows: before.at(-1)?.rows ?? [] }) };
        const mapping = smallMapping({
          exports: { contains },
          ...(hasUpdatedAt && { updatedAt: { column: 'changed' } }),
          ...(clears && { fields: clearingNames() }),
        });
        const clock = createFakeClock();
        const domain = `domain-${++domains}`;
        const system = systems.open(domain, mapping, clock);
        const name = `${domain}.${type}`;
        const upload = (each: Export, isRefusing: boolean) => ({
          key: `${PREFIX}${name}`,
          body: text(each, type, clock.now()),
          asOf: isoBefore(clock.now(), each.asOf),
          resync: each.resync,
          answer: (object: string) =>
            isRefusing && object.includes('refused')
              ? ({ kind: 'refused', reason: 'No.' } as const)
              : ({ kind: 'accepted' } as const),
        });
        for (const each of before) {
          pass(clock, each.after);
          await system.run(upload(each, true));
        }
        for (const { id, isOfLastExport, hoursBack, endsIn } of claims) {
          const seen = await system.ledger.readOne(id);
          const time = clock.now() - hoursBack * HOUR_MS;
          const rule = hasUpdatedAt ? 'updatedAt:changed' : 'exportTime';
          const claim = {
            id: 'dead',
            version: { sourceTime: time, exportTime: time, uploadTime: time, row: 2, rule },
            fingerprint: (isOfLastExport && seen.entry?.known?.fingerprint) || 'other',
            deadline: clock.now() + endsIn,
          };
          await system.ledger.write(id, seen, { expiresAt: 9_999_999_999, ...seen.entry, claim });
        }

        pass(clock, planned.after);
        const last = upload(planned, false);
        const path = join(folder, name);
        await writeFile(path, last.body);
        const contents = await systems.contents();
        const plan = await planExport(path, {
          mapping,
          ledger: system.ledger,
          fullExports: system.fullExports,
          clock,
          signal: new AbortController().signal,
          target: { key: last.key, metadata: last.asOf === undefined ? {} : { 'as-of': last.asOf } },
          resync: planned.resync,
          onRows: () => {},
        });
        expect(await systems.contents()).toEqual(contents);
        // Only a call that may be under way keeps a plan from saying what will be.
        if (claims.every(({ endsIn }) => endsIn < 0)) expect(plan.waiting).toBe(0);
        expectSame(plan, await system.run(last));
        for (const kind of Object.keys(seen) as (keyof typeof seen)[]) seen[kind] += plan[kind];
      }),
      { numRuns: 100, examples: [[CALL_UNDER_WAY]] },
    );
    // Else the property says nothing.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });
});

/** To a second of its own: S3 keeps whole seconds of an upload, and tells uploads within one by their order. */
function pass(clock: FakeClock, hours: number): void {
  clock.freeze(hours * HOUR_MS + 2 * SECOND_MS - (clock.now() % SECOND_MS));
}

function isoBefore(now: number, hours: number | undefined): string | undefined {
  return hours === undefined ? undefined : new Date(now - hours * HOUR_MS).toISOString();
}

/** Of rows that another worker has locked only that worker's end decides. */
function expectSame(plan: Plan, run: RunTotals): void {
  if (plan.waiting === 0) {
    const { rows, synced, unchanged, stale, rejected, rejectedByCode, cleared, sent } = plan;
    expect(run).toEqual({ rows, synced, unchanged, stale, rejected, rejectedByCode, cleared, calls: sent });
    return;
  }
  expect(plan.rows).toBe(run.rows);
  for (const kind of ['synced', 'unchanged', 'stale', 'rejected'] as const) {
    expect(run[kind]).toBeGreaterThanOrEqual(plan[kind]);
    expect(run[kind]).toBeLessThanOrEqual(plan[kind] + plan.waiting);
  }
}
