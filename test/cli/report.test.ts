import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shortRun } from '../../cli/output/words.ts';
import { findExecution } from '../../cli/runs/find-run.ts';
import { untilEnded } from '../../cli/runs/started-run.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { commandLine } from '../helpers/command-line.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;
let mapping: string;
let call: ReturnType<typeof commandLine>;
let runId: string;
beforeAll(async () => {
  mapping = smallMappingFile();
  test = await startTestStack({ quota: 100, mapping, settings: { latencyMs: { median: 5, spread: 0 } } });
  call = commandLine(test);
  ({ runId } = await test.succeed('night.csv', 'id,name\nA1,Ann\nA2,Bob\n,Nobody\n'));
});
afterAll(() => test.stop());

const report = (run: string, ...options: string[]) => call(['report', run, ...options]);
const runFile = (Key: string) => ({ Bucket: test.connected.outputs.RunBucketName, Key });
const putRunFile = (key: string, Body: string) => test.clients.s3.send(new PutObjectCommand({ ...runFile(key), Body }));
async function readSummary(of: string) {
  const { Body } = await test.clients.s3.send(new GetObjectCommand(runFile(runFiles.summary(of))));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

describe('profile-sync report', () => {
  it('fetches what a run left behind, and prints its result', async () => {
    const { code, stdout } = await report(runId.slice(0, 13));
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Run ${runId} succeeded\\.$`, 'm'));
    expect(stdout).toMatch(/^ +synced +2 accepted$/m);
    expect(stdout).toMatch(/^ +export +s3:\/\/\S+\/exports\/night\.csv$/m);
    expect(stdout).toContain(`npx profile-sync rejected ${shortRun(runId)}`);
    const [, path = ''] = /^ +report +(\S+)$/m.exec(stdout) ?? [];
    expect(readFileSync(path, 'utf8')).toContain(runId);
    const [, rejected = ''] = /^ +rejected rows +(\S+)$/m.exec(stdout) ?? [];
    expect(readFileSync(rejected, 'utf8')).toContain('Nobody');
  });

  it('with --json gives the same to a program', async () => {
    const { stdout, json } = await report(runId, '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(json()).toMatchObject({
      ...{ runId, status: 'SUCCEEDED', rows: 3, synced: 2, rejected: 1, lateErrors: 0 },
      export: { key: 'exports/night.csv' },
      files: { report: expect.stringContaining('report.html') },
      corrects: null,
      resubmissions: [],
    });
  });

  it('counts the late errors of now, and names what was resubmitted', async () => {
    await putRunFile(runFiles.lateError(runId, 'message'), '{}');
    const corrected = join(test.folder, 'corrected.csv');
    await call(['rejected', runId, '--out', corrected, '--mapping', mapping]);
    writeFileSync(corrected, readFileSync(corrected, 'utf8').replace(',Nobody', 'A3,Nobody'));
    const resubmitted = await call(['resubmit', corrected, '--of', runId, '--mapping', mapping, '--json']);
    const { stdout } = await report(runId);
    expect(stdout).toContain('2 accepted, 1 late errors so far');
    expect(stdout).toMatch(/^ +resubmitted +corrected\.csv, \d{4}-/m);
    expect((await report(runId, '--json')).json()).toMatchObject({
      lateErrors: 1,
      resubmissions: [{ key: `exports/resubmit/${runId}/corrected.csv` }],
    });

    const second = resubmitted.json<{ runId: string }>().runId;
    const { executionArn } = await findExecution(test.connected, second);
    await untilEnded(test.clients.sfn, executionArn, test.connected.clock, async () => {});
    const other = await report(second);
    expect(other.stdout).toMatch(new RegExp(`^ +corrects +rejected rows of run ${runId}$`, 'm'));
  });

  it('of a run that failed tells its errors and what to do, and ends with 2', async () => {
    const failed = await test.sync('bad.csv', 'id,title\n1,Dr\n');
    const { code, stdout } = await report(failed.runId);
    expect(code).toBe(2);
    expect(stdout).toContain(`Run ${failed.runId} ended FAILED.`);
    expect(stdout).toContain('InvalidExport');
    expect((await report(failed.runId, '--json')).json()).toMatchObject({
      status: 'FAILED',
      errors: [{ name: 'InvalidExport' }],
    });
  });

  it('of a run that failed fetches its report, once it is written', async () => {
    const failed = await test.sync('bad-too.csv', 'id,title\n1,Dr\n');
    const path = await vi.waitFor(
      async () => {
        const { stdout } = await report(failed.runId);
        expect(stdout).toMatch(/^ +report +\S+report\.html$/m);
        return /^ +report +(\S+)$/m.exec(stdout)?.[1] ?? '';
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(readFileSync(path, 'utf8')).toContain('InvalidExport');
    expect((await report(failed.runId, '--json')).json()).toMatchObject({ files: { report: path } });
  });

  it('of a run at work tells how far it is', async () => {
    const quota = (UpdateExpression: string, values?: Record<string, number>) =>
      test.clients.dynamo.send(
        new UpdateCommand({
          TableName: test.connected.outputs.BudgetTableName,
          Key: { id: 'PutProfileObject' },
          UpdateExpression,
          ExpressionAttributeValues: values,
        }),
      );
    await quota('SET quota = :none', { ':none': 0 });
    const path = join(test.folder, 'waiting.csv');
    writeFileSync(path, 'id,name\nW1,Ann\n');
    const started = await call(['upload', path, '--mapping', mapping, '--json']);
    const waiting = started.json<{ runId: string }>().runId;
    const { code, stdout } = await report(waiting);
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${waiting} is at work: `);
    expect(stdout).toContain(`npx profile-sync watch ${shortRun(waiting)}`);
    expect((await report(waiting, '--json')).json()).toMatchObject({ status: 'RUNNING', synced: 0 });
    const { executionArn } = await findExecution(test.connected, waiting);
    await test.clients.sfn.send(new StopExecutionCommand({ executionArn }));
    await quota('REMOVE quota');
    expect(await report(waiting)).toMatchObject({ code: 2, stdout: expect.stringContaining('ended ABORTED') });
  });

  it.each([
    ['done', true, 0, 'Run old-done succeeded.'],
    ['unaccounted', false, 2, 'RowsUnaccounted'],
  ])('of a run that Step Functions has forgotten goes by its files: %s', async (name, accounted, exitCode, words) => {
    const summary = await readSummary(runId);
    await putRunFile(runFiles.summary(`old-${name}`), JSON.stringify({ ...summary, runId: `old-${name}`, accounted }));
    const { code, stdout } = await report(`old-${name}`);
    expect(code).toBe(exitCode);
    expect(stdout).toContain(words);
  });

  it('says so if such a run left no summary', async () => {
    await putRunFile(runFiles.chunks('lost'), '{}');
    const { code, stdout } = await report('lost');
    expect(code).toBe(2);
    expect(stdout).toContain('left no summary: it failed or was stopped');
  });

  it('of a run whose files have expired has the numbers', async () => {
    const run = await test.succeed('expired.csv', 'id,name\nE1,Ann\n');
    await test.clients.s3.send(new DeleteObjectCommand(runFile(runFiles.report(run.runId))));
    const { code, stdout } = await report(run.runId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +synced +1 accepted$/m);
    expect(stdout).toContain('keeps the files of this run no longer');
    expect((await report(run.runId, '--json')).json()).toMatchObject({ files: null });

    const watched = await call(['watch', run.runId]);
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/synced +1 accepted\n(.*\n)+.*keeps the files of this run no longer\n$/);
  });

  it('refuses a run that is not there', async () => {
    expect(await report('nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no run nowhere'),
    });
  });
});
