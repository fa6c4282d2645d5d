import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAPPING = {
  objectType: { name: 'Small', description: 'Small customers', expirationDays: 30 },
  customerKey: { field: 'id', keyName: 'smallId' },
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName' },
  ],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-command-'));
  await writeFile(join(folder, 'mapping.json'), JSON.stringify(MAPPING));
  await writeFile(join(folder, 'good.csv'), 'id,name\n1,Ann\n2,Bob\n,Nobody\n');
  await writeFile(join(folder, 'bad.csv'), 'id,title\n1,Dr\n');
  await writeFile(join(folder, 'wrong.txt'), 'id,name\n');
  await writeFile(join(folder, 'wrong.json'), '{"objectType":{}}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command as npm does, with its state in a folder of the test. */
const sync = (...args: string[]) => profileSync('sync', ...args);

async function profileSync(name: string, ...args: string[]) {
  const root = resolve('.');
  const command = [join(root, 'cli/profile-sync.mjs'), name, '--local', ...args];
  const child = spawn(process.execPath, command, { cwd: folder });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((exit) => child.once('exit', exit)),
  ]);
  return { code, stdout, stderr };
}

describe('the sync command', () => {
  it('ends with 0 and a summary as the last line of standard output', async () => {
    const { code, stdout } = await sync('good.csv', '--mapping', 'mapping.json', '--json');
    expect(code).toBe(0);
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ status: 'SUCCEEDED', rows: 3, synced: 2, rejected: 1, calls: 2, throttled: 0 });
    expect(Object.keys(summary)).toEqual(
      'runId,status,rows,synced,unchanged,stale,rejected,duplicates,calls,throttled,retries,seconds,files'.split(','),
    );
    expect(await readFile(join(folder, summary.files.rejected), 'utf8')).toContain('MISSING_KEY');
    expect(await readFile(join(folder, summary.files.report), 'utf8')).toContain(summary.runId);
  });

  it('says where report and rejected rows are, and sends nothing that is unchanged', async () => {
    const { code, stdout } = await sync('good.csv', '--mapping', 'mapping.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/unchanged +2\n/);
    expect(stdout).toMatch(/calls +0\n/);
    expect(stdout).toMatch(/report +\.local\/runs\/\S+\/report\.html\n/);
    expect(stdout).toMatch(/rejected rows +\.local\/runs\/\S+\/rejected\.csv\n/);
  });

  it('is named by plan with the mapping that is deployed, as it deploys one', async () => {
    const { stdout } = await profileSync('plan', 'good.csv', '--resync');
    expect(stdout).toContain('To do it: npx profile-sync sync good.csv --resync --local --mapping mapping.json');
  });

  it('with --resync sends every row again', async () => {
    const { stdout } = await sync('good.csv', '--mapping', 'mapping.json', '--resync', '--json');
    expect(JSON.parse(stdout.trim())).toMatchObject({ synced: 2, unchanged: 0, calls: 2 });
  });

  it('with --as-of and --name syncs as upload does', async () => {
    const options = ['--as-of', '2026-01-02T00:00:00+09:00', '--name', 'crm/old.csv'];
    const { stdout } = await sync('good.csv', '--mapping', 'mapping.json', '--json', ...options);
    const { status, files } = JSON.parse(stdout.trim());
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(await readFile(join(folder, files.summary), 'utf8')).export).toMatchObject({
      key: 'exports/crm/old.csv',
      exportTime: '2026-01-01T15:00:00.000Z',
    });
  });

  it('with --batch-quota sends records together', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `B${n},Ann`);
    await writeFile(join(folder, 'batch.csv'), ['id,name', ...rows].join('\n'));
    // Calls that a busy machine lets be late come together with the next: of a lower quota, they are more than the service's bucket holds.
    const options = ['--batch-quota', '10', '--batch-permit-for', 'call'];
    const { stdout } = await sync('batch.csv', '--mapping', 'mapping.json', '--json', ...options);
    const { synced, calls, throttled } = JSON.parse(stdout.trim());
    expect({ synced, throttled }).toEqual({ synced: 40, throttled: 0 });
    expect(calls).toBeLessThan(20);
  });

  it('keeps what it fetches from other users of the machine', async () => {
    const { stdout } = await sync('good.csv', '--mapping', 'mapping.json', '--json');
    const { rejected } = JSON.parse(stdout.trim()).files;
    expect((await stat(join(folder, rejected))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, rejected, '..'))).mode & 0o077).toBe(0);
  });

  it('ends with 2 when the run failed, and says what is wrong', async () => {
    const { code, stdout } = await sync('bad.csv', '--mapping', 'mapping.json');
    expect(code).toBe(2);
    expect(stdout).toContain('InvalidExport');
    expect(stdout).toContain('name');
  });

  it.each([
    [['nothing.csv'], 'There is no file nothing.csv'],
    [['.'], '. is not a file'],
    [['wrong.txt'], 'a run starts for names that end in .csv, .jsonl, .ndjson'],
    [[], "missing required argument 'export'"],
    [['good.csv', '--quota', '4'], 'whole number, 5 or more'],
    [['good.csv', '--batch-permit-for', 'call'], 'give --batch-quota, too'],
    [['good.csv', '--batch-quota', '50', '--batch-permit-for', 'row'], 'Allowed choices are item, call'],
    [['good.csv', '--colour'], "unknown option '--colour'"],
    [['good.csv', '--mapping', 'nowhere.json'], 'nowhere.json'],
    [['good.csv', '--mapping', 'wrong.json'], 'objectType.name'],
    [['good.csv', '--as-of', 'yesterday'], 'It must be an ISO 8601 time with an offset'],
    [['good.csv', '--mapping', 'mapping.json', '--name', '../good.csv'], 'is no name for an export'],
  ])('ends with 1 and words for a wrong call: %j', async (args, words) => {
    const { code, stderr } = await sync(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
