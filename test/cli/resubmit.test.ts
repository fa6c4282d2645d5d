import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resubmissionsOf } from '../../cli/exports/resubmissions.ts';
import { findExecution } from '../../cli/runs/find-run.ts';
import { untilEnded } from '../../cli/runs/started-run.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { resubmits } from '../../functions/shared/export/upload-folders.ts';
import { commandLine } from '../helpers/command-line.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const FIELDS = [
  { name: 'id', column: 'id', required: true },
  { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
];
/** The names of runs that people start hold such times. */
const TIME_IN_KEY = { timeInKey: { pattern: 'night-{yyyy}-{MM}-{dd}', timeZone: 'UTC' } };

let test: TestStack;
let mapping: string;
let call: ReturnType<typeof commandLine>;
beforeAll(async () => {
  mapping = smallMappingFile({ fields: FIELDS, exports: { contains: 'changes', ...TIME_IN_KEY } });
  test = await startTestStack({ quota: 100, mapping, settings: { latencyMs: { median: 5, spread: 0 } } });
  call = commandLine(test);
});
afterAll(() => test.stop());

const resubmit = (path: string, of: string, ...options: string[]) =>
  call(['resubmit', path, '--of', of, '--mapping', mapping, ...options]);

function file(name: string, content: string): string {
  const path = join(test.folder, name);
  writeFileSync(path, content);
  return path;
}

interface Summary {
  readonly rows: number;
  readonly synced: number;
  readonly rejected: number;
  readonly export: { readonly key: string; readonly exportTime: string };
}

async function summaryOf(runId: string): Promise<Summary> {
  const { executionArn } = await findExecution(test.connected, runId);
  const { output = '{}' } = await untilEnded(test.clients.sfn, executionArn, test.connected.clock, async () => {});
  return JSON.parse(output);
}

async function uploads(): Promise<(string | undefined)[]> {
  const { ExportBucketName: Bucket } = test.connected.outputs;
  const { Contents = [] } = await test.clients.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
}

/** A run with five rows rejected, and its rejected file. */
async function rejectedRun(prefix: string, name = `${prefix}.csv`): Promise<{ runId: string; cells: string[][] }> {
  const rows = [1, 2, 3, 4].map((n) => `${prefix}${n},`);
  const { runId, rejected } = await test.succeed(name, ['id,name', `${prefix}0,Ann`, ...rows, `${prefix}5`].join('\n'));
  return { runId, cells: parse(readFileSync(rejected ?? '', 'utf8'), { relax_column_count: true }) as string[][] };
}

/** With a name, also where the field was missing. */
const named = (row: readonly string[]) => [...row.slice(0, 5), 'Bob'];
/** As a person saves it, with these changes; the header line is row 0. */
const saved = (
  cells: readonly string[][],
  change: (row: string[], index: number) => string[] | undefined = (row) => row,
) => stringify(cells.flatMap((row, index) => [change([...row], index) ?? []].filter(({ length }) => length > 0)));

describe('profile-sync resubmit', () => {
  let runId: string;
  let cells: string[][];
  beforeAll(async () => {
    ({ runId, cells } = await rejectedRun('A'));
  });

  it('syncs what was corrected, under a key that names the run, and says what was not', async () => {
    const corrected = saved(cells, (row, index) => {
      if (index === 1 || index === 2) return named(row);
      return index === 4 ? undefined : row;
    });
    const path = file('corrected.csv', `${corrected},,,,A9,New\n`);
    const { code, stderr, json } = await resubmit(path, runId.slice(0, 13), '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('2 rejected rows corrected.');
    expect(stderr).toContain('Rows 4, 5 of the file left unchanged: rejected again');
    expect(stderr).toContain('1 rejected row left out.');
    expect(stderr).toContain('1 row without _version: new data.');
    const result = json<{ runId: string; key: string }>();
    expect(result).toMatchObject({
      key: `exports/resubmit/${runId}/corrected.csv`,
      of: runId,
      ...{ corrected: 2, unchanged: 2, triedAgain: 0, filledUp: 0, leftOut: 1, added: 1 },
    });
    expect(resubmits(result.key)).toBe(runId);

    const summary = await summaryOf(result.runId);
    expect(summary).toMatchObject({ rows: 5, synced: 3, rejected: 2, export: { key: result.key } });
    expect(await findProfiles(test.stack, SMALL_KEY, 'A2')).toMatchObject([{ FirstName: 'Bob' }]);
    expect(await resubmissionsOf(test.connected, runId)).toMatchObject([
      { key: result.key, bytes: expect.any(Number) },
    ]);
    expect(await resubmissionsOf(test.connected, runId.slice(0, -1))).toEqual([]);
  });

  it('takes what is rejected once more for its own run', async () => {
    const again = saved(cells, (row, index) => (index === 3 || index === 0 ? row : undefined));
    const first = await resubmit(file('again.csv', again), runId, '--yes', '--json');
    const { runId: secondRun } = first.json<{ runId: string }>();
    expect(await summaryOf(secondRun)).toMatchObject({ rows: 1, rejected: 1 });
    const out = join(test.folder, 'second.csv');
    await call(['rejected', secondRun, '--out', out, '--mapping', mapping]);
    const second = parse(readFileSync(out, 'utf8')) as string[][];
    const path = file(
      'second-corrected.csv',
      saved(second, (row, index) => (index > 0 ? named(row) : row)),
    );
    const { json } = await resubmit(path, secondRun, '--json');
    expect(await summaryOf(json<{ runId: string }>().runId)).toMatchObject({ rows: 1, synced: 1 });
  });

  it('reads what a spreadsheet makes of the file', async () => {
    const run = await rejectedRun('S');
    const rows = run.cells.map((row, index) => (index === 1 ? named(row) : row));
    const options = { bom: true, delimiter: ';', record_delimiter: '\r\n', quoted: true } as const;
    const path = file('spreadsheet.csv', stringify(rows, options));
    const { json } = await resubmit(path, run.runId, '--json');
    expect(json()).toMatchObject({ corrected: 1, unchanged: 4 });
  });

  it('compares JSON Lines as well, an unreadable line included', async () => {
    const lines = '{"id":"J1"}\n{"id":"J2","other":1.50}\n{"id":"J3","name":"no brace"\n';
    const run = await test.succeed('lines.jsonl', lines);
    const corrected = readFileSync(run.rejected ?? '', 'utf8')
      .replace('"id":"J1"', '"id":"J1","name":"Ann"')
      .replace('no brace\\"', 'no brace\\"}');
    const path = file('lines-corrected.jsonl', `\ufeff${corrected}{"id":"J9","name":"New"}\n`);
    const { json, stderr } = await resubmit(path, run.runId, '--json');
    expect(json()).toMatchObject({ corrected: 2, unchanged: 1, added: 1, leftOut: 0 });
    expect(stderr).toContain('Row 2 of the file left unchanged');
    expect(await summaryOf(json<{ runId: string }>().runId)).toMatchObject({ rows: 4, synced: 3, rejected: 1 });

    const export_ = file('export.jsonl', '{"id":"J1","name":"Ann"}\n');
    const refused = await resubmit(export_, run.runId);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('is no rejected file: its lines have not _row');
  });

  it.each<[string, (cells: string[][]) => string, RegExp]>([
    ['an export', () => 'id,name\nA1,Ann\n', /is no rejected file: its first columns are not _row, .*upload/],
    [
      'a row of another run',
      (rows) => saved(rows, (row, index) => (index === 2 ? row.with(0, '77') : row)),
      /Row 3 of .*: run \S+ did not reject such a row/,
    ],
    [
      'rows whose _version was changed',
      (rows) => saved(rows, (row, index) => (index > 0 ? row.with(3, row[3]?.replace(/\d$/, '9') ?? '') : row)),
      /Rows 2, 3, 4, 5, 6 of .*: the _version is not the one/,
    ],
    ['a file in which nothing was corrected', (rows) => saved(rows), /No row of .* was corrected/],
    [
      'a ragged row that was only filled up',
      (rows) => saved(rows, (row) => [...row, ...Array<string>(6 - row.length).fill('')]),
      /Row 6 of .* had too few fields, and only got empty ones/,
    ],
    ['a header line that no longer fits', (rows) => saved(rows, (row) => row.slice(0, 5)), /lacks name/],
    ['a quote that is never closed', (rows) => `${saved(rows)}"7,,,,A7,Ann\n`, /no CSV \(CSV_QUOTE_NOT_CLOSED\)/],
  ])('refuses %s, and uploads nothing', async (_what, content, words) => {
    const before = await uploads();
    const { code, stderr } = await resubmit(file('wrong.csv', content(cells)), runId);
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/A\d/);
    expect(await uploads()).toEqual(before);
  });

  it('refuses corrections of a run that rejected nothing', async () => {
    const good = await test.succeed('good.csv', 'id,name\nG1,Ann\n');
    const { code, stderr } = await resubmit(file('corrected.csv', saved(cells)), good.runId);
    expect(code).toBe(1);
    expect(stderr).toContain('has no rejected rows');
  });

  it.each([
    ['nothing was corrected', (rows: string[][]) => saved(rows), { rejected: 5 }],
    [
      'a ragged row was only filled up',
      (rows: string[][]) => saved(rows, (row) => [...row.slice(0, 5), row[5] || (row[0] === '7' ? '' : 'Bob')]),
      { synced: 4, rejected: 1 },
    ],
  ])('with --yes sends the file although %s', async (what, content, outcomes) => {
    const run = await rejectedRun(what.startsWith('nothing') ? 'Y' : 'Z');
    const { code, json } = await resubmit(file('insisted.csv', content(run.cells)), run.runId, '--yes', '--json');
    expect(code).toBe(0);
    expect(await summaryOf(json<{ runId: string }>().runId)).toMatchObject({ rows: 5, ...outcomes });
  });

  it('takes corrections of a run that Step Functions has forgotten', async () => {
    const run = await rejectedRun('F');
    const { outputs, clients } = test.connected;
    const Key = runFiles.rejected('forgotten', 'csv');
    await clients.s3.send(new PutObjectCommand({ Bucket: outputs.RunBucketName, Key, Body: stringify(run.cells) }));
    const path = file(
      'forgotten.csv',
      saved(run.cells, (row, index) => (index === 1 ? named(row) : row)),
    );
    const { json } = await resubmit(path, 'forgotten', '--json');
    expect(json()).toMatchObject({ key: 'exports/resubmit/forgotten/forgotten.csv', corrected: 1, unchanged: 4 });
  });

  it('goes on without comparing when the rejected rows have expired; new rows have the time of now, whatever the run is called', async () => {
    const name = 'night-2026-01-01';
    const { clients, outputs } = test.connected;
    await test.sync('bad.csv', 'id,title\n1,Dr\n');
    const bucket = { name: outputs.ExportBucketName };
    const input = JSON.stringify({ detail: { bucket, object: { key: 'exports/bad.csv' } } });
    await clients.sfn.send(new StartExecutionCommand({ stateMachineArn: outputs.StateMachineArn, name, input }));
    const run = await rejectedRun('X');
    const started = Date.now();
    const path = file(
      'expired.csv',
      saved(run.cells, (row, index) => (index > 0 ? named(row) : row)),
    );
    const { code, stderr, json } = await resubmit(path, name, '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('nothing could be compared');
    const { key } = json<{ key: string }>();
    const { Metadata } = await clients.s3.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key }));
    expect(Date.parse(Metadata?.['as-of'] ?? '')).toBeGreaterThanOrEqual(started);
    expect(json()).not.toHaveProperty('corrected');
  });

  it.each([
    [['resubmit', 'x.csv'], "required option '--of <run>'"],
    [['resubmit', 'nothing.csv', '--of', 'x'], 'There is no file nothing.csv'],
  ])('ends with 1 and words for a wrong call: %j', async (args, words) => {
    const { code, stderr } = await call(args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});
