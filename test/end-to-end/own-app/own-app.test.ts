import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clients, createClients } from '../../../cli/connect/clients.ts';
import type { ConnectedStack } from '../../../cli/connect/connected-stack.ts';
import { openObject } from '../../../cli/connect/s3-object.ts';
import { explainCustomer } from '../../../cli/customer/explain.ts';
import { explainRow } from '../../../cli/customer/explain-row.ts';
import { forgetCustomer } from '../../../cli/customer/forget.ts';
import { uploadExport } from '../../../cli/exports/upload.ts';
import { putEvents } from '../../../cli/live/put-events.ts';
import { listRejected, printRejected } from '../../../cli/rejected/list-rejected.ts';
import { findExecution } from '../../../cli/runs/find-run.ts';
import { followRun, type RunResult } from '../../../cli/runs/follow-run.ts';
import { readSummary } from '../../../cli/runs/read-summary.ts';
import { redriveRun } from '../../../cli/runs/redrive-run.ts';
import { findStartedRun } from '../../../cli/runs/started-run.ts';
import type { JsonObject } from '../../../functions/shared/export/json-object.ts';
import { loadMapping } from '../../../functions/shared/mapping/load.ts';
import type { PolicyModel } from '../../../local/cloudformation/model.ts';
import { PRODUCT, synthesize } from '../../../local/synth.ts';
import { findProfiles } from '../../helpers/profiles.ts';
import { startTestStack, TEMPLATES, type TestStack } from '../../helpers/stack.ts';
import { workersEnded } from '../../helpers/workers.ts';

const QUOTA = 50;
/** Who assumes each role of the app. */
const ASSUMED_BY = { Uploader: 'transfer', Sender: 'ecs-tasks', Operator: 'ec2', Eraser: 'ssm' };

const refusals: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'own-app-'));
let test: TestStack;
let uploader: Clients;
let sender: Clients;
let operator: Clients;
let eraser: Clients;
let policies: readonly PolicyModel[];

beforeAll(async () => {
  const app = { ...PRODUCT, file: 'test/end-to-end/own-app/app.ts' };
  test = await startTestStack({
    quota: QUOTA,
    cdkOut: await synthesize({ directory: TEMPLATES, context: {}, app }),
    timeScale: 0.02,
    onRefused: (message) => refusals.push(message),
  });
  policies = test.stack.iam.policies();
  [uploader, sender, operator, eraser] = [as('Uploader'), as('Sender'), as('Operator'), as('Eraser')];
});
afterAll(async () => {
  for (const clients of [uploader, sender, operator, eraser]) clients.destroy();
  await test.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  test.stack.iam.putPolicies(policies);
  refusals.length = 0;
});

/** What somebody in a role of the app talks to AWS with. */
function as(name: keyof typeof ASSUMED_BY): Clients {
  const { iam, outputs, url: endpoint, region } = test.stack;
  const role = outputs[`${name}RoleArn`] ?? '';
  iam.bindKey(name, { role, service: `${ASSUMED_BY[name]}.amazonaws.com`, session: 'somebody' });
  return createClients({ endpoint, region, credentials: { accessKeyId: name, secretAccessKey: name } });
}

const output = (name: string): string => test.stack.outputs[name] ?? '';
const MAPPING = 'test/end-to-end/own-app/customers.json';
const by = (clients: Clients): ConnectedStack => ({ ...test.connected, clients, mapping: () => loadMapping(MAPPING) });

/** Uploads an export in one role, and follows its run in another. */
async function sync(content: string, { from = uploader, watcher = operator } = {}): Promise<RunResult> {
  const path = join(folder, 'customers.csv');
  writeFileSync(path, content);
  const { outputs } = test.connected;
  const uploaded = await uploadExport(by(from), path, {
    bucket: outputs.ExportBucketName,
    key: `${outputs.ExportPrefix}customers.csv`,
    metadata: {},
  });
  const run = await findStartedRun(watcher.sfn, outputs.StateMachineArn, uploaded, test.connected);
  return followRun(run, by(watcher));
}

async function send(record: JsonObject): Promise<void> {
  const { outputs, clock, signal } = test.connected;
  const event = { source: 'crm', detailType: 'Customer Changed', detail: JSON.stringify({ record }) };
  const options = { bus: outputs.EventBusName, rate: undefined, clock, signal };
  await putEvents(sender.events, [{ ...event, where: 'the event', record }], options);
}

async function nameOf(id: string): Promise<unknown> {
  const [profile] = await findProfiles(test.stack, 'crmId', id);
  return profile?.FirstName;
}

describe('a system with a key and a bucket of another app', () => {
  it('syncs what the uploader uploads, rejects what is wrong, and tells of it', async () => {
    const result = await sync('id,name\nA1,Taro\nA2,Hanako\nA3,\n');
    expect(result).toMatchObject({ status: 'SUCCEEDED', summary: { rows: 3, synced: 2, rejected: 1 } });
    expect([await nameOf('A1'), await nameOf('A2'), await nameOf('A3')]).toEqual(['Taro', 'Hanako', undefined]);
    expect(test.stack.sns.notices().map(({ Message }) => Message)).toEqual([expect.stringContaining(result.runId)]);
    expect(refusals).toEqual([]);
  });

  it('syncs what the sender sends', async () => {
    await send({ id: 'B1', name: 'Jiro' });
    await vi.waitFor(async () => expect(await nameOf('B1')).toBe('Jiro'), { timeout: 30_000 });
    expect(refusals).toEqual([]);
  });

  it('lets the operator change the rate, which the next run keeps to', async () => {
    const item = { TableName: output('BudgetTableName'), Key: { id: 'PutProfileObject' } };
    const change = { UpdateExpression: 'SET quota = :quota', ExpressionAttributeValues: { ':quota': 10 } };
    await operator.dynamo.send(new UpdateCommand({ ...item, ...change }));
    const since = Math.floor(Date.now() / 1000);
    const rows = Array.from({ length: 60 }, (_, n) => `C${n},Saburo`);
    expect(await sync(['id,name', ...rows].join('\n'))).toMatchObject({ summary: { synced: 60 } });
    const seconds = test.stack.customerProfiles.stats().perSecond.filter(({ second }) => second > since);
    expect(Math.max(...seconds.map(({ calls }) => calls))).toBeLessThan(2 * 10);
    const { Item } = await operator.dynamo.send(new GetCommand(item));
    expect(Item).toMatchObject({ quota: 10 });
    expect(refusals).toEqual([]);
  });

  it('lets the operator look at dead letters and move them back', async () => {
    const queuePolicy = policies.find(({ resource }) => resource === output('LiveQueueArn'));
    test.stack.iam.putPolicies(policies.filter((policy) => policy !== queuePolicy));
    await send({ id: 'D1', name: 'Shiro' });
    const QueueUrl = output('DeadLetterQueueUrl');
    const look = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 20 });
    const { Messages } = await operator.sqs.send(look);
    expect(Messages?.[0]?.Body).toContain('Shiro');

    test.stack.iam.putPolicies(policies);
    refusals.length = 0;
    const task = { SourceArn: output('DeadLetterQueueArn'), DestinationArn: output('LiveQueueArn') };
    await operator.sqs.send(new StartMessageMoveTaskCommand(task));
    await vi.waitFor(async () => expect(await nameOf('D1')).toBe('Shiro'), { timeout: 30_000 });
    expect(refusals).toEqual([]);
  });

  it('lets the operator redrive a failed run, of which it shows why its chunks failed', async () => {
    test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
    // Chunks without a name need no call: they are done.
    const nameless = Array.from({ length: 300 }, (_, n) => `EE${n},`);
    const failed = await sync(['id,name', ...nameless, 'E1,Goro'].join('\n'));
    expect(failed).toMatchObject({ status: 'FAILED', errors: [{ name: 'ProfilesAccessDenied' }] });

    await workersEnded(test, failed.runId);
    const listed = await listRejected(by(operator), failed.runId, { code: undefined, limit: 1 });
    expect(listed.json).toMatchObject({ isComplete: false, rows: [{ code: 'MISSING_VALUE', customerKey: 'EE0' }] });
    const csv = printRejected(by(operator), failed.runId, undefined, new PassThrough());
    await expect(csv).rejects.toThrow(
      'which takes the grant grantReadExports. Look at the rows without --csv and --out',
    );
    expect(refusals.splice(0)).toEqual([expect.stringContaining('s3:GetObject')]);

    test.stack.customerProfiles.configure({ fault: undefined });
    expect(await redriveRun(await findExecution(by(operator), failed.runId), by(operator))).toMatchObject({
      summary: { synced: 1 },
    });
    expect(await nameOf('E1')).toBe('Goro');
    expect(refusals).toEqual([]);
  });

  it('lets the operator explain a customer, but not read the row in its export', async () => {
    const { runId } = await sync('id,name\nG1,Nana\nG2,\n');
    expect((await explainCustomer(by(operator), 'G1', 1)).text).toMatch(/^Sent by run .+The profile holds it\./);
    expect((await explainCustomer(by(operator), 'G2', 1)).text).toContain('MISSING_VALUE');
    expect(refusals).toEqual([]);
    const row = await explainRow(by(operator), runId, 2, 1);
    expect(row).toMatchObject({ failed: true, text: expect.stringContaining('can not be read with your rights') });
  });

  it('tells the operator what is missing from what is forbidden, although S3 answers both alike', async () => {
    const { RunBucketName, ExportBucketName } = test.connected.outputs;
    const get = (Bucket: string, Key: string) => operator.s3.send(new GetObjectCommand({ Bucket, Key }));
    await expect(get(RunBucketName, 'runs/none/summary.json')).rejects.toThrow('is not authorized to perform');
    expect(await readSummary(by(operator), 'none')).toBeUndefined();
    for (const Key of ['exports/customers.csv', 'elsewhere']) {
      await expect(openObject(operator.s3, { Bucket: ExportBucketName, Key })).rejects.toThrow(
        'is not authorized to perform',
      );
    }
  });

  it('lets who may erase look at the row, and erase its customer everywhere', async () => {
    const { runId } = await sync('id,name\nH1,Hachi\nH1,\nH2,\n');
    expect((await explainRow(by(eraser), runId, 2, 1)).failed).toBe(false);
    // Only a while after a call the profile can not come back.
    const clock = { ...test.connected.clock, now: () => Date.now() + 120_000 };
    for (const id of ['H1', 'H2']) {
      const options = { yes: true, wholeProfile: false };
      expect(await forgetCustomer({ ...by(eraser), clock }, id, options)).toMatchObject({ failed: false });
      expect((await explainCustomer(by(operator), id, 1)).failed).toBe(true);
    }
    expect(refusals).toEqual([]);
  });

  it('fails a run with the action on the key that is missing, if IAM policies no longer count for the key', async () => {
    // SyncEvent can't receive from its queue meanwhile, and says so.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    test.stack.iam.putPolicies(policies.map(withoutTheAccount));
    const failed = await sync('id,name\nF1,Rokuro\n', { from: test.clients, watcher: test.clients });
    expect(failed.status).toBe('FAILED');
    expect(JSON.stringify(failed)).toContain(`kms:Decrypt on ${output('EncryptionKeyArn')}`);
  });
});

/** The policy of the app's key without the statement by which the policies of roles count for it. */
function withoutTheAccount(policy: PolicyModel): PolicyModel {
  if (policy.resource !== output('EncryptionKeyArn')) return policy;
  const { Statement, ...document } = policy.document as { Statement: readonly { Action: unknown }[] };
  return { ...policy, document: { ...document, Statement: Statement.filter(({ Action }) => Action !== 'kms:*') } };
}

describe('a role of another app is refused', () => {
  const object = () => ({ Bucket: output('ExportBucketName'), Key: 'exports/customers.csv' });
  const item = (id: string) => ({ TableName: output(id), Item: { pk: 'crm#CrmCustomer#A1' } });

  it.each<[string, () => Promise<unknown>]>([
    ['the uploader: reading an export', () => uploader.s3.send(new GetObjectCommand(object()))],
    ['the uploader: deleting an export', () => uploader.s3.send(new DeleteObjectCommand(object()))],
    ['the uploader: listing exports', () => uploader.s3.send(new ListObjectsV2Command({ Bucket: object().Bucket }))],
    [
      'the uploader: putting an object elsewhere',
      () => uploader.s3.send(new PutObjectCommand({ ...object(), Key: 'x', Body: 'x' })),
    ],
    [
      'the uploader: reading what a run left',
      () => uploader.s3.send(new GetObjectCommand({ Bucket: output('RunBucketName'), Key: 'runs/x/rejected.csv' })),
    ],
    ['the operator: uploading an export', () => operator.s3.send(new PutObjectCommand({ ...object(), Body: 'x' }))],
    ['the operator: reading an export', () => operator.s3.send(new GetObjectCommand(object()))],
    ['the operator: writing the ledger', () => operator.dynamo.send(new PutCommand(item('LedgerTableName')))],
    ['the operator: writing the progress', () => operator.dynamo.send(new PutCommand(item('RunTableName')))],
    ['the operator: erasing', () => forgetCustomer(by(operator), 'A1', { yes: true, wholeProfile: false })],
    ['the sender: uploading an export', () => sender.s3.send(new PutObjectCommand({ ...object(), Body: 'x' }))],
  ])('%s', async (_what, call) => {
    await expect(call()).rejects.toThrow(/is not authorized to perform/);
  });

  it('the sender: another bus', async () => {
    const entry = { EventBusName: 'default', Source: 'crm', DetailType: 'Customer Changed', Detail: '{}' };
    const answer = sender.events.send(new PutEventsCommand({ Entries: [entry] }));
    await expect(answer).rejects.toThrow(
      'events:PutEvents on resource: arn:aws:events:us-east-1:000000000000:event-bus/default',
    );
  });

  it.each(['Uploader', 'Operator'])('%s: the key itself, without a service that it protects', (accessKeyId) => {
    const access = { action: 'kms:Decrypt', resource: output('EncryptionKeyArn') };
    expect(test.stack.iam.refuse({ accessKeyId }, access)).toContain('no identity-based policy allows the kms:Decrypt');
  });
});
