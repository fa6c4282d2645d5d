import { appendFileSync, createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClients } from '../../cli/connect/clients.ts';
import { runOfUpload } from '../../cli/exports/run-of-upload.ts';
import { syncExport } from '../../cli/exports/sync-export.ts';
import { uploadExport } from '../../cli/exports/upload.ts';
import { PART_BYTES, uploadFile } from '../../cli/exports/upload-file.ts';
import { exportTarget } from '../../cli/exports/upload-target.ts';
import { checkWait, uploadResult } from '../../cli/exports/uploaded-run.ts';
import { shortRun } from '../../cli/output/words.ts';
import { findExecution } from '../../cli/runs/find-run.ts';
import { untilEnded } from '../../cli/runs/started-run.ts';
import { UserError } from '../../cli/user-error.ts';
import { commandLine } from '../helpers/command-line.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const TIME_IN_KEY = { timeInKey: { pattern: 'night-{yyyy}-{MM}-{dd}', timeZone: 'UTC' } };

let test: TestStack;
let mapping: string;
let call: ReturnType<typeof commandLine>;
beforeAll(async () => {
  mapping = smallMappingFile({ exports: { contains: 'changes', ...TIME_IN_KEY } });
  test = await startTestStack({ quota: 100, mapping, settings: { latencyMs: { median: 5, spread: 0 } } });
  call = commandLine(test);
});
afterAll(() => test.stop());

const upload = (path: string, ...options: string[]) => call(['upload', path, '--mapping', mapping, ...options]);

function file(name: string, content: string | Buffer): string {
  const path = join(test.folder, name);
  writeFileSync(path, content);
  return path;
}

async function summaryOf(runId: string) {
  const { executionArn } = await findExecution(test.connected, runId);
  const { output = '{}' } = await untilEnded(test.clients.sfn, executionArn, test.connected.clock, async () => {});
  return JSON.parse(output);
}

async function keys(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await test.clients.s3.send(
    new ListObjectsV2Command({ Bucket: test.connected.outputs.ExportBucketName }),
  );
  return Contents.map(({ Key }) => Key);
}

/** Keys of the exports of all runs, if they are this one. */
async function runsOf(key: string): Promise<string[]> {
  const { runs } = (await call(['runs', '--json'])).json<{ runs: { export: string }[] }>();
  return runs.map((run) => run.export).filter((address) => address.endsWith(`/${key}`));
}

/** Files with bytes of objects, parts of uploads included. */
const blobs = () =>
  readdirSync(join(test.folder, 'state'), { recursive: true }).filter((path) => /blobs/.test(String(path)));

describe('profile-sync upload', () => {
  it('names the run that it started, and what to call next', async () => {
    const { code, stdout } = await upload(file('three.csv', 'id,name\nA1,Ann\nA2,Bob\n'));
    expect(code).toBe(0);
    const [, runId = ''] = /Run (\S+) started\./.exec(stdout) ?? [];
    expect(stdout).toContain(`To follow it: npx profile-sync watch ${shortRun(runId)} --mapping ${mapping}\n`);
    expect(await summaryOf(runId)).toMatchObject({ rows: 2, synced: 2, export: { key: 'exports/three.csv' } });
    expect(await findProfiles(test.stack, SMALL_KEY, 'A2')).toMatchObject([{ FirstName: 'Bob' }]);
  });

  it('with --json tells what was uploaded, and nothing else on standard output', async () => {
    const path = file('customers.csv', 'id,name\nB1,Ann\n');
    const { code, stdout, stderr, json } = await upload(path, '--json', '--name', 'crm/today.csv');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(json()).toEqual({
      bucket: test.connected.outputs.ExportBucketName,
      key: 'exports/crm/today.csv',
      versionId: expect.any(String),
      bytes: 15,
      seconds: expect.any(Number),
      runId: expect.any(String),
    });
    expect(stderr).toContain('Uploaded 1 kB');
    await summaryOf(json<{ runId: string }>().runId);
  });

  it.each([
    ['the time that is given', ['--as-of', '2026-03-31T01:00:00+09:00'], '2026-03-30T16:00:00.000Z'],
    ['the time in the name', ['--name', 'crm/night-2026-02-01.csv'], '2026-02-01T00:00:00.000Z'],
    [
      'the time that is given, whatever the name says',
      ['--name', 'night-2026-02-01.csv', '--as-of', '2026-02-01T02:00:00Z'],
      '2026-02-01T02:00:00.000Z',
    ],
  ])('the data counts as of %s', async (_what, options, exportTime) => {
    const { json } = await upload(file('dated.csv', 'id,name\nC1,Ann\n'), '--json', ...options);
    expect(await summaryOf(json<{ runId: string }>().runId)).toMatchObject({ export: { exportTime } });
  });

  it('with --no-wait ends when the file is there', async () => {
    const { code, stdout, json } = await upload(file('later.csv', 'id,name\nD1,Ann\n'), '--no-wait', '--json');
    expect(code).toBe(0);
    expect(stdout).toContain('"runId":null');
    expect(await keys()).toContain(json<{ key: string }>().key);
  });

  it.each<[string, string | undefined, string[], RegExp]>([
    ['no file', undefined, [], /There is no file/],
    ['a name that starts no run', 'x.txt', [], /ends in "\.txt"; a run starts for names that end in \.csv/],
    ['such a name by --name', 'id,name\n', ['--name', 'x.CSV'], /ends in "\.CSV"/],
    ['a header line that does not fit', 'id,title\n1,Dr\n', [], /lacks name/],
    [
      'an unreadable --as-of',
      'id,name\n',
      ['--as-of', 'yesterday'],
      /--as-of <time>.*It must be an ISO 8601 time with an offset/,
    ],
    ['an --as-of of next year', 'id,name\n', ['--as-of', '2999-01-01T00:00:00Z'], /over a day in the future/],
    ['a time in the name of next year', 'id,name\n', ['--name', 'night-2999-01-01.csv'], /over a day in the future/],
    ['a name outside of the exports', 'id,name\n', ['--name', '../x.csv'], /is no name for an export/],
    ['a name of a resubmission', 'id,name\n', ['--name', 'resubmit/r/x.csv'], /resubmit FILE --of RUN/],
    ['a name of a row to try', 'id,name\n', ['--name', 'test-row/x.csv'], /test-row FILE --row N --send/],
    ['a name that S3 does not take', 'id,name\n', ['--name', `${'x'.repeat(1020)}.csv`], /more than 1024 bytes/],
    ['a mapping that is not deployed', 'id,name\n', ['--mapping', 'mappings/customer.json'], /not the deployed one/],
  ])('refuses %s, and uploads nothing', async (what, content, options, words) => {
    const before = await keys();
    const name = what.includes('starts no run') ? 'wrong.txt' : 'wrong.csv';
    const path = content === undefined ? join(test.folder, 'nothing.csv') : file(name, content);
    const { code, stderr } = await upload(path, ...options);
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(await keys()).toEqual(before);
  });

  it('follows the run to its end where it would end with the command', async () => {
    const path = file('followed.csv', 'id,name\nE1,Ann\n,Nobody\n');
    const target = { bucket: test.connected.outputs.ExportBucketName, key: 'exports/followed.csv', metadata: {} };
    const { json, text, failed } = await uploadResult(
      test.connected,
      await uploadExport(test.connected, path, target),
      { wait: true },
    );
    expect(failed).toBe(false);
    expect(text).toMatch(/synced +1 accepted/);
    expect(json).toMatchObject({ key: target.key, runId: expect.any(String), run: { rows: 2, rejected: 1 } });
    expect(() => checkWait(test.connected, false)).toThrow(UserError);
  });

  it('ends with 2 when the file is there, but starts no run', async () => {
    const path = file('nobody.csv', 'id,name\n');
    const target = { bucket: test.connected.outputs.ExportBucketName, key: 'elsewhere/nobody.csv', metadata: {} };
    const uploaded = await uploadExport(test.connected, path, target);
    let now = Date.now();
    const sleep = async () => {
      now += 60_000;
    };
    const clock = { now: () => now, sleep };
    const { text, failed } = await uploadResult({ ...test.connected, clock }, uploaded, { wait: true });
    expect(failed).toBe(true);
    expect(text).toContain('started no run');
  });
});

describe('Ctrl-C after the file is there', () => {
  it('ends sync as it ends upload: the run is left alone', async () => {
    const path = file('left-too.csv', 'id,name\n');
    const interrupt = new AbortController();
    const sleep = async () => interrupt.abort();
    const stack = {
      ...test.connected,
      // No run starts here.
      outputs: { ...test.connected.outputs, ExportPrefix: 'elsewhere/' },
      clock: { ...test.connected.clock, sleep },
      signal: interrupt.signal,
    };
    expect(await syncExport(path, stack)).toMatchObject({
      uploaded: { key: 'elsewhere/left-too.csv' },
      error: undefined,
    });
  });

  it('starts no resync', async () => {
    const interrupt = new AbortController();
    const path = file('resync.csv', 'id,name\nR1,Ann\n');
    const uploaded = await uploadExport(test.connected, path, exportTarget(test.connected, 'r.csv', { resync: true }));
    interrupt.abort();
    const stack = { ...test.connected, signal: interrupt.signal };
    const noRun = await runOfUpload(stack, uploaded, true);
    expect(noRun).toMatchObject({ resync: true });
    expect(await runsOf('resync/r.csv')).toEqual([]);
  });

  it('leaves the run of an upload alone, and says so', async () => {
    const path = file('left.csv', 'id,name\n');
    const target = { bucket: test.connected.outputs.ExportBucketName, key: 'elsewhere/left.csv', metadata: {} };
    const uploaded = await uploadExport(test.connected, path, target);
    const interrupt = new AbortController();
    const sleep = async () => interrupt.abort();
    const stack = { ...test.connected, clock: { ...test.connected.clock, sleep }, signal: interrupt.signal };
    const { text, failed } = await uploadResult(stack, uploaded, { wait: true });
    expect(failed).toBeUndefined();
    expect(text).toContain('Not waiting for its run');
  });
});

describe('a large file', () => {
  const ROW_BYTES = 1_000_000;
  /** Three parts. */
  const ROWS = 20;
  const target = (name: string) => ({
    bucket: test.connected.outputs.ExportBucketName,
    key: `elsewhere/${name}`,
    metadata: {},
  });
  const never = new AbortController().signal;
  const large = (name: string) =>
    file(name, `id,name\n${Array.from({ length: ROWS }, (_, row) => `F${row},${'x'.repeat(ROW_BYTES)}\n`).join('')}`);

  it('arrives byte for byte, in parts', async () => {
    const path = large('large.csv');
    const sent: number[] = [];
    const object = target('large.csv');
    const options = { signal: never, onProgress: (bytes: number) => void sent.push(bytes) };
    await uploadFile(test.clients.s3, path, { ...object, metadata: { 'as-of': '2026-01-01T00:00:00Z' } }, options);
    const { Body, Metadata, ETag } = await test.clients.s3.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    const content = await buffer(Body as unknown as AsyncIterable<Buffer>);
    expect(content.equals(await buffer(createReadStream(path)))).toBe(true);
    expect(Metadata).toEqual({ 'as-of': '2026-01-01T00:00:00Z' });
    expect(ETag).toMatch(/-3"$/);
    expect(sent.toSorted((a, b) => a - b)).toEqual(sent);
    expect(sent).toHaveLength(3);
    expect(sent.at(-1)).toBe(content.length);
  });

  it('that is interrupted leaves nothing behind', async () => {
    const path = large('interrupted.csv');
    const before = blobs();
    const interrupt = new AbortController();
    const uploading = uploadFile(test.clients.s3, path, target('interrupted.csv'), {
      signal: interrupt.signal,
      onProgress: () => interrupt.abort(),
    });
    await expect(uploading).rejects.toThrow();
    expect(blobs()).toEqual(before);
    expect(await keys()).not.toContain('elsewhere/interrupted.csv');
  });

  it('whose last answer is lost after Ctrl-C may be there: nobody says that it is not', async () => {
    const path = file('unknown.csv', 'id,name\n');
    const { url: endpoint, region, credentials } = test.stack;
    const clients = createClients({ endpoint, region, credentials });
    const interrupt = new AbortController();
    clients.s3.middlewareStack.add(
      (next) => async (args) => {
        await next(args);
        interrupt.abort();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
      { step: 'initialize' },
    );
    const stack = { ...test.connected, clients, signal: interrupt.signal };
    const uploading = uploadExport(stack, path, target('unknown.csv'));
    await expect(uploading).rejects.toThrow('the object may be there, and its run may start. npx profile-sync runs');
    expect(await keys()).toContain('elsewhere/unknown.csv');
    clients.destroy();
  });

  it('that is interrupted ends the command with 130', async () => {
    const interrupt = new AbortController();
    const path = large('command.csv');
    const { code, stderr } = await call(['upload', path, '--mapping', mapping], {
      signal: interrupt.signal,
      onOutput: (text) => text.startsWith('Uploading') && interrupt.abort(),
    });
    expect(code).toBe(130);
    expect(stderr).toContain('no object was made, and no run starts');
    expect(await keys()).not.toContain('exports/command.csv');
  });

  it('that changes meanwhile is refused, and leaves nothing behind', async () => {
    const path = large('changing.csv');
    const before = blobs();
    const uploading = uploadFile(test.clients.s3, path, target('changing.csv'), {
      signal: never,
      onProgress: () => appendFileSync(path, 'F99,late\n'),
    });
    await expect(uploading).rejects.toThrow('changed while it was uploaded');
    expect(blobs()).toEqual(before);
    expect(await keys()).not.toContain('elsewhere/changing.csv');
  });

  it('changes meanwhile and is refused although one call would send it', async () => {
    const path = file('growing.csv', Buffer.alloc(PART_BYTES / 2, 'x'));
    let isDone = false;
    const grow = () => {
      if (isDone) return;
      appendFileSync(path, 'G99,late\n');
      setImmediate(grow);
    };
    grow();
    const uploading = uploadFile(test.clients.s3, path, target('growing.csv'), { signal: never, onProgress: () => {} });
    await expect(
      uploading.finally(() => {
        isDone = true;
      }),
    ).rejects.toThrow('changed while it was uploaded');
    expect(await keys()).not.toContain('elsewhere/growing.csv');
  });

  it('of which a part is lost sends no other part, and leaves nothing behind', async () => {
    const path = file('lost.csv', Buffer.alloc(12 * PART_BYTES, 'x'));
    const before = blobs();
    const { url: endpoint, region, credentials } = test.stack;
    const { s3, destroy } = createClients({ endpoint, region, credentials });
    let parts = 0;
    s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'UploadPartCommand' && ++parts === 2) throw new Error('lost');
        return next(args);
      },
      { step: 'initialize' },
    );
    const uploading = uploadFile(s3, path, target('lost.csv'), { signal: never, onProgress: () => {} });
    await expect(uploading).rejects.toThrow('lost');
    expect(parts).toBeLessThanOrEqual(5);
    expect(blobs()).toEqual(before);
    destroy();
  });
});
