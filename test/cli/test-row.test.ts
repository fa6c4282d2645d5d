import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../helpers/command-line.ts';
import { nameOf } from '../helpers/live-events.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const mapping = smallMappingFile({
  // An older night must not be taken for the newest one, nor one row for a night.
  exports: { contains: 'full', delimiter: ';' },
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName' },
    { name: 'mail', column: 'mail', target: '_profile.EmailAddress', normalize: 'email' },
    { name: 'note', column: 'note' },
  ],
});
const HEADER = 'id;name;mail;note\n';

let test: TestStack;
let call: (...args: readonly string[]) => ReturnType<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  const fault = { error: 'BadRequestException', forObjectsWith: 'refuse me' } as const;
  test = await startTestStack({ quota: 100, mapping, settings: { fault, latencyMs: { median: 5, spread: 0 } } });
  const calling = commandLine(test);
  call = (...args) => calling(['test-row', ...args, '--mapping', mapping]);
});
afterAll(() => test.stop());

async function file(name: string, content: string): Promise<string> {
  const path = join(test.folder, name);
  await writeFile(path, content);
  return path;
}

describe('test-row', () => {
  it('shows what becomes of each column, the profile object, and why the row would be sent', async () => {
    const path = await file('first.csv', `${HEADER}A; Ann ;ANN@X.ORG;\nB;Bob;no mail;two\n`);
    const { code, stdout } = await call(path, '--row', '2');
    expect(code).toBe(0);
    expect(stdout).toContain('Row 2 would be sent. The ledger does not know this customer');
    expect(stdout).toMatch(/^name +Ann +name +Ann +_profile\.FirstName$/m);
    expect(stdout).toMatch(/^mail +ANN@X\.ORG +mail +ann@x\.org +_profile\.EmailAddress$/m);
    expect(stdout).toMatch(/^note +note +\(empty: not sent\)$/m);
    expect(stdout).toContain('Profile object, 42 bytes:\n{"id":"A","name":"Ann","mail":"ann@x.org"}');

    const asJson = (await call(path, '--row', '3', '--as-of', '2026-01-02T00:00:00Z', '--json')).json();
    expect(asJson).toMatchObject({
      ...{ row: 3, outcome: 'synced', customerKey: 'B', bytes: 53, sourceTime: '2026-01-02T00:00:00.000Z' },
      object: { id: 'B', name: 'Bob', mail: 'no mail', note: 'two' },
      fields: [{}, {}, { column: 'mail', raw: 'no mail', value: 'no mail', isNormalized: false }, {}],
    });
    expect(asJson.version).toMatch(/^2026-01-02T00:00:00\.000Z\/.*Z\/3$/);
    expect(test.stack.customerProfiles.stats().calls).toBe(0);
  });

  it.each([
    { what: 'without a key', content: `${HEADER};Ann;;\n`, row: 2, code: 'MISSING_KEY' },
    { what: 'with a field too few', content: `${HEADER}A;Ann;\n`, row: 2, code: 'RAGGED_ROW' },
    { what: 'with a value too long', content: `${HEADER}A;${'x'.repeat(300)};;\n`, row: 2, code: 'TOO_LONG' },
    { what: 'that is no JSON', content: '{"id":"A"}\n{"id":\n', row: 2, code: 'NOT_JSON' },
  ])('shows why a row $what would be rejected, and does not send it', async ({ content, row, code }) => {
    const path = await file(code === 'NOT_JSON' ? 'bad.jsonl' : 'bad.csv', content);
    const shown = await call(path, '--row', String(row), '--json');
    expect(shown.code).toBe(0);
    expect(shown.json()).toMatchObject({ outcome: 'rejected', code });
    const sent = await call(path, '--row', String(row), '--send', '--json');
    expect(sent.code).toBe(2);
    expect(sent.json()).toMatchObject({ outcome: 'rejected', code, sent: false });
  });

  it('uploads what it sends to where no night expects its export, also for a resync', async () => {
    const path = await file('alone.csv', `${HEADER}T1;Tim;;\n`);
    await call(path, '--row', '2', '--send');
    await call(path, '--row', '2', '--send', '--resync');
    const { Contents = [] } = await test.clients.s3.send(
      new ListObjectsV2Command({ Bucket: test.connected.outputs.ExportBucketName }),
    );
    const keys = Contents.flatMap(({ Key = '' }) => (Key.includes('alone') ? Key : []));
    expect(keys).toEqual(['exports/test-row/alone-row-2.csv', 'resync/test-row/alone-row-2.csv']);
  });

  it('with --send sends the row alone, with its own version, and tells what became of it', async () => {
    const path = await file('send.csv', `${HEADER}S1;Sam;s@x.org;\nS2;Sue;s@x.org;\n`);
    const { code, stdout } = await call(path, '--row', '3', '--send');
    expect(code).toBe(0);
    expect(stdout).toContain('the outcome of the row is: synced.');
    expect(await nameOf(test, 'S2')).toBe('Sue');
    expect(await nameOf(test, 'S1')).toBeUndefined();
    expect((await call(path, '--row', '3', '--json')).json()).toMatchObject({
      outcome: 'unchanged',
      why: expect.stringMatching(/^The same content was sent by run \S+ on /),
    });

    const older = await file('older.csv', `${HEADER}S2;Old Sue;s@x.org;\n`);
    const args = [older, '--row', '2', '--as-of', '2026-01-01T00:00:00Z', '--send', '--json'];
    expect((await call(...args)).json()).toMatchObject({ outcome: 'stale', sent: true, outcomeOfRun: 'stale' });
    expect(await nameOf(test, 'S2')).toBe('Sue');
    const again = await call(path, '--row', '3', '--send', '--resync', '--json');
    expect(again.json()).toMatchObject({ outcome: 'synced', outcomeOfRun: 'synced', run: { calls: 1 } });
  });

  it('never takes one row for the newest full export', async () => {
    for (const [name, content] of Object.entries({
      'one.csv': `${HEADER}F1;Fay;;\n`,
      'one.jsonl': '{"id":"F2","name":"Flo"}\n',
    })) {
      const path = await file(name, content);
      expect((await call(path, '--row', name === 'one.csv' ? '2' : '1', '--send')).code).toBe(0);
    }
    const night = await file('night.csv', `${HEADER}N;Nia;;\n`);
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    expect((await call(night, '--row', '2', '--as-of', anHourAgo, '--json')).json()).toMatchObject({
      outcome: 'synced',
    });
  });

  it("tells the service's words about a row that it refuses, and remembers them", async () => {
    const path = await file('refused.csv', `${HEADER}R;refuse me;;\n`);
    const sent = await call(path, '--row', '2', '--send');
    expect(sent.code).toBe(2);
    expect(sent.stdout).toContain('the outcome of the row is: rejected. A fault that was asked for.');
    const shown = await call(path, '--row', '2', '--json');
    expect(shown.json()).toMatchObject({ outcome: 'rejected', code: 'REFUSED' });
    expect(shown.json<{ why: string }>().why).toMatch(/asked for\. Remembered from run \S+\.$/);
  });

  it('says of a row whose customer comes again that it is stale, and does not send it', async () => {
    const path = await file('again.csv', `${HEADER}D;Old;;\nD;New;;\n`);
    const { code, stdout } = await call(path, '--row', '2', '--send');
    expect(code).toBe(2);
    expect(stdout).toContain('Another row of the file has the same customer key');
    expect(stdout).toContain('Not sent.');
  });

  it.each([
    [['4'], 'There is no row 4: ', 'has 2 rows, up to row 3 (row 2 is the first one behind the header'],
    [['1'], 'There is no row 1: ', 'has 2 rows'],
    [['x'], 'whole number', ''],
  ])('a wrong call ends with 1 and words: --row %j', async ([row = ''], ...words) => {
    const path = await file('two.csv', `${HEADER}A;Ann;;\nB;Bob;;\n`);
    const { code, stderr } = await call(path, '--row', row);
    expect(code).toBe(1);
    for (const word of words) expect(stderr).toContain(word);
  });
});
