import { describe, expect, it } from 'vitest';
import { dueRuns, isExportOverdue, isMendedBy, type WatchedRun } from '../../../functions/watch-runs/night-runs.ts';

const night = { opensAt: 100, exportBy: 200, doneBy: 300, endsAt: 400 };

function runsAt(...starts: readonly number[]): WatchedRun[] {
  return starts.map((startedAt) => ({
    runId: `r${startedAt}`,
    executionArn: `arn:${startedAt}`,
    status: 'SUCCEEDED',
    startedAt,
    begunAt: startedAt,
  }));
}

describe('an export', () => {
  it.each([
    ['that nobody uploaded', [], true],
    ['of the night before', [100], true],
    ['that came early', [101], false],
    ['that came late', [350], false],
  ])('%s', (_, starts, overdue) => {
    expect(isExportOverdue(night, runsAt(...starts), 0)).toBe(overdue);
  });

  it.each([
    ['is not missing in a night that expected it before the system was there', 201, false],
    ['is missing in the first night of the system', 200, true],
  ])('%s', (_, createdAt, overdue) => {
    expect(isExportOverdue(night, [], createdAt)).toBe(overdue);
  });
});

describe('the runs with a deadline', () => {
  it.each([
    ['are all that started before it, parts of one night', [150, 250, 300], [150, 250, 300]],
    ['are not the corrections of the next morning', [350, 250], [250]],
    ['are the first one, if the export came after the deadline', [380, 350], [350]],
    ['are not those of another night', [50, 410], []],
  ])('%s', (_, starts, due) => {
    expect(dueRuns(night, runsAt(...starts)).map(({ startedAt }) => startedAt)).toEqual(due);
  });
});

describe('a run without success', () => {
  const upload = { bucket: 'b', key: 'a.csv', versionId: 'v1', resync: false, byUpload: true };
  const byHand = { bucket: 'b', key: 'a.csv', resync: false, byUpload: false };

  it.each([
    ['is mended by a later one of another version', upload, 201, { ...upload, versionId: 'v2' }, true],
    ['is mended by a later one that was started by hand', upload, 201, byHand, true],
    ['is not mended by a later one of another key', upload, 201, { ...upload, key: 'b.csv' }, false],
    ['is not mended by a later one of another bucket', upload, 201, { ...upload, bucket: 'c' }, false],
    ['that came after the success of its version was a duplicate', upload, 199, upload, true],
    [
      'that came after the success of an older version is not mended',
      upload,
      199,
      { ...upload, versionId: 'v0' },
      false,
    ],
    ['that came after a success and names no version is not mended', byHand, 199, byHand, false],
    ['that was to send everything again was no duplicate', { ...upload, resync: true }, 199, upload, false],
  ])('%s', (_, missing, startedAt, synced, mended) => {
    expect(isMendedBy({ startedAt: 200, export: missing }, { startedAt, export: synced })).toBe(mended);
  });
});
