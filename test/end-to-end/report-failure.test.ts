import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, paginateListExecutions, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Notice } from '../../local/sns/sns.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const HEADER =
  'customer_id,first_name,last_name,name_kana,email,phone,mobile,company,address_1,address_2,city,state,postal_code,country,birth_date,language,loyalty_tier,store,notes,updated_at';
/** In every record, and nowhere else: what no notice may hold. */
const MARK = 'Yamada-7f3a';
const ROWS = 400;
const QUOTA = 40;

const records = Array.from({ length: ROWS }, (_, n) => `C-${n},Taro,${MARK},,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`);
const EXPORT = [HEADER, ...records].join('\n');

let test: TestStack;
beforeAll(async () => {
  test = await startTestStack({
    quota: QUOTA,
    settings: { putRatePerSecond: QUOTA, latencyMs: { median: 20, spread: 0.3 } },
  });
});
afterAll(() => test.stop());

/** The notices of a run, once there is one. */
async function noticesOf(runId: string): Promise<Notice[]> {
  return vi.waitFor(
    () => {
      const notices = test.stack.sns.notices().filter(({ Message }) => Message.includes(runId));
      expect(notices).not.toEqual([]);
      return notices;
    },
    { timeout: 60_000, interval: 100 },
  );
}

const addressOf = (runId: string) => `s3://${test.stack.outputs.RunBucketName}/runs/${runId}/report.html`;

async function reportOf(runId: string): Promise<string> {
  const { Body } = await test.clients.s3.send(
    new GetObjectCommand({ Bucket: test.stack.outputs.RunBucketName, Key: `runs/${runId}/report.html` }),
  );
  return (await Body?.transformToString()) ?? '';
}

function linesOf(notices: readonly Notice[]): string[] {
  expect(notices).toHaveLength(1);
  return notices[0]?.Message.split('\n').map((line) => line.trim()) ?? [];
}

async function namesOfRuns(): Promise<string[]> {
  const stateMachineArn = test.stack.outputs.StateMachineArn;
  const { executions = [] } = await test.clients.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.map(({ name }) => name ?? '');
}

it('a run with an invalid export is reported with its fault and the command for the next upload', async () => {
  const { runId } = await test.sync('no-header.csv', records.join('\n'));

  const notices = await noticesOf(runId);

  expect(notices[0]?.Subject).toBe('Profile sync: a run failed: InvalidExport');
  const lines = linesOf(notices);
  const address = `s3://${test.stack.outputs.ExportBucketName}/exports/no-header.csv`;
  expect(lines).toEqual(
    expect.arrayContaining([
      `Run ${runId} failed: InvalidExport.`,
      expect.stringMatching(/^InvalidExport: /),
      'The export was not cut into chunks yet: nothing was sent.',
      `- aws s3 cp FILE ${address} --region us-east-1`,
      `Report: ${addressOf(runId)}`,
    ]),
  );
  expect(await reportOf(runId)).toContain('InvalidExport');
});

it('a run that was stopped is reported with how far it got and the commands to go on', async () => {
  const { sfn } = test.clients;
  const before = test.stack.customerProfiles.stats().calls;
  const synced = test.sync('stopped.csv', EXPORT);
  await vi.waitFor(() => expect(test.stack.customerProfiles.stats().calls - before).toBeGreaterThan(QUOTA), {
    timeout: 60_000,
    interval: 50,
  });
  const stateMachineArn = test.stack.outputs.StateMachineArn;
  const pages = paginateListExecutions({ client: sfn }, { stateMachineArn, statusFilter: 'RUNNING' });
  for await (const { executions = [] } of pages) {
    for (const { executionArn } of executions) {
      await sfn.send(new StopExecutionCommand({ executionArn, cause: `${MARK} asked for it` }));
    }
  }
  const { runId, status } = await synced;
  expect(status).toBe('ABORTED');

  const notices = await noticesOf(runId);

  expect(notices[0]?.Subject).toBe('Profile sync: a run was stopped');
  const executionArn = `${stateMachineArn?.replace(':stateMachine:', ':execution:')}:${runId}`;
  const lines = linesOf(notices);
  expect(lines).toEqual(
    expect.arrayContaining([
      `Run ${runId} was stopped.`,
      expect.stringMatching(new RegExp(`^Rows: \\d+ of ${ROWS} done \\(synced \\d+, `)),
      expect.stringMatching(/^Chunks: \d+ of \d+ done, .*(stopped at work|not started)/),
      `- aws stepfunctions redrive-execution --execution-arn ${executionArn} --region us-east-1`,
      `- npx profile-sync redrive ${runId} (with --local on the embedded stack)`,
      `Report: ${addressOf(runId)}`,
    ]),
  );
  expect(await reportOf(runId)).toContain(`npx profile-sync redrive ${runId}`);
});

it('a run whose chunks fail is reported with their error', async () => {
  test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
  const { runId } = await test.sync('denied.csv', EXPORT);

  const notices = await noticesOf(runId);

  expect(notices[0]?.Subject).toBe('Profile sync: a run failed: ProfilesAccessDenied');
  const lines = linesOf(notices);
  expect(lines).toEqual(
    expect.arrayContaining([
      `Run ${runId} failed: ProfilesAccessDenied.`,
      expect.stringMatching(/^ProfilesAccessDenied in (chunk \d+|\d+ chunks \([\d, …]+\)): /),
      expect.stringMatching(/^Chunks: \d+ of \d+ done, \d+ failed/),
      `- npx profile-sync redrive ${runId} (with --local on the embedded stack)`,
    ]),
  );
  expect(await reportOf(runId)).toContain('ProfilesAccessDenied');
});

it('a report of a failed run gives way to the one of its redrive', async () => {
  test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
  const { runId } = await test.sync('redriven.csv', EXPORT.replaceAll('C-', 'D-'));
  await noticesOf(runId);
  test.stack.customerProfiles.configure({ fault: undefined });
  expect(await test.redrive(runId)).toMatchObject({ status: 'SUCCEEDED' });
  const report = await reportOf(runId);
  expect(report).toMatch(/redrives<\/dt><dd>1</);
  expect(report).not.toContain('What failed');
});

it('no run is reported twice, and no notice and no report holds customer data', async () => {
  // Waits for whatever the events of the runs still do.
  await test.stack.lambda.closeQueue();
  const runIds = await namesOfRuns();
  expect(runIds).toHaveLength(4);
  const notices = test.stack.sns.notices();
  expect(notices).toHaveLength(4);
  expect(JSON.stringify(notices)).not.toContain(MARK);
  for (const runId of runIds) expect(await reportOf(runId)).not.toContain(MARK);
});
