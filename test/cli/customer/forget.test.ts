import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CustomerProfilesClient,
  PutProfileObjectCommand,
  type PutProfileObjectCommandInput,
  SearchProfilesCommand,
} from '@aws-sdk/client-customer-profiles';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClients } from '../../../cli/connect/clients.ts';
import { openLedger } from '../../../cli/connect/ledger.ts';
import { cutFromObject } from '../../../cli/customer/cut-rows.ts';
import { forgetCustomer } from '../../../cli/customer/forget.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { ABSENT } from '../../../functions/shared/ledger/ledger.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { findProfiles } from '../../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../../helpers/small-export.ts';
import { DOMAIN, startTestStack, type TestStack } from '../../helpers/stack.ts';
import { objectType } from '../../local/customer-profiles/profiles-fixture.ts';

const MAPPING = smallMappingFile({
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
  ],
});

let test: TestStack;
let call: ReturnType<typeof commandLine>;
let profiles: CustomerProfilesClient;

beforeAll(async () => {
  test = await startTestStack({
    quota: 150,
    mapping: MAPPING,
    settings: { latencyMs: { median: 5, spread: 0 }, fault: { late: true, forObjectsWith: 'late-me' } },
    timeScale: 0.1,
  });
  // Another source of the domain, which finds its profiles by the same key.
  test.stack.customerProfiles.putObjectType(
    DOMAIN,
    objectType(
      'Ticket',
      [['ticket'], ['customer']],
      [
        ['ticketKey', 'ticket', 'UNIQUE'],
        [SMALL_KEY, 'customer', 'PROFILE'],
      ],
    ),
  );
  call = commandLine(test);
  const { url: endpoint, region, credentials } = test.stack;
  profiles = new CustomerProfilesClient({ endpoint, region, credentials });
});
afterAll(async () => {
  profiles.destroy();
  await test.stop();
});

const forget = (...args: string[]) => call(['forget', ...args, '--mapping', MAPPING]);
const put = (ObjectTypeName: string, object: object) => {
  const input: PutProfileObjectCommandInput = { DomainName: DOMAIN, ObjectTypeName, Object: JSON.stringify(object) };
  return profiles.send(new PutProfileObjectCommand(input));
};
const sync = async (name: string, rows: readonly string[]) =>
  (await test.succeed(name, ['id,name', ...rows].join('\n'))).runId;

const Bucket = () => test.stack.outputs.RunBucketName;
async function textOf(Key: string): Promise<string> {
  const { Body } = await test.clients.s3.send(new GetObjectCommand({ Bucket: Bucket(), Key }));
  return (await Body?.transformToString()) ?? '';
}

/** Every file of every run, by its key. */
async function allFiles(): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for await (const { Contents = [] } of paginateListObjectsV2({ client: test.clients.s3 }, { Bucket: Bucket() })) {
    for (const { Key = '' } of Contents) files[Key] = await textOf(Key);
  }
  return files;
}

/** As if the last call for these customers was a while ago. */
async function settle(...customerKeys: string[]): Promise<void> {
  const ledger = openLedger(test.connected);
  for (const key of customerKeys) {
    const seen = await ledger.readOne(key);
    const { known, ...entry } = seen.entry ?? { expiresAt: 9e9 };
    if (known) await ledger.write(key, seen, { ...entry, known: { ...known, sentAt: known.sentAt - 120_000 } });
  }
}

async function untilLateErrorsAreNoted(): Promise<void> {
  const queue = test.stack.outputs.DomainDeadLetterQueueUrl ?? '';
  while (test.stack.sqs.messages(queue).length > 0) await systemClock.sleep(50);
}

describe('forget CUSTOMER-KEY', () => {
  it('says what it would erase and what it can not reach, and erases nothing without --yes', async () => {
    await sync('plain.csv', ['plain,Pat']);
    const before = await allFiles();
    const { code, stdout } = await forget('plain');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Found, and would be erased:\n {2}- profile \w{32} in domain demo, with 1 object of type Small\n {2}- the entry in the ledger/,
    );
    expect(stdout).toMatch(/Out of reach:\n {2}- the CRM/);
    expect(stdout).toMatch(/\d+ exports? \(older versions counted\) in s3:\/\//);
    expect(stdout).toContain('npx profile-sync forget plain --yes');
    expect(await allFiles()).toEqual(before);
    expect(await findProfiles(test.stack, SMALL_KEY, 'plain')).toHaveLength(1);
  });

  it('erases profile, ledger entry, late errors and rejected rows, everything else byte for byte as it was; twice is fine', async () => {
    const mark = 'late-me-forever';
    await sync('first.csv', [`gone,${mark}`, 'stays,Sue', 'bad,']);
    await untilLateErrorsAreNoted();
    await sync('second.csv', [
      'other,',
      'gone,',
      '"stays2","a ""quoted"" name",x',
      'gone,Gil,"ragged, too"',
      'stays3,',
    ]);
    const before = await allFiles();
    const rejected = Object.keys(before).filter((key) => key.includes('/rejected') && before[key]?.includes('gone'));
    expect(rejected).toHaveLength(2);
    expect(Object.entries(before).filter(([, text]) => text.includes(mark))).toHaveLength(1);
    await settle('gone');

    const { code, stdout, json } = await forget('gone', '--yes', '--json');
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, 1]);
    expect(json()).toMatchObject({
      customerKey: 'gone',
      erased: true,
      found: {
        ledgerEntry: true,
        rejected: [{ rows: 1 }, { rows: 1 }],
        lateErrors: [expect.stringContaining('/late-errors/')],
      },
      left: { profiles: [], ledgerEntry: false, rejected: [], lateErrors: [], unreadable: [], fetched: [] },
    });

    const after = await allFiles();
    const expected = Object.entries(before).flatMap(([key, text]) => {
      if (text.includes(mark)) return [];
      const kept = text
        .split('\r\n')
        .filter((line) => !line.includes('gone'))
        .join('\r\n');
      return [[key, rejected.includes(key) ? kept : text]];
    });
    expect(after).toEqual(Object.fromEntries(expected));
    expect(Object.keys(before).length - Object.keys(after).length).toBe(1);

    const again = await forget('gone', '--yes');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(
      /^(Searching.*\nErasing …\n)Nothing of this customer was found, and nothing was erased\. Is the key right\?\n\nOn a second look nothing is left/,
    );
    const explained = await call(['explain', 'gone', '--mapping', MAPPING]);
    expect(explained.code).toBe(2);
  });

  it('lets the customer come back with the next export, as new', async () => {
    await sync('back.csv', ['back,Bea']);
    await forget('back', '--yes');
    expect(await findProfiles(test.stack, SMALL_KEY, 'back')).toEqual([]);
    expect((await test.succeed('back-again.csv', 'id,name\nback,Bea')).summary).toMatchObject({ synced: 1 });
  });

  it('leaves a profile that others need, takes out what this system put into it, and says what stays', async () => {
    await sync('shared.csv', ['shared,Sam']);
    await put('Ticket', { ticket: 'T1', customer: 'shared' });
    const plan = await forget('shared');
    expect(plan.stdout).toMatch(/also holds 1 object of type Ticket: it would stay with what it has in FirstName/);
    expect(plan.stdout).toContain('add --whole-profile');

    const { code, stdout } = await forget('shared', '--yes');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /Profile \w{32} stays, since it also holds 1 object of type Ticket\. It still has what this system filled: FirstName\./,
    );
    expect(stdout).toContain('aws customer-profiles delete-profile --domain-name demo');
    const [profile] = await findProfiles(test.stack, SMALL_KEY, 'shared');
    expect(profile?.FirstName).toBe('Sam');
    const explained = (await call(['explain', 'shared', '--mapping', MAPPING])).stdout;
    expect(explained).toContain('A profile has this key, but no object of this system');
  });

  it('deletes such a profile with --whole-profile', async () => {
    await sync('whole.csv', ['whole,Wes']);
    await put('Ticket', { ticket: 'T2', customer: 'whole' });
    await settle('whole');
    expect((await forget('whole', '--whole-profile', '--yes')).code).toBe(0);
    expect(await findProfiles(test.stack, SMALL_KEY, 'whole')).toEqual([]);
    const Values = ['T2'];
    const search = new SearchProfilesCommand({ DomainName: DOMAIN, KeyName: 'ticketKey', Values });
    expect((await profiles.send(search)).Items).toEqual([]);
  });

  it('says so if a call was answered moments ago, since the profile may come back, and ends with 2', async () => {
    await sync('recent.csv', ['recent,Rex']);
    expect((await forget('recent')).stdout).toMatch(
      /A call for this customer was answered \d+ s ago\..+Erase in a minute\./,
    );
    const { code, stdout } = await forget('recent', '--yes');
    expect(code).toBe(2);
    expect(stdout).toContain('On a second look nothing is left in these places.');
    expect(stdout).toMatch(
      /A call for this customer was answered \d+ s ago\..+may come back\. Call again in a minute\./,
    );
    expect((await forget('recent', '--yes')).code).toBe(0);
  });

  it('lets other customers of a merged profile be sent again, but for those whom a worker is sending, and names both', async () => {
    // By a name that they share the service takes them for one.
    const keys = [
      [SMALL_KEY, 'id', 'UNIQUE', 'PROFILE'],
      ['nameKey', 'name', 'PROFILE'],
    ] as const;
    const type = objectType('Small', [['id'], ['name', '_profile.FirstName']], keys);
    test.stack.customerProfiles.putObjectType(DOMAIN, type);
    await sync('merged.csv', ['m1,Mo']);
    await sync('merged-2.csv', ['m2,Mo', 'm3,Mo']);
    await settle('m1', 'm2', 'm3');
    const ledger = openLedger(test.connected);
    const m3 = await ledger.readOne('m3');
    const version = { sourceTime: 1, exportTime: 1, uploadTime: 1, row: 0, rule: 'exportTime' };
    const claim = { id: 'c', version, fingerprint: 'f', deadline: Date.now() + 60_000 };
    await ledger.write('m3', m3, { expiresAt: 9e9, ...m3.entry, claim });

    expect((await forget('m1', '--whole-profile')).stdout).toContain('The ledger would forget these customers');
    const { code, stdout, json } = await forget('m1', '--whole-profile', '--yes', '--json');
    expect(code).toBe(2);
    expect(json()).toMatchObject({ sentAgain: ['m2'], stillKnown: ['m3'], untold: 0, left: { profiles: [] } });
    expect(stdout).not.toContain('Mo');
    expect((await ledger.readOne('m2')).entry).toBeUndefined();
    expect((await ledger.readOne('m3')).entry?.claim).toEqual(claim);
    expect(await findProfiles(test.stack, SMALL_KEY, 'm2')).toEqual([]);

    expect((await test.succeed('merged-3.csv', 'id,name\nm2,Mo')).summary).toMatchObject({ synced: 1 });
    expect(await findProfiles(test.stack, SMALL_KEY, 'm2')).toHaveLength(1);
  });

  it('erases rows from rejected files that were fetched to this machine', async () => {
    const folder = join(test.folder, 'state-of-commands', 'runs', 'some-run');
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'rejected.jsonl');
    const line = (id: string) =>
      `${JSON.stringify({ _row: 1, _code: 'MISSING_VALUE', _reason: '', _version: '', id })}\n`;
    await writeFile(path, line('keep') + line('fetched') + line('keep2'));
    const { code, stdout } = await forget('fetched', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain(`1 rejected row in ${path}, on this machine`);
    expect(await readFile(path, 'utf8')).toBe(line('keep') + line('keep2'));
  });

  it('finds rows of a run that did not come to its end, whose chunks have no header line', async () => {
    const { runId } = await test.succeed('swapped.csv', 'name,id\n,chunk1\n,chunk2\n');
    await test.clients.s3.send(new DeleteObjectCommand({ Bucket: Bucket(), Key: runFiles.rejected(runId, 'csv') }));
    const explained = (await call(['explain', 'chunk1', '--mapping', MAPPING])).stdout;
    expect(explained).toContain('MISSING_VALUE');
    expect((await forget('chunk1', '--yes')).code).toBe(0);
    const files = Object.entries(await allFiles()).filter(([key]) => key.includes(`${runId}/rejected/`));
    expect(files).toEqual([[expect.any(String), expect.stringMatching(/^3,MISSING_VALUE,.+,chunk2\r\n$/)]]);
  });

  it('says which rejected files it could not read, and ends with 2', async () => {
    const Key = 'runs/nobody-knows/rejected/000000-0-0.csv';
    await test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body: '2,TOO_LONG,x,v,someone\r\n' }));
    const { code, stdout } = await forget('someone', '--yes');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /perhaps rows in s3:\/\/[^ ]+\/runs\/nobody-knows\/rejected\/000000-0-0.csv, which nobody can read/,
    );
    const header = '_row,_code,_reason,_version,id\r\n';
    const whole = { Bucket: Bucket(), Key: 'runs/nobody-knows/rejected.csv', Body: header };
    await test.clients.s3.send(new PutObjectCommand(whole));
    expect((await forget('someone', '--yes')).code).toBe(0);
    expect(await textOf(Key)).toBe('');
  });

  it('goes on past files that are damaged, on this machine or in the run bucket, and names them', async () => {
    const folder = join(test.folder, 'state-of-commands', 'runs', 'damaged');
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'rejected.csv');
    await writeFile(path, '_row,_code,_reason,_version,id\r\n2,TOO_LONG,,,"never closed');
    const Key = runFiles.lateError('damaged', 'message');
    await test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body: '{"customerKey": "dam' }));
    const { code, json } = await forget('damaged-1', '--yes', '--json');
    expect(code).toBe(2);
    const unreadable = [`s3://${Bucket()}/${Key}`, path];
    expect(json()).toMatchObject({ found: { unreadable }, left: { unreadable } });
    expect((await forget('damaged-1', '--yes')).stdout).toContain(`perhaps rows in ${path}, which nobody can read`);
    await rm(folder, { recursive: true });
    await test.clients.s3.send(new DeleteObjectCommand({ Bucket: Bucket(), Key }));
  });

  it.each([
    ['csv', '_row,_code,_reason,_version,number\r\n2,TOO_LONG,,,K9\r\n'],
    ['jsonl', '{"_row":2,"_code":"TOO_LONG","_reason":"","_version":"","number":"K9"}\n'],
  ] as const)('never says that nothing is left of a %s whose key column has another name', async (type, Body) => {
    const Key = runFiles.rejected('renamed', type);
    await test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body }));
    const { code, json } = await forget('K9', '--yes', '--json');
    expect(code).toBe(2);
    expect(json()).toMatchObject({ left: { unreadable: [`s3://${Bucket()}/${Key}`] } });
    await test.clients.s3.send(new DeleteObjectCommand({ Bucket: Bucket(), Key }));
  });

  it('counts the older versions of late errors among what is out of reach, and copies that somebody saved', async () => {
    const Key = runFiles.lateError('versions', 'message');
    const Body = JSON.stringify({ customerKey: 'versions', objectTypeName: 'Small', sentAt: '', reason: '' });
    await test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body }));
    expect((await forget('versions')).stdout).not.toContain('older versions of the files');
    const { url: endpoint, region, credentials } = test.stack;
    const clients = createClients({ endpoint, region, credentials });
    // The run bucket of the stack keeps no versions; one of your own may.
    clients.s3.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (answer.output instanceof Object && 'ETag' in answer.output) {
          answer.output = { ...answer.output, VersionId: 'v1' };
        }
        return answer;
      },
      { step: 'initialize' },
    );
    const options = { yes: true, wholeProfile: false };
    const { text } = await forgetCustomer({ ...test.connected, clients }, 'versions', options);
    expect(text).toContain(`older versions of the files in s3://${Bucket()}`);
    expect(text).toContain('copies of rejected files that somebody saved');
    clients.destroy();
  });

  it('leaves the ledger entry of a customer whom a worker is sending, and says until when', async () => {
    const ledger = openLedger(test.connected);
    const version = { sourceTime: 1, exportTime: 1, uploadTime: 1, row: 0, rule: 'exportTime' };
    const deadline = Date.now() + 60_000;
    const claim = { id: 'c', version, fingerprint: 'f', deadline };
    await ledger.write('claimed', ABSENT, { claim, expiresAt: 9e9 });
    const { code, stdout } = await forget('claimed', '--yes');
    expect(code).toBe(2);
    expect(stdout).toMatch(/Left, on a second look:\n {2}- the entry in the ledger/);
    expect(stdout).toContain('A worker is sending this customer, until');
    expect((await ledger.readOne('claimed')).entry?.claim?.deadline).toBe(deadline);
  });

  it('erases an entry that has expired and that DynamoDB has not deleted yet', async () => {
    const ledger = openLedger(test.connected);
    await ledger.write('expired', ABSENT, { expiresAt: 1 });
    expect((await forget('expired', '--yes')).code).toBe(0);
    expect((await ledger.readOne('expired')).rev).toBeUndefined();
  });

  it('rewrites a rejected file of many megabytes, and never one that somebody else changed meanwhile', async () => {
    const line = (id: string) => `${JSON.stringify({ _row: 1, _code: 'TOO_LONG', id, name: 'n'.repeat(5_000) })}\n`;
    const others = Array.from({ length: 1_500 }, (_, n) => line(`big${n}`));
    const Key = 'runs/big/rejected.jsonl';
    const Body = [...others.slice(0, 1_200), line('huge'), ...others.slice(1_200), line('huge')].join('');
    const { ETag = '' } = await test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body }));
    expect((await forget('huge', '--yes')).code).toBe(0);
    expect((await textOf(Key)) === others.join('')).toBe(true);
    expect(await cutFromObject(test.connected, { key: Key, etag: ETag }, [{ start: 0, end: 10 }])).toBe(false);
    expect((await textOf(Key)) === others.join('')).toBe(true);
  });

  it('reads a rejected file again that is written between its reading and its writing', async () => {
    const { url: endpoint, region, credentials } = test.stack;
    const clients = createClients({ endpoint, region, credentials });
    const line = (id: string) => `${JSON.stringify({ _row: 1, _code: 'TOO_LONG', id })}\n`;
    const Key = 'runs/raced/rejected.jsonl';
    const put = (Body: string) => test.clients.s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body }));
    await put(line('racer') + line('a'));
    let reads = 0;
    clients.s3.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const isOfFile = 'Key' in args.input && args.input.Key === Key;
        // The second reading is that of the rewriting.
        if (isOfFile && ++reads === 2) await put(line('b') + line('racer'));
        return answer;
      },
      { step: 'initialize' },
    );
    const options = { yes: true, wholeProfile: false };
    expect(await forgetCustomer({ ...test.connected, clients }, 'racer', options)).toMatchObject({ failed: false });
    expect(await textOf(Key)).toBe(line('b'));
    clients.destroy();
  });

  it('refuses an empty key', async () => {
    expect(await forget(' ', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The customer key is empty. Give the value that the field id'),
    });
  });

  it('erases nothing while a run is at work, and says of one that was stopped until when its workers may send', async () => {
    await sync('busy.csv', ['busy,Ben']);
    test.stack.customerProfiles.configure({ latencyMs: { median: 400, spread: 0 } });
    const { StateMachineArn: stateMachineArn = '' } = test.stack.outputs;
    const running = test.sync('long.csv', smallExport(300, 'Long', 'long'));
    const atWork = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
    const name = await vi.waitUntil(async () => (await test.clients.sfn.send(atWork)).executions?.[0]?.name, 30_000);
    expect(await forget('busy', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(`^Run ${name} is at work and may send this customer again; nothing was erased\\.`),
    });
    expect((await forget('busy')).stdout).toContain(`Run ${name} is at work`);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    await test.clients.sfn.send(new StopExecutionCommand({ executionArn }));
    await running;
    test.stack.customerProfiles.configure({ latencyMs: { median: 5, spread: 0 } });
    expect(await findProfiles(test.stack, SMALL_KEY, 'busy')).toHaveLength(1);

    const { code, stdout } = await forget('busy', '--yes');
    expect(code).toBe(2);
    expect(stdout).toContain(`Run ${name} ended without success: its last workers may send this customer until `);
  });
});
