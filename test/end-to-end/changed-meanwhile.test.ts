import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunResult } from '../../cli/runs/follow-run.ts';
import { findStartedRun, untilEnded } from '../../cli/runs/started-run.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { workersEnded } from '../helpers/workers.ts';

const ROWS = 300;
const OPTIONS = { quota: 60, settings: { latencyMs: { median: 20, spread: 0.2 } }, timeScale: 0.1 };

let test: TestStack;
beforeEach(async () => {
  test = await startTestStack({ ...OPTIONS, mapping: smallMappingFile() });
});
afterEach(() => test.stop());

const stateMachineArn = () => test.stack.outputs.StateMachineArn ?? '';
const exportObject = () => ({ Bucket: test.stack.outputs.ExportBucketName ?? '', Key: 'exports/a.csv' });

/** Syncs an export, and does something else once some of its rows have arrived and most have not. */
async function syncAndMeanwhile(change: () => Promise<unknown>, rows = ROWS): Promise<RunResult> {
  const meanwhile = async () => {
    while (test.stack.customerProfiles.stats().accepted < 20) await systemClock.sleep(20);
    await change();
  };
  const [result] = await Promise.all([test.sync('a.csv', smallExport(rows, 'first')), meanwhile()]);
  return result;
}

/** The notice of this run, once it is published. */
async function noticeOf({ runId }: RunResult): Promise<string> {
  for (;;) {
    const notice = test.stack.sns.notices().find(({ Message }) => Message.includes(runId));
    if (notice) return notice.Message;
    await systemClock.sleep(100);
  }
}

async function firstNames(): Promise<Set<string | undefined>> {
  const names = new Set<string | undefined>();
  for (let n = 0; n < ROWS; n += 1) {
    const [profile] = await findProfiles(test.stack, SMALL_KEY, `K${n}`);
    names.add(profile?.FirstName?.replace(/ \d+$/, ''));
  }
  return names;
}

it('an export that is replaced during its run is read to the end, and the newer one wins', async () => {
  const startedAt = Date.now();
  let newer: string | undefined;
  const result = await syncAndMeanwhile(async () => {
    const Body = smallExport(ROWS, 'second');
    newer = (await test.clients.s3.send(new PutObjectCommand({ ...exportObject(), Body }))).VersionId;
  });
  if (!('summary' in result)) throw new Error(JSON.stringify(result));
  expect(result.summary.synced + result.summary.stale).toBe(ROWS);

  const { Bucket: bucket, Key: key } = exportObject();
  const uploaded = { bucket, key, versionId: newer, startedAt };
  const second = await findStartedRun(test.clients.sfn, stateMachineArn(), uploaded, test.connected);
  const { status, output = '' } = await untilEnded(test.clients.sfn, second, systemClock, async () => {});
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output)).toMatchObject({ rows: ROWS, synced: ROWS, stale: 0 });
  expect(await firstNames()).toEqual(new Set(['second']));
});

it('an export whose version is deleted during its run fails it, and the notice says to upload it again', async () => {
  const result = await syncAndMeanwhile(async () => {
    const { VersionId } = await test.clients.s3.send(new HeadObjectCommand(exportObject()));
    await test.clients.s3.send(new DeleteObjectCommand({ ...exportObject(), VersionId }));
  });
  expect(result).toMatchObject({ status: 'FAILED', errors: [{ name: 'ExportChanged' }] });
  expect(await noticeOf(result)).toMatch(/ExportChanged.*aws s3 cp/s);

  const again = await test.succeed('a.csv', smallExport(ROWS, 'first'));
  expect(again.summary).toMatchObject({ rows: ROWS, rejected: 0, stale: 0 });
  expect(again.summary.unchanged).toBeGreaterThan(0);
  expect(test.stack.customerProfiles.stats().accepted).toBe(ROWS);
});

it('a mapping that is deployed during a run fails what is left of it; the export goes through when uploaded again', async () => {
  const stopped = await syncAndMeanwhile(async () => {
    const running = new ListExecutionsCommand({ stateMachineArn: stateMachineArn(), statusFilter: 'RUNNING' });
    const { executions: [run] = [] } = await test.clients.sfn.send(running);
    await test.clients.sfn.send(new StopExecutionCommand({ executionArn: run?.executionArn }));
  });
  expect(stopped.status).toBe('ABORTED');
  // A killed worker's claims would keep other content out until its time is over.
  await workersEnded(test, stopped.runId);

  await test.pause();
  const fields = [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName' },
    { name: 'alias', column: 'name', target: '_profile.LastName' },
  ];
  test = await startTestStack({ ...OPTIONS, mapping: smallMappingFile({ fields }), after: test });
  const redriven = await test.redrive(stopped.runId);
  expect(redriven).toMatchObject({ status: 'FAILED', errors: [{ name: 'MappingChanged' }] });

  const { summary } = await test.succeed('a.csv', smallExport(ROWS, 'first'));
  expect(summary).toMatchObject({ rows: ROWS, synced: ROWS });
  expect(await findProfiles(test.stack, SMALL_KEY, 'K7')).toMatchObject([
    { FirstName: 'first 7', LastName: 'first 7' },
  ]);
});

it('a run that is out of time ends TIMED_OUT, says so, and goes on when it is redriven', async () => {
  const machine = new DescribeStateMachineCommand({ stateMachineArn: stateMachineArn() });
  const { definition = '', name = '', roleArn = '' } = await test.clients.sfn.send(machine);
  // As the template has it, but for the seven days.
  const hasty = definition.replace('"TimeoutSeconds": 604800', '"TimeoutSeconds": 7');
  expect(hasty).not.toBe(definition);
  test.stack.stepFunctions.createStateMachine({ name, arn: stateMachineArn(), roleArn, definition: hasty });

  const rows = ROWS * 3;
  let result = await syncAndMeanwhile(async () => {}, rows);
  expect(result).toMatchObject({ status: 'TIMED_OUT', errors: [{ name: 'States.Timeout' }] });
  expect(await noticeOf(result)).toContain(`npx profile-sync redrive ${result.runId}`);

  for (let redrives = 0; result.status === 'TIMED_OUT' && redrives < 10; redrives += 1) {
    result = await test.redrive(result.runId);
  }
  if (!('summary' in result)) throw new Error(JSON.stringify(result));
  expect(result.summary).toMatchObject({ rows, synced: rows, accounted: true });
});
