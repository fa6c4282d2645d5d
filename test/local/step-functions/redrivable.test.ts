import { expect, it } from 'vitest';
import type { ExecutionRow } from '../../../local/step-functions/queries.ts';
import { redriveStatus } from '../../../local/step-functions/redrivable.ts';

const DAY = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 10, 22);
const ENDED: ExecutionRow = {
  id: 1,
  arn: 'arn',
  name: 'run',
  machineArn: 'machine',
  status: 'FAILED',
  input: '{}',
  output: undefined,
  error: undefined,
  cause: undefined,
  startDate: NOW - 2 * DAY,
  stopDate: NOW - DAY,
  mapRunArn: undefined,
  itemIndex: undefined,
  redriveCount: 0,
  redriveDate: undefined,
  eventCount: 10,
};

it.each<[string, Partial<ExecutionRow>, string, string?]>([
  ['that failed', {}, 'REDRIVABLE'],
  ['that was stopped', { status: 'ABORTED' }, 'REDRIVABLE'],
  ['that timed out', { status: 'TIMED_OUT' }, 'REDRIVABLE'],
  ['of a Map Run', { mapRunArn: 'mapRun' }, 'REDRIVABLE_BY_MAP_RUN'],
  ['that ended just under 14 days ago', { startDate: NOW - 60 * DAY, stopDate: NOW - 14 * DAY + 1 }, 'REDRIVABLE'],
  [
    'that ended 14 days ago',
    { startDate: NOW - 60 * DAY, stopDate: NOW - 14 * DAY },
    'NOT_REDRIVABLE',
    'Execution redrivable period exceeded',
  ],
  ['with 24,998 events', { eventCount: 24_998 }, 'REDRIVABLE'],
  ['with 24,999 events', { eventCount: 24_999 }, 'NOT_REDRIVABLE', 'Execution history event limit exceeded'],
  ['of a year', { startDate: NOW - 365 * DAY }, 'NOT_REDRIVABLE', 'Execution has exceeded the max execution time'],
  ['that runs', { status: 'RUNNING' }, 'NOT_REDRIVABLE', 'Execution is RUNNING and cannot be redriven'],
  ['that succeeded', { status: 'SUCCEEDED' }, 'NOT_REDRIVABLE', 'Execution is SUCCEEDED and cannot be redriven'],
  [
    'that waits for its redrive',
    { status: 'PENDING_REDRIVE', mapRunArn: 'mapRun' },
    'NOT_REDRIVABLE',
    'Execution is PENDING_REDRIVE and cannot be redriven',
  ],
])('an execution %s tells whether and why not it can be redriven', (_, more, status, reason) => {
  expect(redriveStatus({ ...ENDED, ...more }, NOW)).toEqual({ status, ...(reason && { reason }) });
});
