import { describe, expect, it } from 'vitest';
import type { FailedRun } from '../../../functions/report-failure/failed-run.ts';
import type { Progress } from '../../../functions/report-failure/notice.ts';
import { composeNotice } from '../../../functions/report-failure/notice.ts';
import type { ChunkFailures } from '../../../functions/shared/run-failure/chunk-failures.ts';

const RUN: FailedRun = {
  runId: 'run-1',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:profile-sync:run-1',
  stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:profile-sync',
  status: 'FAILED',
  error: { name: 'States.ExceedToleratedFailureThreshold' },
  redriveCount: 0,
  startedAt: new Date('2026-11-22T01:00:00Z'),
  endedAt: new Date('2026-11-22T01:03:20Z'),
  export: { bucket: 'exports-bucket', key: 'exports/customers.csv', resync: false, byUpload: true },
};
const PROGRESS: Progress = {
  totalRows: 4_000,
  totalChunks: 12,
  rows: 1_200,
  synced: 1_000,
  unchanged: 150,
  stale: 0,
  rejected: 50,
};
const CHUNKS: ChunkFailures = {
  counts: { total: 12, done: 3, failed: 2, stopped: 1, notStarted: 6 },
  errors: [{ name: 'ProfilesAccessDenied', message: 'Customer Profiles refused the caller.', chunks: [0, 3] }],
};

const failedWith = (name: string): FailedRun => ({ ...RUN, error: { name } });
const chunkErrors = (...errors: ChunkFailures['errors']): ChunkFailures => ({ ...CHUNKS, errors });

const REDRIVE = `aws stepfunctions redrive-execution --execution-arn ${RUN.executionArn} --region eu-west-1`;
const UPLOAD = 'aws s3 cp FILE s3://exports-bucket/exports/customers.csv --region eu-west-1';

describe('the notice of a failed run', () => {
  it('says what failed, how far it got and what to do', () => {
    expect(composeNotice(RUN, PROGRESS, CHUNKS)).toEqual({
      subject: 'Profile sync: a run failed: ProfilesAccessDenied',
      message: `Run run-1 failed: ProfilesAccessDenied.
Export: s3://exports-bucket/exports/customers.csv
Started 2026-11-22T01:00:00.000Z, ended 2026-11-22T01:03:20.000Z

What failed
  ProfilesAccessDenied in 2 chunks (0, 3): Customer Profiles refused the function that sends (403): every row would fail.
    Customer Profiles refused the caller.

How far it got
  Rows: 1,200 of 4,000 done (synced 1,000, unchanged 150, stale 0, rejected 50)
  Chunks: 3 of 12 done, 2 failed, 1 stopped at work, 6 not started

What to do
  Give the function's role what the message names (deploying the stack does), then redrive the run: only what has not arrived is sent.
  Within 14 days of its end, by one of:
  - Redrive, on the page of the execution in the Step Functions console
  - ${REDRIVE}
  - npx profile-sync redrive run-1 (with --local on the embedded stack)
`,
    });
  });

  it('says that nothing was sent if the export was not cut into chunks', () => {
    const { message } = composeNotice(failedWith('InvalidExport'), undefined, undefined);
    expect(message).toContain('The export was not cut into chunks yet: nothing was sent.');
  });

  it('says that no chunk started if the list of chunks could not be read', () => {
    const { message } = composeNotice(failedWith('States.ItemReaderFailed'), { ...PROGRESS, rows: 0 }, undefined);
    expect(message).toContain('Chunks: none of 12 started');
  });

  it('says how often the run was redriven before', () => {
    expect(composeNotice({ ...RUN, redriveCount: 1 }, PROGRESS, CHUNKS).message).toContain(', redriven once\n');
    expect(composeNotice({ ...RUN, redriveCount: 2 }, PROGRESS, CHUNKS).message).toContain(', redriven 2 times\n');
  });

  it('names the first few of many chunks, and says how many were looked at', () => {
    const many = { name: 'Sandbox.Timedout', chunks: Array.from({ length: 20 }, (_, n) => n) };
    const counts = { ...CHUNKS.counts, failed: 57 };
    const { message } = composeNotice(RUN, PROGRESS, { counts, errors: [many] });
    expect(message).toContain('Sandbox.Timedout in 20 chunks (0, 1, 2, 3, 4 …)');
    expect(message).toContain('(20 of the 57 failed chunks were looked at)');
  });

  it('goes out without the errors of the chunks if they could not be read', () => {
    const { message } = composeNotice(RUN, PROGRESS, 'unknown');
    expect(message).toContain('The errors of the chunks could not be read');
    expect(message).toContain(REDRIVE);
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('has a subject that SNS takes: %s', (status) => {
    const name = `E${'x'.repeat(79)}`;
    const { subject } = composeNotice({ ...RUN, status }, PROGRESS, chunkErrors({ name, chunks: [1] }));
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });
});

describe('what to do', () => {
  it.each([
    'ItemsThrottled',
    'NoPermit',
    'ProfilesAccessDenied',
    'ProfilesNotFound',
    'Lambda.Unknown',
    'States.Runtime',
  ])('after %s is a redrive', (name) => {
    const { message } = composeNotice(RUN, PROGRESS, chunkErrors({ name, chunks: [1] }));
    expect(message).toContain(REDRIVE);
    expect(message).toContain('npx profile-sync redrive run-1');
    expect(message).not.toContain('s3 cp');
  });

  it.each(['InvalidExport', 'ExportTooLarge', 'ExportChanged', 'MappingChanged', 'RowsUnaccounted'])(
    'after %s is another upload, since a redrive would fail again',
    (name) => {
      const { message } = composeNotice(failedWith(name), PROGRESS, undefined);
      expect(message).toContain(UPLOAD);
      expect(message).toContain('npx profile-sync upload FILE');
      expect(message).not.toContain('redrive-execution');
    },
  );

  it.each([
    ['ABORTED', 'Run run-1 was stopped.', 'To go on, redrive the run'],
    ['TIMED_OUT', 'Run run-1 timed out.', 'Redrive the run'],
  ] as const)('after a run that ended %s is a redrive, whatever its chunks say', (status, title, advice) => {
    const name = status === 'ABORTED' ? 'ABORTED' : 'States.Timeout';
    const { message } = composeNotice({ ...RUN, status, error: { name } }, PROGRESS, chunkErrors());
    expect(message).toContain(title);
    expect(message).toContain(advice);
    expect(message).toContain(REDRIVE);
  });

  it('is an upload if one of several errors would fail a redrive again', () => {
    const errors = chunkErrors({ name: 'ItemsThrottled', chunks: [1, 2] }, { name: 'MappingChanged', chunks: [4] });
    const { subject, message } = composeNotice(RUN, PROGRESS, errors);
    expect(subject).toBe('Profile sync: a run failed: ItemsThrottled, MappingChanged');
    expect(message).toContain(UPLOAD);
    expect(message).not.toContain('redrive-execution');
  });

  it('is an upload, with the reason, if Step Functions refuses to redrive the run', () => {
    const notRedrivable = 'Execution history event limit exceeded.';
    const { message } = composeNotice({ ...RUN, notRedrivable }, PROGRESS, CHUNKS);
    expect(message).toContain(`The run can't be redriven (${notRedrivable}).`);
    expect(message).toContain(UPLOAD);
    expect(message).not.toContain('redrive-execution');
  });

  it('is an upload and a start by hand for a run that was started by hand', () => {
    const started = { bucket: 'exports-bucket', key: 'resync/customers.csv', resync: true, byUpload: false };
    const { message } = composeNotice({ ...failedWith('InvalidExport'), export: started }, undefined, undefined);
    const input = `{"detail":{"bucket":{"name":"exports-bucket"},"object":{"key":"resync/customers.csv"}},"resync":true}`;
    expect(message).toContain('aws s3 cp FILE s3://exports-bucket/resync/customers.csv --region eu-west-1\n');
    expect(message).toContain(
      `aws stepfunctions start-execution --state-machine-arn ${RUN.stateMachineArn} --region eu-west-1 --input '${input}'\n`,
    );
    expect(message).toContain('npx profile-sync sync FILE --resync');
  });

  it.each([
    ['exports/a b.csv', "'s3://exports-bucket/exports/a b.csv'"],
    ["exports/o'neill $(x).csv", "'s3://exports-bucket/exports/o'\\''neill $(x).csv'"],
    ['exports/顧客.csv', "'s3://exports-bucket/exports/顧客.csv'"],
  ])('is safe to paste into a shell for the key %s', (key, word) => {
    const started = { bucket: 'exports-bucket', key, resync: false, byUpload: true };
    const { message } = composeNotice({ ...failedWith('InvalidExport'), export: started }, undefined, undefined);
    expect(message).toContain(`aws s3 cp FILE ${word} `);
  });
});
