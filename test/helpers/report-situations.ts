import { type ChunkProgress, RATE_SLOT_MS } from '../../functions/shared/contracts.ts';
import type { ReportData } from '../../functions/shared/report/report-data.ts';
import { attempt } from './attempt.ts';
import { doneRun, failedRun, nightsBefore, progressOf, workedAttempts } from './report-data.ts';

const DAY_MS = 86_400_000;
const REDRIVE = 'npx profile-sync redrive run-1';

const small = workedAttempts({ chunks: 7, rowsPerChunk: 286, workers: 4 });
const storm = workedAttempts({ chunks: 24, rowsPerChunk: 3_000, workers: 4, throttled: [6, 7, 8, 9, 15] });
const began = small[0]?.startedAt ?? 0;
const refused = small.map((each): ChunkProgress => {
  if (each.chunk < 3) return each;
  const rate = { firstSlot: Math.floor(each.startedAt / RATE_SLOT_MS), calls: [1], limits: [[0, 80]] as const };
  const updatedAt = each.startedAt + 900;
  return { ...each, rows: 0, synced: 0, calls: 1, updatedAt, ended: 'ProfilesAccessDenied', rate };
});
const again = workedAttempts({
  chunks: 7,
  rowsPerChunk: 286,
  workers: 4,
  from: began + 3 * DAY_MS,
})
  .filter(({ chunk }) => chunk >= 3)
  .map((each) => ({ ...each, redrive: 1 }));

const stopped = (over: Partial<ChunkProgress>) => attempt({ startedAt: began, updatedAt: began + 2_000, ...over });

/** Reports of runs of every kind: how they read is looked at, and tested. */
export const situations = {
  'a run that was done': doneRun(small, {}, { earlier: nightsBefore(2_000, 1_990, 2_010, 1_985) }),
  'a run with rejected rows': doneRun(
    storm,
    {
      rows: 72_000,
      synced: 71_000,
      unchanged: 600,
      stale: 58,
      rejected: 342,
      rejectedByCode: { TOO_LONG: 332, REFUSED: 6, MISSING_KEY: 3, SERVICE_ERROR: 1 },
      rejectedRows: {
        TOO_LONG: Array.from({ length: 20 }, (_, index) => 17 + index * 211),
        REFUSED: [5, 88, 1_200, 4_711, 9_000, 70_212],
        MISSING_KEY: [12, 13, 14],
      },
      lateErrors: 3,
      duplicates: 58,
      notCleared: 23,
      notClearedByField: { phone: 15, 'address.line2': 8 },
      cleared: 61,
      clearedByField: { email: 61 },
      notNormalized: 411,
    },
    { earlier: nightsBefore(120_000, 119_400, 118_900, 118_000, 117_500, 117_000, 116_000, 115_000, 114_000, 113_000) },
  ),
  'a second night': doneRun(
    workedAttempts({ chunks: 40, rowsPerChunk: 5_000, workers: 4, unchangedShare: 0.99 }),
    {},
    { earlier: nightsBefore(200_100) },
  ),
  'a second night in batches': doneRun(
    workedAttempts({ chunks: 40, rowsPerChunk: 5_000, workers: 4, unchangedShare: 0.99 }),
    {},
    { recordsPerPermit: 10 },
  ),
  'an export without rows': doneRun([], { rows: 0, chunks: 0 }),
  'an export of one row': doneRun(workedAttempts({ chunks: 1, rowsPerChunk: 1, workers: 1 })),
  'a thousand chunks': doneRun(
    workedAttempts({ chunks: 1_000, rowsPerChunk: 1_000, workers: 60, rate: 1_000, throttled: [300, 301, 302, 303] }),
    {},
    { quota: 1_000 },
  ),
  'an older deployment': doneRun(workedAttempts({ chunks: 7, rowsPerChunk: 286, workers: 4, withoutRate: true })),
  'a run that was redriven': doneRun([...refused, ...again], {}, { earlier: nightsBefore(2_000) }),
  'totals that do not add up': doneRun(small, { accounted: false }),
  'a run that failed before its rows': failedRun({
    errors: [
      { name: 'InvalidExport', message: 'The header has no column for the customer key.\nCorrect it.', chunks: [] },
    ],
    commands: ['aws s3 cp FILE s3://crm-exports/exports/customers.csv', 'npx profile-sync upload FILE'],
  }),
  'a run that failed half-way': failedRun(
    {
      errors: [{ name: 'ProfilesAccessDenied', message: 'Refused (403).', chunks: [3, 4, 5, 6] }],
      chunks: { total: 7, done: 3, failed: 4, stopped: 0, notStarted: 0 },
      commands: [REDRIVE],
    },
    progressOf(refused, 2_002, 7),
  ),
  'a run that failed at the end': failedRun(
    { errors: [{ name: 'Lambda.Unknown', chunks: [] }] },
    progressOf(small, 2_002, 7),
  ),
  'a run that can not be redriven': failedRun(
    { errors: [{ name: 'NoPermit', chunks: [0] }], chunks: undefined, notRedrivable: 'too old', commands: ['upload'] },
    progressOf(refused, 2_002, 7),
  ),
  'a run that was stopped': failedRun(
    {
      status: 'ABORTED',
      chunks: { total: 7, done: 1, failed: 0, stopped: 1, notStarted: 5 },
      commands: [REDRIVE],
    },
    progressOf([stopped({ ended: 'done' }), stopped({ chunk: 1, rows: 4, synced: 3, rejected: 1 })], 70, 7),
  ),
  'a run that was out of time': failedRun({ status: 'TIMED_OUT' }, progressOf(refused, 2_002, 7)),
} as const satisfies Readonly<Record<string, ReportData>>;
