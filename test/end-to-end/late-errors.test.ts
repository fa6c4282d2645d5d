import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeResult } from '../../cli/runs/run-result.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import { sendEvents, smallEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

/** In the names of all customers here, and nowhere else. */
const MARK = 'Yamada7f3a';

let test: TestStack;
let sqs: SQSClient;
const refused: string[] = [];
let exports = 0;
beforeAll(async () => {
  test = await startTestStack({
    quota: 50,
    mapping: smallMappingFile(),
    settings: { latencyMs: { median: 10, spread: 0 } },
    // A message that waits for three seconds comes a few times in them, and not so often that it is given up.
    timeScale: 0.1,
    onRefused: (message) => refused.push(message),
  });
  const { url: endpoint, region, credentials } = test.stack;
  sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
});
afterAll(async () => {
  sqs.destroy();
  await test.stop();
});
afterEach(() => test.stack.customerProfiles.configure({ fault: undefined }));

const domainQueue = () => test.stack.outputs.DomainDeadLetterQueueUrl ?? '';
const putAside = () => test.stack.sqs.messages(test.stack.outputs.LateErrorsDeadLetterQueueUrl ?? '');
const calls = () => test.stack.customerProfiles.stats().accepted;

/** Customer Profiles fails on objects with this text, after it accepted them; undefined: on none. */
function failLaterOn(forObjectsWith: string | undefined): void {
  const fault = forObjectsWith === undefined ? undefined : { late: true, forObjectsWith };
  test.stack.customerProfiles.configure({ fault });
}

const exportOf = (names: Readonly<Record<string, string>>) =>
  ['id,name', ...Object.entries(names).map(([id, name]) => `${id},${name} ${MARK}`)].join('\n');

async function run(names: Readonly<Record<string, string>>) {
  exports += 1;
  const before = calls();
  const result = await test.sync(`export-${exports}.csv`, exportOf(names));
  if (!('summary' in result)) throw new Error(JSON.stringify(result));
  return { result, summary: result.summary, runId: result.runId, calls: calls() - before };
}

/** Waits until LateErrors has dealt with whatever the domain failed on. */
async function untilNoted(): Promise<void> {
  while (test.stack.sqs.messages(domainQueue()).length > 0) await systemClock.sleep(50);
}

/** The keys of files in the run bucket. */
async function filesUnder(Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const list = { Bucket: test.stack.outputs.RunBucketName, Prefix };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: test.clients.s3 }, list)) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return keys;
}

async function textOf(Key: string): Promise<string> {
  const { Body } = await test.clients.s3.send(new GetObjectCommand({ Bucket: test.stack.outputs.RunBucketName, Key }));
  return (await Body?.transformToString()) ?? '';
}

async function lateErrorsOf(run: string): Promise<unknown[]> {
  const keys = await filesUnder(`runs/${run}/late-errors/`);
  return Promise.all(keys.map(async (key) => JSON.parse(await textOf(key)) as unknown));
}

function counted(metric: string): number {
  const [found] = test.stack.logs.metrics.query({ namespace: 'ConnectProfileSync', name: metric });
  return found?.sum ?? 0;
}

describe('a record that Customer Profiles accepts and fails on later', () => {
  it('is synced, then a late error of the run; the next run sends it again and no other, the one after nothing', async () => {
    const names = { 'A-1': 'Ann', 'A-2': 'Bea', 'A-3': 'Cia' };
    failLaterOn('"A-2"');
    const first = await run(names);
    expect(first.summary).toMatchObject({ synced: 3, rejected: 0, calls: 3 });
    await untilNoted();
    expect(await lateErrorsOf(first.runId)).toMatchObject([
      { customerKey: 'A-2', objectTypeName: 'Small', object: { id: 'A-2' }, attempt: 1, givenUp: false },
    ]);
    expect(counted('LateErrors')).toBe(1);

    failLaterOn(undefined);
    const second = await run(names);
    expect(second).toMatchObject({ calls: 1, summary: { synced: 1, unchanged: 2 } });
    expect(await run(names)).toMatchObject({ calls: 0, summary: { synced: 0, unchanged: 3 } });
  });

  it('sent four times over is rejected with LATE_ERROR until it changes', async () => {
    failLaterOn('"B-1"');
    for (let time = 1; time <= 4; time += 1) {
      expect(await run({ 'B-1': 'Ann' })).toMatchObject({ calls: 1, summary: { synced: 1 } });
      await untilNoted();
    }
    expect(counted('LateErrorsGivenUp')).toBe(1);

    failLaterOn(undefined);
    for (let time = 1; time <= 2; time += 1) {
      expect(await run({ 'B-1': 'Ann' })).toMatchObject({ calls: 0, summary: { rejectedByCode: { LATE_ERROR: 1 } } });
    }
    expect(await run({ 'B-1': 'Bea' })).toMatchObject({ calls: 1, summary: { synced: 1, rejected: 0 } });
  });

  it('of a live event is in a file of that event, and sent again when the event comes again', async () => {
    const [event] = smallEvents({ 'C-1': `Ann ${MARK}` });
    const arrive = async () => {
      const before = calls();
      const [id] = await sendEvents(test, [event]);
      await untilLiveQueueIsEmpty(test);
      return { id, calls: calls() - before };
    };
    failLaterOn('"C-1"');
    const { id } = await arrive();
    await untilNoted();
    expect(await lateErrorsOf(`event/${id}`)).toMatchObject([{ customerKey: 'C-1', attempt: 1 }]);

    failLaterOn(undefined);
    expect(await arrive()).toMatchObject({ calls: 1 });
    expect(await arrive()).toMatchObject({ calls: 0 });
  });
});

it('late errors that are known when a run ends stand beside what it calls accepted', async () => {
  const rows = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`D-${n}`, 'Ann']));
  failLaterOn('"D-0"');
  const { summary, result, runId } = await run(rows);
  await untilNoted();
  expect(await lateErrorsOf(runId)).toHaveLength(1);
  expect(summary).toMatchObject({ synced: 500, lateErrors: 1 });
  expect(describeResult(result, (command) => command)).toMatch(/synced +500 accepted, 1 late errors so far/);
  expect(await textOf(`runs/${runId}/report.html`)).toContain('late error');
});

it('what others sent to the domain is put aside as it was', async () => {
  const before = putAside().length;
  const MessageBody = JSON.stringify({ domainName: 'demo', objectTypeName: 'Order', object: '{"orderId":"1"}' });
  await sqs.send(new SendMessageCommand({ QueueUrl: domainQueue(), MessageBody }));
  await vi.waitFor(() => expect(putAside()).toHaveLength(before + 1), { timeout: 60_000 });
  expect(putAside().at(-1)).toMatchObject({ body: MessageBody, attributes: { code: 'OTHER_OBJECT_TYPE' } });
});

describe('afterwards', () => {
  it('no customer is in logs, metrics, notices, executions or files, but for the late errors themselves', async () => {
    const state = join(test.folder, 'state');
    const texts = ['logs/**/*', 'sns/**/*']
      .flatMap((pattern) => globSync(pattern, { cwd: state, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
    for (const file of globSync('step-functions/*.sqlite', { cwd: state })) {
      const database = new DatabaseSync(join(state, file), { readOnly: true });
      for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
        texts.push(JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()));
      }
      database.close();
    }
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter((text) => text.includes(MARK))).toEqual([]);

    const files = await filesUnder('');
    const withCustomers = await Promise.all(
      files.map(async (key) => ((await textOf(key)).includes(MARK) ? [key] : [])),
    );
    const places = withCustomers.flat().map((key) => /\/(late-errors|rejected)[./]/.exec(key)?.[1] ?? key);
    expect([...new Set(places)].sort()).toEqual(['late-errors', 'rejected']);
  });

  it('nothing was refused, and nothing of ours was put aside', () => {
    expect(refused).toEqual([]);
    expect(putAside().map(({ attributes }) => attributes.code)).toEqual(['OTHER_OBJECT_TYPE']);
  });
});
