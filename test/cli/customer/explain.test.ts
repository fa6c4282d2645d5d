import {
  CustomerProfilesClient,
  DeleteProfileCommand,
  PutProfileObjectCommand,
  UpdateProfileCommand,
} from '@aws-sdk/client-customer-profiles';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RowStory, readRow } from '../../../cli/customer/explain-row.ts';
import type { Explanation } from '../../../cli/customer/explanation.ts';
import { originOf } from '../../../cli/customer/run-origin.ts';
import { executionArnOf } from '../../../cli/runs/execution.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { loadMapping } from '../../../functions/shared/mapping/load.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { sendEvents, untilLiveQueueIsEmpty } from '../../helpers/live-events.ts';
import { findProfiles } from '../../helpers/profiles.ts';
import { SMALL_KEY, smallMappingFile } from '../../helpers/small-export.ts';
import { DOMAIN, startTestStack, type TestStack } from '../../helpers/stack.ts';

const MAPPING = smallMappingFile({
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
    { name: 'email', column: 'email', target: '_profile.EmailAddress', normalize: 'email' },
    { name: 'city', column: 'city', target: '_profile.Address.City' },
  ],
});
const HEADER = 'id,name,email,city';

let test: TestStack;
let call: ReturnType<typeof commandLine>;
let first = '';
let second = '';
let profiles: CustomerProfilesClient;

const short = (runId: string) => runId.slice(0, 8);
const idOf = async (key: string) => (await findProfiles(test.stack, SMALL_KEY, key))[0]?.ProfileId ?? '';

beforeAll(async () => {
  test = await startTestStack({
    quota: 150,
    mapping: MAPPING,
    settings: { latencyMs: { median: 5, spread: 0 }, fault: { late: true, forObjectsWith: 'late-me' } },
    timeScale: 0.1,
  });
  call = commandLine(test);
  const { url: endpoint, region, credentials } = test.stack;
  profiles = new CustomerProfilesClient({ endpoint, region, credentials });
  const run = async (name: string, rows: readonly string[]) =>
    (await test.succeed(name, [HEADER, ...rows].join('\n'))).runId;
  first = await run('first.csv', [
    'A,Ann,ann@example.com,Nara',
    'B,,b@example.com,Kobe',
    'C,Cid,,Ube',
    'D,Dan,,Tsu',
    'D,Don,,Tsu',
    'F,Fay,,Ise',
    'L,late-me,,Ise',
    'R,Ray,,Ota,too,many',
  ]);
  await profiles.send(new UpdateProfileCommand({ DomainName: DOMAIN, ProfileId: await idOf('C'), FirstName: 'Sid' }));
  await profiles.send(
    new UpdateProfileCommand({ DomainName: DOMAIN, ProfileId: await idOf('C'), LastName: 'Vicious' }),
  );
  await profiles.send(new DeleteProfileCommand({ DomainName: DOMAIN, ProfileId: await idOf('F') }));
  second = await run('second.csv', ['A,Ann,ann@example.com,', 'C,Cid,,Ube']);
  const lateQueue = test.stack.outputs.DomainDeadLetterQueueUrl ?? '';
  while (test.stack.sqs.messages(lateQueue).length > 0) await systemClock.sleep(50);
});
afterAll(async () => {
  profiles.destroy();
  await test.stop();
});

const explain = (...args: string[]) => call(['explain', ...args, '--mapping', MAPPING]);
const asJson = async <T = Explanation & { verdict: string }>(...args: string[]): Promise<T> =>
  (await explain(...args, '--json')).json<T & Record<string, unknown>>();

describe('explain CUSTOMER-KEY', () => {
  it('says what was sent when, by which run and row, and what the service kept of what the CRM emptied', async () => {
    const { code, stdout } = await explain('A');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^Sent by run ${short(second)} at .+ \\(row 2 of exports/second.csv, data of .+\\)\\. The profile holds it, but for 1 field that the CRM emptied and the service keeps\\.`,
      ),
    );
    expect(stdout).toMatch(/Address\.City +Nara +emptied by the CRM, kept by the service/);
    expect(await asJson('A')).toMatchObject({
      customerKey: 'A',
      ledger: { known: { runId: second, row: 2, filled: ['id', 'name', 'email'], kept: ['city'] } },
      origin: { kind: 'run', export: { key: 'exports/second.csv' } },
      rejected: [],
      profiles: [{ otherCustomers: 0, filled: ['id', 'name', 'email'] }],
    });
  });

  it('shows fields that others set beside what this system says', async () => {
    const { verdict, profiles: found, ledger } = await asJson('C');
    expect(verdict).toContain('but for 1 field that somebody else set');
    expect(ledger?.known?.runId).toBe(first);
    expect(found[0]?.fields).toEqual([
      { field: 'FirstName', profile: 'Sid', object: 'Cid', note: 'differs' },
      { field: 'Address.City', profile: 'Ube', object: 'Ube' },
      { field: 'LastName', profile: 'Vicious', note: 'not ours' },
    ]);
  });

  it('finds rejected rows of customers that were never sent, also those with a ragged row, and says how they come back', async () => {
    const { code, stdout } = await explain('B');
    expect(code).toBe(0);
    expect(stdout).toContain('Never sent: every row of this customer that is known was rejected.');
    expect(stdout).toContain(`Row 3 of run ${short(first)} was rejected: MISSING_VALUE.`);
    expect(stdout).toContain(`resubmit FILE --of ${short(first)}`);
    expect((await asJson('R')).rejected).toMatchObject([{ runId: first, row: 9, code: 'RAGGED_ROW' }]);
  });

  it('searches the rejected rows of so many runs, newest first', async () => {
    expect(await asJson('B', '--runs', '1')).toMatchObject({ runsSearched: 1, rejected: [] });
  });

  it('says of a customer whose profile is gone what sends it again', async () => {
    const { stdout } = await explain('F');
    expect(stdout).toContain('No profile has this key: it was deleted, has expired, or');
    expect(stdout).toMatch(/sync FILE --resync/);
  });

  it('shows what the service accepted and failed on afterwards', async () => {
    const { lateErrors, ledger, verdict } = await asJson('L');
    expect(verdict).toContain('failed on it afterwards');
    expect(ledger?.late).toEqual({ open: true, resends: 0, ofKnown: true });
    expect(lateErrors).toMatchObject([
      { givenUp: false, attempt: 1, file: expect.stringContaining(`runs/${first}/late-errors/`) },
    ]);
  });

  it('names the live event that sent a customer', async () => {
    const [id] = await sendEvents(test, [{ record: { id: 'E', name: 'Eve', email: '', city: '' } }]);
    await untilLiveQueueIsEmpty(test);
    const { verdict, origin } = await asJson('E');
    expect(verdict).toMatch(new RegExp(`^Sent by live event ${id} at .+\\(data of .+\\)\\. The profile holds it\\.$`));
    expect(origin).toEqual({ kind: 'event', runId: `event/${id}`, eventId: id });
  });

  it('knows that an object in the profile is not the one that was sent last', async () => {
    await test.succeed('third.csv', `${HEADER}\nG,Gus,,Ise`);
    const object = JSON.stringify({ id: 'G', name: 'Gus' });
    await profiles.send(new PutProfileObjectCommand({ DomainName: DOMAIN, ObjectTypeName: 'Small', Object: object }));
    expect((await asJson('G')).verdict).toContain('with other fields than were sent last');
  });

  it('ends with 2 if nothing is known of the customer', async () => {
    const { code, stdout } = await explain('nobody');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^Nothing is known of this customer: no ledger entry, no profile, no rejected row in the last \d runs/,
    );
  });

  it('writes nothing for people to standard output with --json', async () => {
    const { stdout } = await explain('A', '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('explain --row N --of RUN', () => {
  const row = async (n: number, run = first) =>
    (await asJson<{ row: RowStory; customer?: Explanation }>('--row', String(n), '--of', run.slice(0, 12))).row;

  it.each([
    [2, { outcome: 'synced', customerKey: 'A' }],
    [3, { outcome: 'rejected', customerKey: 'B', why: expect.stringContaining('MISSING_VALUE') }],
    [5, { outcome: 'stale', customerKey: 'D', why: expect.stringContaining('Another row of the same export') }],
    [6, { outcome: 'synced', customerKey: 'D' }],
    [9, { outcome: 'rejected', why: expect.stringContaining('RAGGED_ROW') }],
  ])('says what became of row %i', async (n, expected) => {
    expect(await row(n)).toMatchObject({ ...expected, row: n, runId: first, isCertain: true });
  });

  it('tells unchanged rows from synced ones of the same chunk by the ledger', async () => {
    expect(await row(2, second)).toMatchObject({ outcome: 'synced', isCertain: true });
    expect(await row(3, second)).toMatchObject({
      outcome: 'unchanged',
      isCertain: true,
      why: expect.stringContaining(`Run ${short(first)} at`),
    });
  });

  it('goes on with the customer of the row', async () => {
    const { stdout, code } = await explain('--row', '2', '--of', second);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Row 2 of run ${short(second)} \\(exports/second.csv\\) was synced\\.`));
    expect(stdout).toContain('Customer A\n\nSent by run');
  });

  it('refuses a row that the run has not', async () => {
    expect(await explain('--row', '99', '--of', first)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`has rows 2 to 9; there is no row 99. The first row of a CSV is row 2.`),
    });
  });

  it.each([[['A', '--row', '2', '--of', 'x']], [['--row', '2']], [['--of', 'x']], [[]]])(
    'refuses the call %j and says what to give',
    async (args) => {
      expect(await explain(...args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Give a customer key, or --row with --of'),
      });
    },
  );

  it('reads the row also of a run that Step Functions has forgotten, by what the run left in S3', async () => {
    const { outputs } = test.connected;
    const forgotten = {
      ...test.connected,
      outputs: { ...outputs, StateMachineArn: `${outputs.StateMachineArn}-gone` },
    };
    const of = { runId: first, executionArn: undefined };
    const story = { outcome: 'synced', isCertain: true, exportKey: 'exports/first.csv', notes: [] };
    expect(await readRow(forgotten, of, 2)).toMatchObject({ ...story, customerKey: 'A' });
    expect(await originOf(forgotten, first)).toMatchObject({ kind: 'run', export: { key: 'exports/first.csv' } });
    expect(await originOf(forgotten, 'never')).toEqual({ kind: 'run', runId: 'never' });
  });

  it('asks the ledger only by the mapping of the run, since another one makes other fingerprints', async () => {
    const fields = [{ name: 'id', column: 'id', required: true }];
    const changed = { ...test.connected, mapping: () => loadMapping(smallMappingFile({ fields })) };
    const of = { runId: second, executionArn: executionArnOf(test.connected.outputs.StateMachineArn, second) };
    expect(await readRow(changed, of, 3)).toMatchObject({
      ...{ outcome: 'unknown', isCertain: false, customerKey: 'C' },
      why: 'It was sent, unchanged or stale. The ledger can not tell, since the mapping was changed.',
    });
    const { outputs } = test.connected;
    const StateMachineArn = `${outputs.StateMachineArn}-gone`;
    const forgotten = { ...test.connected, outputs: { ...outputs, StateMachineArn } };
    expect(await readRow(forgotten, { runId: second, executionArn: undefined }, 3)).toMatchObject({
      ...{ outcome: 'unknown', isCertain: false },
      why: expect.stringContaining('nobody knows any more with which mapping'),
    });
  });

  it('does not call a row synced that its chunk may have rejected, if rejected rows are in no file any more', async () => {
    const { runId } = await test.succeed('cut.csv', `${HEADER}\nM,May,,Ise\nN,,,Ise`);
    expect(await row(3, runId)).toMatchObject({ outcome: 'rejected' });
    const { RunBucketName: Bucket } = test.connected.outputs;
    const Key = runFiles.rejected(runId, 'csv');
    const header = `_row,_code,_reason,_version,${HEADER}\r\n`;
    for (const Body of [header, `${header}3,MISSING_VALUE,"never closed`]) {
      await test.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      expect(await row(2, runId)).toMatchObject({ outcome: 'synced', isCertain: true });
      expect(await row(3, runId)).toMatchObject({ outcome: 'unknown', isCertain: false });
    }
    const late = runFiles.lateError(runId, 'message');
    await test.clients.s3.send(new PutObjectCommand({ Bucket, Key: late, Body: 'edited' }));
    const { stdout } = await explain('M');
    expect(stdout).toContain(
      `Nobody can read any more, so there may be more in\n  s3://${Bucket}/${Key}\n  s3://${Bucket}/${late}`,
    );
    expect((await asJson('M')).unreadable).toEqual([`s3://${Bucket}/${Key}`, `s3://${Bucket}/${late}`]);
  });

  it('says so if the version of the export is gone, and still what the files of the run tell', async () => {
    const { runId } = await test.succeed('gone.csv', `${HEADER}\nH,,,Ise\nI,Ian,,Ise`);
    const Bucket = test.stack.outputs.ExportBucketName;
    const { Versions = [] } = await test.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: 'exports/gone.csv' }),
    );
    for (const { Key, VersionId } of Versions) {
      await test.clients.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
    const { code, stdout } = await explain('--row', '2', '--of', runId);
    expect(code).toBe(2);
    expect(stdout).toContain('was rejected. MISSING_VALUE');
    expect(stdout).toContain('The row can not be read any more: this version of the export is gone.');
  });
});
