import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRuns } from '../../../cli/runs/describe-runs.ts';
import { tellingLength } from '../../../cli/runs/last-runs.ts';
import { type ExportRun, isOfLaterExport } from '../../../cli/runs/later-runs.ts';
import type { RunOverview } from '../../../cli/runs/run-overview.ts';
import { secondsAtWork } from '../../../functions/shared/report/work-clock.ts';
import { attempt, START } from '../../helpers/attempt.ts';

describe('the short names of runs', () => {
  it.each<[names: string[], length: number]>([
    [[], 8],
    [['91f0c2aa-1', '5c2d77e1-1'], 8],
    [['91f0c2aa-1', '91f0c2aa-2'], 10],
    [['night', 'night-2'], 8],
    [['by-hand-by-hand', 'by-hand-by-hand-2'], 16],
  ])('of %j have %i characters', (names, length) => {
    expect(tellingLength(names)).toBe(length);
  });

  it('tell all of them apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[ab]{1,20}$/)), (names) => {
        const length = tellingLength(names);
        expect(new Set(names.map((name) => name.slice(0, length))).size).toBe(names.length);
      }),
    );
  });
});

it('the time at work of a run counts what its workers did side by side once, and no time between', () => {
  const at = (from: number, to: number) => attempt({ startedAt: START + from * 1_000, updatedAt: START + to * 1_000 });
  expect(secondsAtWork([])).toBe(0);
  expect(secondsAtWork([at(0, 10), at(5, 12), at(2, 3), at(100, 110)])).toBe(22);
});

describe('the table of runs', () => {
  const stream = process.stdout;
  const run: RunOverview = {
    ...{ runId: '91f0c2aa-4711', executionArn: 'arn', status: 'SUCCEEDED', startedAt: START, begunAt: START },
    endedAt: START + 200_000,
    export: { bucket: 'b', key: 'exports/night.csv', resync: false, byUpload: true },
    ...{ rows: 1_200, totalRows: 1_200, synced: 1_000, unchanged: 190, stale: 7, rejected: 3 },
    ...{ calls: 1_003, throttled: 0, retries: 0, seconds: 200 },
  };
  const described = (over: Partial<RunOverview>) =>
    describeRuns({ runs: [{ ...run, ...over }], nameLength: 8 }, { stream, none: 'none' });
  const keyed = (key: string, resync = false) => described({ export: { bucket: 'b', key, resync, byUpload: true } });

  it('has numbers, a duration and a rate', () => {
    const [, line] = described({}).text.split('\n');
    expect(line).toMatch(
      /^91f0c2aa {2}\S*succeeded\S* {2}exports\/night.csv .* 1,200 +1,000 +190 +7 +3 +1,003 +3 min 20 s +5$/,
    );
  });

  it('says which run a corrected rejected file corrects', () => {
    const { text, json } = keyed('exports/resubmit/5c2d77e1-4711/fixed.csv');
    expect(text).toContain('  fixed.csv, corrects 5c2d77e1  ');
    expect(json).toMatchObject({ runs: [{ corrects: '5c2d77e1-4711' }] });
  });

  it('says what is missing: a run that names no export, one that was not cut into chunks', () => {
    expect(described({ export: undefined }).text).toContain('  not named  ');
    expect(described({ totalRows: undefined, rows: 0, status: 'RUNNING' }).text).toMatch(/ - +1,000/);
    expect(keyed('exports/a.csv', true).text).toContain('exports/a.csv, resync');
  });
});

describe('a later export', () => {
  const run: ExportRun = { runId: 'run', startedAt: START, key: 'exports/a.csv', exportTime: START };
  it.each<[what: string, other: Partial<ExportRun>, isLater: boolean]>([
    ['of a later time', { key: 'exports/b.csv', exportTime: START + 1 }, true],
    ['of an earlier time, though of the same key', { exportTime: START - 1 }, false],
    ['of the same key, before it is cut into chunks', { exportTime: undefined }, true],
    ['of another key, before it is cut into chunks', { key: 'exports/b.csv', exportTime: undefined }, false],
    ['that corrects rejected rows', { key: 'exports/resubmit/run/a.csv', exportTime: START + 1 }, false],
    ['that is a row to try', { key: 'exports/test-row/a-row-2.csv', exportTime: START + 1 }, false],
    ['that nobody named', { key: undefined, exportTime: START + 1 }, false],
  ])('is, or is not, one %s', (_, over, isLater) => {
    expect(isOfLaterExport({ ...run, ...over }, run)).toBe(isLater);
  });
});
