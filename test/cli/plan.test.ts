import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describePlan } from '../../cli/exports/plan-result.ts';
import type { ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import { exportCsv } from '../../samples/export-csv.ts';
import { commandLine } from '../helpers/command-line.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const QUOTA = 400;
const ROWS = 400;
const SAMPLE = 'samples/customers.csv';
let test: TestStack;
let call: ReturnType<typeof commandLine>;
beforeAll(async () => {
  test = await startTestStack({ quota: QUOTA, settings: { latencyMs: { median: 20, spread: 0 } } });
  call = commandLine(test);
});
afterAll(() => test.stop());

async function file(name: string, content: string): Promise<string> {
  const path = join(test.folder, name);
  await writeFile(path, content);
  return path;
}

/** As the sample, but with less rows: one in fifty has changed. */
function night(number: number): Promise<string> {
  return file(`night-${number}.csv`, [...exportCsv({ rows: ROWS, seed: 1, night: number, churn: 2 })].join(''));
}

async function planned(...args: readonly string[]): Promise<Record<string, unknown>> {
  return (await call(['plan', ...args, '--json'])).json();
}

async function setQuota(quota: number | undefined): Promise<void> {
  const { clients, outputs } = test.connected;
  await clients.dynamo.send(
    new UpdateCommand({
      TableName: outputs.BudgetTableName,
      Key: { id: 'PutProfileObject' },
      UpdateExpression: quota === undefined ? 'REMOVE quota' : 'SET quota = :quota',
      ...(quota !== undefined && { ExpressionAttributeValues: { ':quota': quota } }),
    }),
  );
}

describe('plan', () => {
  it('says what the first night of a system would do, and at the end that nothing was done', async () => {
    const { code, stdout } = await call(['plan', SAMPLE]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/synced +1,970 to be sent\n/);
    expect(stdout).toMatch(/stale +20 \(20 repeated in the export\)\n/);
    expect(stdout).toMatch(/rejected +10 \(MISSING_KEY 2, TOO_LONG 2, RAGGED_ROW 4/);
    expect(stdout).toMatch(/time +5 s for the calls, at 400 calls\/s\n/);
    expect(stdout).toContain('Nothing was sent or changed.');
    expect(stdout).toContain(`npx profile-sync upload ${SAMPLE}`);
    expect(test.stack.customerProfiles.stats().calls).toBe(0);
  });

  it('of the second night is what the run then does', async () => {
    const [first, second] = [await night(1), await night(2)];
    const common = { rows: ROWS, stale: 4, duplicates: 4, rejected: 2, waiting: 0 };
    expect(await planned(first)).toMatchObject({ ...common, synced: 394, unchanged: 0, calls: 394, seconds: 1 });
    expect((await call(['sync', first, '--json'])).json()).toMatchObject({ synced: 394, calls: 394 });

    const { synced, unchanged, stale, rejected, calls } = await planned(second);
    expect(synced).toBeGreaterThan(0);
    expect(unchanged).toBeGreaterThan(380);
    const run = (await call(['sync', second, '--json'])).json();
    expect(run).toMatchObject({ synced, unchanged, stale, rejected, calls });

    // What the second night changed is newer than the first one's.
    const changed = Number(synced);
    expect(await planned(first, '--resync')).toMatchObject({ synced: 394 - changed, stale: 4 + changed });
    expect(await planned(second, '--resync')).toMatchObject({ synced: 394, unchanged: 0, stale: 4 });
  });

  it.each([
    [[], 'upload'],
    [['--as-of', '2020-01-01T00:00:00+09:00'], 'upload'],
    [['--name', "night's export.csv", '--resync', '--as-of', '2020-01-01T00:00:00Z'], 'sync'],
  ])('says how to do just what was planned: %j', async (options, command) => {
    const path = await file("A's export.csv", [...exportCsv({ rows: 3, seed: 7, night: 1, churn: 1 })].join(''));
    const { stdout } = await call(['plan', path, ...options]);
    const [, words = ''] = /^To do it: npx profile-sync (.+)$/m.exec(stdout) ?? [];
    // As a shell would read it.
    const { stdout: read } = spawnSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
    expect(read.trimEnd().split('\n').toSorted()).toEqual([command, path, ...options].toSorted());
  });

  it('with --as-of is of an export of that time', async () => {
    const { code, stderr } = await call(['plan', SAMPLE, '--as-of', '2999-01-01T00:00:00+09:00']);
    expect(code).toBe(1);
    expect(stderr).toContain('is over a day in the future');
    expect(await planned(SAMPLE, '--as-of', '2020-01-01T00:00:00+09:00')).toMatchObject({
      exportTime: '2019-12-31T15:00:00.000Z',
    });
  });

  it('shows the first rejected rows only if asked to', async () => {
    const { stdout } = await call(['plan', SAMPLE, '--rejected']);
    expect(stdout).toMatch(/^ +44 {2}MISSING_KEY +Column customer_id is empty; it holds the customer key\.$/m);
    const asked = (await call(['plan', SAMPLE, '--rejected', '--json'])).json<{ firstRejected: object[] }>();
    expect(asked.firstRejected).toHaveLength(10);
    expect(asked.firstRejected[0]).toMatchObject({ row: 44, code: 'MISSING_KEY' });
    const notAsked = await call(['plan', SAMPLE]);
    expect(notAsked.stdout).not.toContain('it holds the customer key');
    expect((await call(['plan', SAMPLE, '--json'])).json()).not.toHaveProperty('firstRejected');
  });

  it.each([
    { quota: 50, time: '1 s for the calls, at 50 calls/s (rate set)', limit: 50, seconds: 1 },
    { quota: 0, time: 'no call is made before the pause ends', limit: 0, seconds: null },
  ])('counts with the rate in force: $quota per second', async ({ quota, time, limit, seconds }) => {
    const path = await file('new.csv', [...exportCsv({ rows: 30, seed: 5, night: 1, churn: 1 })].join(''));
    await setQuota(quota);
    try {
      expect((await call(['plan', path])).stdout).toContain(time);
      expect((await call(['plan', path, '--json'])).json()).toMatchObject({ limit, seconds });
    } finally {
      await setQuota(undefined);
    }
  });

  it.each([
    { inMinutes: 60, words: ': met, if it starts now' },
    { inMinutes: 5, words: ': missed by 5 min, if it starts now' },
  ])('says whether a deadline $inMinutes minutes from now is met by ten minutes of calls', ({ inMinutes, words }) => {
    const now = Date.parse('2026-11-22T02:00:00Z');
    const outcomes = { synced: 6_000, unchanged: 0, stale: 0, rejected: 0, waiting: 0 };
    const sent = { sent: 6_000, cleared: 0, deleted: 0 };
    const plan = {
      exportTime: now,
      rows: 6_000,
      ...outcomes,
      ...sent,
      duplicates: 0,
      rejectedByCode: {},
      firstRejected: [],
    };
    const circumstances = {
      now,
      recordsPerPermit: 1,
      rate: { api: 'PutProfileObject' as const, deployed: 10, paused: false, limit: 10 },
      deadline: now + inMinutes * 60_000,
    };
    const { text, json } = describePlan('a.csv', plan, circumstances, { rejected: false, toDoIt: '' });
    expect(text).toContain(words);
    expect(json).toMatchObject({ seconds: 600, deadline: new Date(circumstances.deadline).toISOString() });
  });

  it('says how many profiles would be cleared or deleted, and takes as long as the slowest of all', () => {
    const now = Date.parse('2026-11-22T02:00:00Z');
    const outcomes = {
      synced: 150,
      sent: 100,
      cleared: 90,
      unchanged: 0,
      stale: 0,
      rejected: 0,
      deleted: 0,
      waiting: 0,
    };
    const plan = { exportTime: now, rows: 150, ...outcomes, duplicates: 0, rejectedByCode: {}, firstRejected: [] };
    const at = (api: ApiName, limit: number) => ({
      api,
      deployed: limit,
      paused: false,
      limit,
    });
    const circumstances = {
      ...{ now, deadline: undefined, recordsPerPermit: 1 },
      ...{ rate: at('PutProfileObject', 50), clearRate: at('UpdateProfile', 5) },
    };
    const { text, json } = describePlan('a.csv', plan, circumstances, { rejected: false, toDoIt: '' });
    expect(text).toContain('synced        100 to be sent, 50 only to be cleared\n');
    expect(text).toContain('time          18 s for clearing, at 5 calls/s\n');
    expect(text).toContain('cleared       fields of 90 profile(s), at 5 calls/s beside the other calls\n');
    expect(json).toMatchObject({ synced: 150, cleared: 90, calls: 100, seconds: 18 });

    const deleting = { ...plan, deleted: 70, deletes: { marked: 70, allowed: true } };
    const slow = { ...circumstances, deleteRate: at('DeleteProfile', 2) };
    const withDeletes = describePlan('a.csv', deleting, slow, { rejected: false, toDoIt: '' });
    expect(withDeletes.text).toContain('deleted       70, at 2 calls/s beside the other calls\n');
    expect(withDeletes.json).toMatchObject({ deleted: 70, seconds: 35 });
    const paused = { ...circumstances, deleteRate: at('DeleteProfile', 0) };
    expect(describePlan('a.csv', deleting, paused, { rejected: false, toDoIt: '' }).json).toMatchObject({
      seconds: null,
    });
    expect(describePlan('a.csv', plan, paused, { rejected: false, toDoIt: '' }).json).toMatchObject({ seconds: 18 });
  });

  it('with --json keeps standard output for the object, and tells people on the other', async () => {
    const { stdout, stderr } = await call(['plan', SAMPLE, '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`Reading ${SAMPLE} …`);
  });

  it.each([
    [['nowhere.csv'], 'There is no file nowhere.csv'],
    [[SAMPLE, '--as-of', 'yesterday'], 'It must be an ISO 8601 time with an offset'],
    [[SAMPLE, '--mapping', 'mappings/customers-1000.json'], 'is not the deployed one'],
    [['README.md'], 'ends in ".md"'],
    [[], "missing required argument 'export'"],
  ])('a wrong call ends with 1 and words: %j', async (args, words) => {
    const { code, stderr } = await call(['plan', ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });

  it('of a file that no run could read says why, as the run would', async () => {
    const path = await file('bad.csv', 'customer_id;title\n1;Dr\n');
    const { code, stderr } = await call(['plan', path]);
    expect(code).toBe(1);
    expect(stderr).toContain('The header line (row 1) does not fit the mapping');
    expect(stderr).not.toContain('was uploaded');
  });
});
