import { describe, expect, it } from 'vitest';
import type { SucceededResult } from '../../../cli/runs/follow-run.ts';
import { describeResult, resultAsJson } from '../../../cli/runs/run-result.ts';

const CALL = (command: string) => `npx profile-sync ${command} --local`;

const succeeded: SucceededResult = {
  runId: 'run-1',
  status: 'SUCCEEDED',
  summary: {
    runId: 'run-1',
    accounted: true,
    export: { bucket: 'b', key: 'exports/a.csv', exportTime: '2026-01-01T00:00:00.000Z' },
    rows: 1_234,
    synced: 1_200,
    lateErrors: 0,
    unchanged: 20,
    stale: 4,
    rejected: 10,
    rejectedByCode: { MISSING_KEY: 7, TOO_LONG: 3 },
    rejectedShare: 10 / 1_234,
    duplicates: 4,
    notCleared: 2,
    notNormalized: 5,
    calls: 1_201,
    throttled: 1,
    retries: 1,
    chunks: 8,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 27.44,
    encoding: 'utf-8',
    files: { summary: 's3://b/s', report: 's3://b/r' },
  },
  files: { summary: 'runs/summary.json', report: 'runs/report.html', rejected: 'runs/rejected.csv' },
};

describe('the result of a run', () => {
  it('says so if the run bucket keeps its files no longer', () => {
    const expired = { ...succeeded, files: undefined };
    expect(describeResult(expired, CALL)).toMatch(/report +the run bucket keeps the files of this run no longer$/);
    expect(resultAsJson(expired)).toMatchObject({ runId: 'run-1', rows: 1_234, files: null });
  });

  it('says how many customers were deleted, or how deletions are approved', () => {
    const of = (summary: Partial<SucceededResult['summary']>) => ({
      ...succeeded,
      summary: { ...succeeded.summary, ...summary },
    });
    const done = of({ deleted: 12, deletes: { marked: 12, allowed: true, mappingHash: 'h' } });
    expect(describeResult(done, CALL)).toContain('\n  deleted       12\n');
    expect(resultAsJson(done)).toMatchObject({ deleted: 12, deletes: { marked: 12, allowed: true } });
    const held = of({ deletes: { marked: 1_200, allowed: false, mappingHash: 'h' } });
    expect(describeResult(held, CALL)).toContain('  deleted       none: 1,200 row(s) are marked as deleted');
    expect(describeResult(held, CALL)).toContain('npx profile-sync approve run-1 --local');
    expect(resultAsJson(held)).toMatchObject({ deleted: 0, deletes: { allowed: false } });
    expect(resultAsJson(succeeded)).not.toHaveProperty('deleted');
  });

  it('says rows, outcomes, calls, and where the files are', () => {
    expect(describeResult(succeeded, CALL)).toBe(
      [
        'Run run-1 succeeded.',
        '  rows          1,234',
        '  synced        1,200 accepted',
        '  unchanged     20',
        '  stale         4 (4 repeated in the export)',
        '  rejected      10 (MISSING_KEY 7, TOO_LONG 3)',
        '  calls         1,201, 1 of them throttled',
        '  retries       1',
        '  seconds       27.4',
        '  sent as is    5 values that could not be normalised',
        '  not cleared   2 record(s) emptied a field; the profile keeps its old value',
        '  report        runs/report.html',
        '  rejected rows runs/rejected.csv',
      ].join('\n'),
    );
  });

  it('says of what was accepted how much failed afterwards, as far as it is known', () => {
    const late = { ...succeeded, summary: { ...succeeded.summary, lateErrors: 3 } };
    expect(describeResult(late, CALL)).toContain('  synced        1,200 accepted, 3 late errors so far\n');
  });

  it('says what the run cost, if it counted what it used', () => {
    const usage = {
      ...{ readUnits: 1_437, writeUnits: 2_371, s3Puts: 33, s3Gets: 45 },
      ...{ invocations: 18, gbSeconds: 142, stateTransitions: 56 },
    };
    const counted = { ...succeeded, summary: { ...succeeded.summary, usage } };
    expect(describeResult(counted, CALL)).toContain(
      '\n  used          about $0.0051 at list prices, without Amazon Connect itself\n',
    );
  });

  it('says how many profiles it cleared, if it cleared any', () => {
    const cleared = {
      ...succeeded,
      summary: { ...succeeded.summary, cleared: 1_007, clearedByField: { phone: 1_007 } },
    };
    expect(describeResult(cleared, CALL)).toContain(
      '\n  cleared       fields of 1,007 profile(s) that records emptied\n  not cleared   2 record(s)',
    );
    expect(resultAsJson(cleared)).toMatchObject({ cleared: 1_007 });
    expect(resultAsJson(succeeded)).not.toHaveProperty('cleared');
  });

  it('says so when the export has no rows', () => {
    const empty = { ...succeeded, summary: { ...succeeded.summary, rows: 0 } };
    expect(describeResult(empty, CALL)).toContain('The export has no rows: there was nothing to sync.');
  });

  it('of a failed run says what happened, the message of each error, and the command that helps', () => {
    const errors = [{ name: 'ProfilesAccessDenied', message: 'Customer Profiles refused access.' }];
    const text = describeResult({ runId: 'run-2', status: 'FAILED', errors }, CALL);
    expect(text).toMatch(/^Run run-2 ended FAILED\./);
    expect(text).toContain('Customer Profiles refused access.');
    expect(text).toContain('npx profile-sync redrive run-2 --local');
  });

  it('of a bad export does not offer a redrive', () => {
    const errors = [{ name: 'InvalidExport', message: 'Row 3 …' }];
    const text = describeResult({ runId: 'run-3', status: 'FAILED', errors }, CALL);
    expect(text).toContain('upload it again');
    expect(text).not.toContain('profile-sync redrive');
  });

  it('offers no redrive if one of several errors would come again', () => {
    const errors = [{ name: 'ItemsThrottled' }, { name: 'MappingChanged' }];
    expect(describeResult({ runId: 'run-4', status: 'FAILED', errors }, CALL)).not.toContain('profile-sync redrive');
  });

  it('is an object for a program', () => {
    expect(resultAsJson(succeeded)).toMatchObject({ runId: 'run-1', status: 'SUCCEEDED', rows: 1_234 });
    const failed = { runId: 'run-2', status: 'FAILED', errors: [{ name: 'NoPermit' }] };
    expect(resultAsJson(failed)).toEqual(failed);
  });
});
