import { describe, expect, it } from 'vitest';
import {
  firstExport,
  isDue,
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

describe('the first export', () => {
  it.each([
    ['is not there if nobody uploaded one', [], undefined],
    ['of the night before is none of this one', [100], undefined],
    ['may come early', [101], 101],
    ['may come late', [350], 350],
    ['is the oldest, in whatever order they are listed', [350, 150, 250], 150],
    ['is none of the runs that are of no export', [111, 222, 333, 350], 350],
  ])('%s', async (_, starts, first) => {
    const found = await firstExport(night, runsAt(...starts), async ({ startedAt }) => startedAt % 111 > 0);
    expect(found?.startedAt).toBe(first);
  });

  it('is asked for no further than to it', async () => {
    const asked: number[] = [];
    const isExport = async ({ startedAt }: WatchedRun) => asked.push(startedAt) > 1;
    await firstExport(night, runsAt(350, 150, 250), isExport);
    expect(asked).toEqual([150, 250]);
  });
});

describe('an export', () => {
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
    const runs = runsAt(...starts);
    const [first] = runs.toSorted((a, b) => a.startedAt - b.startedAt);
    const found = runs.filter((run) => first && isDue(night, run, first));
    expect(found.map(({ startedAt }) => startedAt)).toEqual(due);
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
