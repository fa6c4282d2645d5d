import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shortRun } from '../../cli/output/words.ts';
import { writeRejectedFile } from '../../cli/rejected/rejected-file.ts';
import { findRejectedRows } from '../../cli/rejected/rejected-rows.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { commandLine } from '../helpers/command-line.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { workersEnded } from '../helpers/workers.ts';

const DENIED_WORD = 'denied';
const FIELDS = [
  { name: 'id', column: 'id', required: true },
  { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
];
const CSV = [
  'notes;id;name',
  ';A1;Ann',
  '"first\nsecond, ""quoted""; \u001b[31mred";A2;',
  'x;;Nobody',
  'x;A4;',
  'x;A5',
].join('\n');
const JSONL = '{"id":"J1","name":"ok"}\n{"id":"J2","other":1.50}\nnot JSON\n';

let test: TestStack;
let mapping: string;
let call: ReturnType<typeof commandLine>;
beforeAll(async () => {
  mapping = smallMappingFile({ fields: FIELDS });
  const fault = { error: 'AccessDeniedException', forObjectsWith: DENIED_WORD } as const;
  test = await startTestStack({ quota: 100, mapping, settings: { latencyMs: { median: 5, spread: 0 }, fault } });
  call = commandLine(test);
});
afterAll(() => test.stop());

const rejected = (run: string, ...options: string[]) => call(['rejected', run, '--mapping', mapping, ...options]);
const putRunFile = (Key: string, Body: string) =>
  test.clients.s3.send(new PutObjectCommand({ Bucket: test.connected.outputs.RunBucketName, Key, Body }));

describe('profile-sync rejected, of a run that is done', () => {
  let runId: string;
  let file: string;
  beforeAll(async () => {
    const run = await test.succeed('night.csv', CSV);
    runId = run.runId;
    file = readFileSync(run.rejected ?? '', 'utf8');
  });

  it('counts by code and says what to do, then lists row, code, customer key and reason', async () => {
    const { code, stdout } = await rejected(runId.slice(0, 12));
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${runId} rejected 4 rows:\n`);
    expect(stdout).toMatch(/ 2 {2}MISSING_VALUE: A field that the mapping requires is empty\.\n +Fill the field in/);
    expect(stdout).toMatch(/^row {2}code +customer key {2}reason\n +3 {2}MISSING_VALUE +A2 /m);
    expect(stdout).toMatch(/^ +4 {2}MISSING_KEY +Column id is empty/m);
    expect(stdout).toMatch(/^ +6 {2}RAGGED_ROW +A5 +The row has 2 fields, the header 3\.$/m);
    expect(stdout).toContain(`npx profile-sync rejected ${shortRun(runId)} --out corrected.csv`);
    expect(stdout).toContain(`npx profile-sync resubmit corrected.csv --of ${shortRun(runId)}`);
  });

  it('lists so many, says how many more there are, and only those with a code', async () => {
    expect((await rejected(runId, '--limit', '1')).stdout).toContain('3 more; --limit 0 lists all.');
    const { stdout } = await rejected(runId, '--code', 'missing_value', '--limit', '1');
    expect(stdout).toContain('1 more;');
    expect(stdout.match(/^ +\d+ {2}MISSING_KEY +Column/gm)).toBeNull();
    expect((await rejected(runId, '--limit', '0')).stdout).not.toContain('more;');
    expect((await rejected(runId, '--code', 'REFUSED')).stdout).toContain('None of them is REFUSED.');
  });

  it('with --json gives the same to a program', async () => {
    const { stdout, json } = await rejected(runId, '--json', '--code', 'RAGGED_ROW');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(json()).toEqual({
      runId,
      isComplete: true,
      rejected: 4,
      byCode: { MISSING_VALUE: 2, MISSING_KEY: 1, RAGGED_ROW: 1 },
      rows: [{ row: 6, code: 'RAGGED_ROW', reason: 'The row has 2 fields, the header 3.', customerKey: 'A5' }],
    });
  });

  it('with --csv writes the rejected file byte for byte, or the rows with a code', async () => {
    expect(file).toContain('"first\nsecond, ""quoted""');
    const whole = await rejected(runId, '--csv');
    expect(whole).toMatchObject({ code: 0, stdout: file, stderr: '' });
    const { stdout } = await rejected(runId, '--csv', '--code', 'MISSING_VALUE');
    const [header, first, , third] = file.split('\r\n');
    expect(stdout).toBe(`${header}\r\n${first}\r\n${third}\r\n`);
  });

  it('ends well when the reader of --csv has seen enough', async () => {
    const found = await findRejectedRows(test.connected, runId);
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const head = new Writable({ write: (_chunk, _encoding, done) => done(closed) });
    await writeRejectedFile(found, test.connected.mapping(), undefined, head);
    expect(head.errored).toBe(closed);
  });

  it('with --out writes it into a file, and never over one', async () => {
    const path = join(test.folder, 'corrected.csv');
    const { code, stdout, json } = await rejected(runId, '--out', path, '--json');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ runId, rejected: 4, file: path });
    expect(stdout).not.toContain('A2');
    expect(readFileSync(path, 'utf8')).toBe(file);
    expect(statSync(path).mode & 0o077).toBe(0);

    const again = await rejected(runId, '--out', path, '--code', 'RAGGED_ROW');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('There is a file');
    expect(readFileSync(path, 'utf8')).toBe(file);
  });

  it('reads JSON Lines as well', async () => {
    const run = await test.succeed('night.jsonl', JSONL);
    const { json } = await rejected(run.runId, '--json');
    expect(json()).toMatchObject({
      byCode: { MISSING_VALUE: 1, NOT_JSON: 1 },
      rows: [
        { row: 2, code: 'MISSING_VALUE', customerKey: 'J2' },
        { row: 3, code: 'NOT_JSON', customerKey: '' },
      ],
    });
    const lines = readFileSync(run.rejected ?? '', 'utf8');
    expect((await rejected(run.runId, '--csv')).stdout).toBe(lines);
    expect((await rejected(run.runId, '--csv', '--code', 'NOT_JSON')).stdout).toBe(`${lines.split('\n')[1]}\n`);
  });

  it('says so when no row was rejected', async () => {
    const run = await test.succeed('good.csv', 'id,name\nG1,Ann\n');
    expect(await rejected(run.runId)).toMatchObject({ code: 0, stdout: `Run ${run.runId} rejected no row.\n` });
    expect(await rejected(run.runId, '--csv')).toMatchObject({ code: 0, stdout: '' });
    const out = join(test.folder, 'none.csv');
    expect((await rejected(run.runId, '--out', out, '--json')).json()).toMatchObject({ rejected: 0, file: null });
    expect(existsSync(out)).toBe(false);
  });

  it('keeps what a terminal would take for commands from it', async () => {
    const escapeCharacter = '\u001b';
    const run = await test.succeed('escape.csv', `id,name\n${escapeCharacter}[2JK1,\n`);
    const { stdout } = await rejected(run.runId);
    expect(stdout).toContain('[2JK1');
    expect(stdout).not.toContain(escapeCharacter);
  });

  it('reads the files of a run that Step Functions has forgotten', async () => {
    await putRunFile(runFiles.rejected('forgotten', 'csv'), file);
    expect((await rejected('forgot', '--json')).json()).toMatchObject({ runId: 'forgotten', rejected: 4 });
  });

  it.each([
    ['a run that is not there', ['nowhere'], 'There is no run nowhere'],
    ['a code that is not there', ['run', '--code', 'BROKEN'], 'Allowed: MISSING_KEY'],
    ['--csv and --json', ['run', '--csv', '--json'], 'cannot be used with'],
    ['a limit below 0', ['run', '--limit', '-1'], 'whole number from 0'],
  ])('refuses %s', async (_what, args, words) => {
    const { code, stderr } = await call(['rejected', ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

describe('profile-sync rejected, of a run that failed', () => {
  /** Enough for chunks that are done before the one that every row would fail. */
  const rows = Array.from({ length: 300 }, (_, row) => (row % 20 === 0 ? `B${row},` : `B${row},Bob`));

  it.each([
    ['a CSV', 'failing.csv', `id,name\n${rows.join('\n')}\nZ1,${DENIED_WORD}\n`],
    [
      'JSON Lines',
      'failing.jsonl',
      rows.map((row) => JSON.stringify({ id: row.split(',')[0], name: row.split(',')[1] })).join('\n') +
        `\n{"id":"Z1","name":"${DENIED_WORD}"}\n`,
    ],
  ])('lists the rows so far of %s, and writes them as the run would have', async (what, name, content) => {
    const { runId, status } = await test.sync(name, content);
    expect(status).toBe('FAILED');
    // The others go on with their chunks, and leave results.
    await workersEnded(test, runId);
    const { stdout, json } = await rejected(runId, '--json', '--limit', '0');
    const {
      isComplete,
      rows: listed,
      rejected: total,
    } = json<{ isComplete: boolean; rejected: number; rows: { customerKey: string }[] }>();
    expect(isComplete).toBe(false);
    expect(total).toBeGreaterThan(0);
    expect(stdout).not.toContain('so far');
    expect(listed.every(({ customerKey }) => /^B\d*0$/.test(customerKey))).toBe(true);
    expect((await rejected(runId)).stdout).toContain('so far; it is at work, or it failed');

    const written = await rejected(runId, '--csv');
    expect(written.stderr).toContain('the rows so far');
    if (what === 'a CSV') {
      const [header, ...records] = parse(written.stdout) as string[][];
      expect(header).toEqual(['_row', '_code', '_reason', '_version', 'id', 'name']);
      expect(records.map(([, , , , id]) => id)).toEqual(listed.map(({ customerKey }) => customerKey));
    } else {
      expect(
        written.stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).id),
      ).toEqual(listed.map(({ customerKey }) => customerKey));
    }
  });

  it('says so when it failed before it came to its rows', async () => {
    const { runId } = await test.sync('bad.csv', 'id,title\n1,Dr\n');
    const Key = runFiles.report(runId);
    const Bucket = test.connected.outputs.RunBucketName;
    await vi.waitFor(() => test.clients.s3.send(new HeadObjectCommand({ Bucket, Key })), { timeout: 60_000 });
    const { code, stdout } = await rejected(runId);
    expect(code).toBe(0);
    expect(stdout).toContain('left no files of its rows: it has only begun, or failed before it came to its rows');
  });
});
