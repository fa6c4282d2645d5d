import { describe, expect, it } from 'vitest';
import {
  dueRuns,
  hasExport,
  isExportExpected,
  isMendedBy,
  type WatchedRun,
} from '../../../functions/watch-runs/night-runs.ts';

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
    ['is not there if nobody uploaded one', [], false],
    ['of the night before is none of this one', [100], false],
    ['may come early', [101], true],
    ['may come late', [350], true],
  ])('%s', (_, starts, there) => {
    expect(hasExport(night, runsAt(...starts))).toBe(there);
  });

  it.each([
    ['is not expected in a night whose time passed before the system was there', 201, false],
    ['is expected in the first night of the system', 200, true],
  ])('%s', (_, createdAt, expected) => {
    expect(isExportExpected(night, createdAt)).toBe(expected);
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
