import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedriveExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StatusChange } from '../../../functions/report-failure/failed-run.ts';
import { reportFailure } from '../../../functions/report-failure/report-failure.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { createSns, type SnsService } from '../../../local/sns/sns.ts';
import { type Buckets, RUNS, startBuckets } from '../../functions/split-export/buckets.ts';
import { serve } from '../../helpers/serve.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import {
  INVOKING,
  lines,
  MACHINE_ARN,
  mapping,
  type Served,
  type ServedSetting,
  serve as serveStepFunctions,
} from '../../local/step-functions/served.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
const INPUT = { 'detail-type': 'Object Created', detail: { bucket: { name: 'b' }, object: { key: 'exports/a.csv' } } };
/** Stands for customer data wherever an error of others could quote some. */
const CUSTOMER = 'Taro-Yamada';

let tables: { client: DynamoDBDocumentClient; stop: () => Promise<void> };
let directory: string;
let sns: SnsService;
let snsServer: Awaited<ReturnType<typeof serve>>;
let snsClient: SNSClient;
let states: Served;
let buckets: Buckets;

beforeEach(async () => {
  tables = await startTables();
  buckets = await startBuckets();
  directory = mkdtempSync(join(tmpdir(), 'report-failure-'));
  sns = createSns({ directory });
  sns.createTopic(TOPIC);
  snsServer = await serve(sns);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  snsClient = new SNSClient({ endpoint: snsServer.endpoint, region: 'us-east-1', credentials });
});
afterEach(async () => {
  snsClient.destroy();
  await Promise.all([snsServer.close(), states.close(), tables.stop(), buckets.stop()]);
  rmSync(directory, { recursive: true });
});

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** Starts a run of the definition and returns its ARN. */
async function start(definition: object, setting: ServedSetting): Promise<string | undefined> {
  states = await serveStepFunctions(setting);
  states.machine(definition);
  const input = JSON.stringify(INPUT);
  const command = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run-1', input });
  return (await states.client.send(command)).executionArn;
}

/** The events of the run's failures, once there are as many. */
async function failures(count = 1): Promise<StatusChange[]> {
  return vi.waitFor(() => {
    const details = states.events.map(({ detail }) => detail as StatusChange);
    const failed = details.filter(({ status }) => ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status));
    expect(failed).toHaveLength(count);
    return failed;
  });
}

async function failureOf(definition: object, setting: ServedSetting): Promise<StatusChange> {
  await start(definition, setting);
  const [change] = await failures();
  if (!change) throw new Error('no failure');
  return change;
}

const report = (
  change: StatusChange | undefined,
  { requestId = 'request-1', alarmTopicArn = TOPIC, runBucket = RUNS } = {},
) => {
  if (!change) throw new Error('no failure');
  const clients = { sfn: states.client, sns: snsClient, dynamo: tables.client, s3: buckets.s3 };
  return reportFailure(change, requestId, {
    ...clients,
    runTable: TABLES.run,
    runBucket,
    alarmTopicArn,
    quota: 80,
    recordsPerPermit: 1,
    clock: { now: () => Date.parse('2026-11-22T01:00:00Z') },
  });
};

const put = (item: string, more: object) =>
  tables.client.send(new PutCommand({ TableName: TABLES.run, Item: { run: 'run-1', item, ...more } }));

const REPORT = runFiles.report('run-1');
const page = () => buckets.text(RUNS, REPORT);

/** A Map whose children have the input of SyncChunk. */
const CHUNKS = mapping({ ItemSelector: { chunk: { chunk: '{% $states.context.Map.Item.Index %}' } } });

/** A worker that fails these chunks. */
function failing(errors: Readonly<Record<number, Error>>): NonNullable<ServedSetting['lambda']> {
  return (payload) => {
    const error = errors[(payload as { chunk: { chunk: number } }).chunk.chunk];
    if (error) throw error;
    return {};
  };
}

describe('a failure is reported', () => {
  const refusing = {
    lambda: () => {
      throw failure('InvalidExport', 'Row 17: a quote was opened and never closed.');
    },
  };

  it('with the run, its export, the message of the error and the command', async () => {
    expect(await report(await failureOf(INVOKING, refusing))).toBe('published');
    const [notice] = sns.notices();
    expect(notice?.Subject).toBe('Profile sync: a run failed: InvalidExport');
    for (const part of [
      'Run run-1 failed: InvalidExport.',
      'Export: s3://b/exports/a.csv',
      'Row 17: a quote was opened and never closed.',
      'nothing was sent',
      'aws s3 cp FILE s3://b/exports/a.csv --region us-east-1',
    ]) {
      expect(notice?.Message).toContain(part);
    }
  });

  it('once, however often the event is delivered', async () => {
    const change = await failureOf(INVOKING, refusing);
    const reports = ['request-1', 'request-2', 'request-3'].map((requestId) => report(change, { requestId }));
    expect((await Promise.all(reports)).sort()).toEqual(['published', 'published before', 'published before']);
    expect(await report(change, { requestId: 'request-4' })).toBe('published before');
    expect(sns.notices()).toHaveLength(1);
  });

  it('by the next try if publishing failed', async () => {
    const change = await failureOf(INVOKING, refusing);
    await expect(report(change, { alarmTopicArn: `${TOPIC}-missing` })).rejects.toThrow('Topic does not exist');
    expect(await report(change)).toBe('published');
    expect(sns.notices()).toHaveLength(1);
  });

  it('with the errors of the failed chunks, and how far the run got', async () => {
    const message = 'Customer Profiles refused the caller (403).';
    const denied = failure('ProfilesAccessDenied', message);
    // One at a time, so that chunk 2 ends the run and chunk 3 never starts.
    const one = { ...CHUNKS.States.SyncChunks, MaxConcurrency: 1 };
    const change = await failureOf(
      { ...CHUNKS, States: { SyncChunks: one } },
      { object: lines(4), lambda: failing({ 2: denied }) },
    );
    const attempt = { redrive: 0, calls: 9, throttled: 0, startedAt: 0, updatedAt: 0, unchanged: 0, stale: 0 };
    await put('split', { rows: 400, chunks: 4 });
    await put('progress#000000#000000#000000', { ...attempt, chunk: 0, retry: 0, rows: 100, synced: 99, rejected: 1 });
    await put('progress#000001#000000#000000', { ...attempt, chunk: 1, retry: 0, rows: 100, synced: 100, rejected: 0 });
    // The first attempt sent 30 rows and crashed, the second was refused at once.
    await put('progress#000002#000000#000000', { ...attempt, chunk: 2, retry: 0, rows: 30, synced: 30, rejected: 0 });
    await put('progress#000002#000000#000001', { ...attempt, chunk: 2, retry: 1, rows: 0, synced: 0, rejected: 0 });

    expect(await report(change)).toBe('published');

    const text = sns.notices()[0]?.Message;
    expect(text).toContain('ProfilesAccessDenied in chunk 2:');
    expect(text).toContain(message);
    expect(text).toContain('Rows: 230 of 400 done (synced 229, unchanged 0, stale 0, rejected 1)');
    expect(text).toContain('Chunks: 2 of 4 done, 1 failed, 1 not started');
    expect(text).toContain('npx profile-sync redrive run-1');
  });

  it('without a word of an error that is not ours', async () => {
    const change = await failureOf(CHUNKS, {
      object: lines(1),
      lambda: failing({ 0: failure('SyntaxError', `Unexpected token ${CUSTOMER}`) }),
    });
    await report(change);
    expect(sns.notices()[0]?.Message).toContain('SyntaxError in chunk 0');
    expect(JSON.stringify(sns.notices())).not.toContain(CUSTOMER);
  });

  it('as a stop if somebody stopped the run, without that person’s words', async () => {
    const executionArn = await start(INVOKING, { lambda: () => new Promise(() => {}) });
    await states.client.send(new StopExecutionCommand({ executionArn, error: CUSTOMER, cause: CUSTOMER }));
    expect(await report((await failures())[0])).toBe('published');
    expect(sns.notices()).toMatchObject([{ Subject: 'Profile sync: a run was stopped' }]);
    expect(JSON.stringify(sns.notices())).not.toContain(CUSTOMER);
  });

  it('even if its chunks can’t be looked at', async () => {
    const change = await failureOf(CHUNKS, { object: lines(1), lambda: failing({ 0: failure('NoPermit', 'x') }) });
    states.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'ListMapRunsCommand') throw failure('AccessDeniedException', CUSTOMER);
          return next(args);
        },
      { step: 'initialize' },
    );
    expect(await report(change)).toBe('published');
    expect(sns.notices()[0]?.Message).toContain('The errors of the chunks could not be read');
  });
});

describe('the report of a failed run', () => {
  const message = 'The domain demo does not exist.';
  const refusing = {
    lambda: () => {
      throw failure('ProfilesNotFound', message);
    },
  };

  it('says what failed, how far it got and what to do, and the notice says where it is', async () => {
    const change = await failureOf(CHUNKS, { object: lines(2), lambda: failing({ 0: failure('NoPermit', 'Why.') }) });
    await put('split', { rows: 400, chunks: 2 });
    expect(await report(change)).toBe('published');
    const html = await page();
    for (const part of ['run-1', 'exports/a.csv', 'NoPermit', 'Why.', '400', 'npx profile-sync redrive run-1']) {
      expect(html).toContain(part);
    }
    expect(sns.notices()[0]?.Message).toContain(`\nReport: s3://${RUNS}/${REPORT}\n`);
  });

  it('is there before the notice is sent', async () => {
    const change = await failureOf(INVOKING, refusing);
    await expect(report(change, { alarmTopicArn: `${TOPIC}-missing` })).rejects.toThrow('Topic does not exist');
    expect(await page()).toContain(message);
  });

  it('that can’t be written stops no notice, which then names none', async () => {
    const change = await failureOf(INVOKING, refusing);
    expect(await report(change, { runBucket: 'not-there' })).toBe('published');
    expect(sns.notices()[0]?.Message).toContain(message);
    expect(sns.notices()[0]?.Message).not.toContain('Report:');
  });

  it('of rows that do not add up stays the one with the totals', async () => {
    await buckets.put(RUNS, REPORT, 'with totals');
    const change = await failureOf(INVOKING, {
      lambda: () => {
        throw failure('RowsUnaccounted', 'x');
      },
    });
    expect(await report(change)).toBe('published');
    expect(await page()).toBe('with totals');
    expect(sns.notices()[0]?.Message).toContain(`Report: s3://${RUNS}/${REPORT}`);
  });

  it('that a redrive has replaced is left alone by an event that comes late', async () => {
    let broken = true;
    const executionArn = await start(INVOKING, {
      lambda: () => {
        if (broken) throw failure('ProfilesNotFound', message);
        return {};
      },
    });
    const [change] = await failures();
    await report(change);
    broken = false;
    await states.client.send(new RedriveExecutionCommand({ executionArn }));
    await states.ended(executionArn);
    await buckets.put(RUNS, REPORT, 'of the run that succeeded');
    expect(await report(change)).toMatch(/^not needed/);
    expect(await page()).toBe('of the run that succeeded');
  });

  it('is not written by a second delivery of the event', async () => {
    const change = await failureOf(INVOKING, refusing);
    await report(change);
    await buckets.put(RUNS, REPORT, 'as it was');
    expect(await report(change, { requestId: 'request-2' })).toBe('published before');
    expect(await page()).toBe('as it was');
  });

  it('holds no word of an error that is not ours', async () => {
    const change = await failureOf(CHUNKS, {
      object: lines(1),
      lambda: failing({ 0: failure('SyntaxError', `Unexpected token ${CUSTOMER}`) }),
    });
    await report(change);
    const html = await page();
    expect(html).toContain('SyntaxError');
    expect(html).not.toContain(CUSTOMER);
  });
});

describe('a run that was redriven', () => {
  it('is not reported for what it failed of before', async () => {
    let broken = true;
    const executionArn = await start(INVOKING, {
      lambda: () => {
        if (broken) throw failure('ProfilesNotFound', 'x');
        return {};
      },
    });
    const [change] = await failures();
    broken = false;
    await states.client.send(new RedriveExecutionCommand({ executionArn }));
    expect((await states.ended(executionArn)).status).toBe('SUCCEEDED');

    expect(await report(change)).toMatch(/^not needed/);
    expect(sns.notices()).toEqual([]);
  });

  it('is reported once more if it fails again, in whatever order the events come', async () => {
    const executionArn = await start(INVOKING, {
      lambda: () => {
        throw failure('ProfilesNotFound', 'x');
      },
    });
    const [first] = await failures();
    expect(await report(first)).toBe('published');
    await states.client.send(new RedriveExecutionCommand({ executionArn }));
    const second = (await failures(2)).find(({ redriveCount }) => redriveCount === 1);

    expect(await report(second, { requestId: 'request-2' })).toBe('published');
    expect(await report(first, { requestId: 'request-3' })).toMatch(/^not needed/);
    expect(sns.notices().map(({ Message }) => Message.includes('redriven once'))).toEqual([false, true]);
  });
});
