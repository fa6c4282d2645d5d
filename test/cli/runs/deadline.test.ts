import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDeadline } from '../../../cli/runs/deadline.ts';
import { startWatchedNight, type WatchedNight } from '../../functions/watch-runs/watched-night.ts';
import { MACHINE_ARN } from '../../local/step-functions/served.ts';

const SCHEDULE = { exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC', days: 'MON,TUE,WED,THU,FRI,SAT,SUN' };
const RESUBMISSION = 'exports/resubmit/5c2d77e1/corrected.csv';
const TEST_ROW = 'exports/test-row/customers-row-2.csv';

let night: WatchedNight;
beforeEach(async () => {
  night = await startWatchedNight();
});
afterEach(() => night.close());

/** The deadline, as a time of day, of a run of this key that starts now. */
async function deadlineOf(key: string | undefined): Promise<string> {
  const outputs = { StateMachineArn: MACHINE_ARN, Schedule: JSON.stringify(SCHEDULE) };
  const run = { startedAt: Date.now(), key };
  const deadline = await readDeadline(run, { clients: { sfn: night.states.client }, outputs });
  return deadline === undefined ? 'none' : new Date(deadline).toISOString().slice(11, 16);
}

it.each([
  ['an export', '02:00', [], 'exports/a.csv', '06:00'],
  ['an export of which nobody knows the key', '02:00', [], undefined, '06:00'],
  ['a corrected rejected file', '02:00', [], RESUBMISSION, 'none'],
  ['a row to try', '02:00', [], TEST_ROW, 'none'],
  ['an export behind the deadline, the first one of its night', '07:00', [], 'exports/a.csv', '06:00'],
  ['one that only corrections came before', '07:00', [RESUBMISSION, TEST_ROW], 'exports/a.csv', '06:00'],
  ['one that another export came before', '07:00', [TEST_ROW, 'exports/b.csv'], 'exports/a.csv', 'none'],
  ['the first one, but a correction', '07:00', [], RESUBMISSION, 'none'],
])('%s that starts at %s after %j', async (_, time, earlier, key, deadline) => {
  night.at('01:00');
  for (const each of earlier) await night.start(each);
  night.at(time);
  expect(await deadlineOf(key)).toBe(deadline);
});

it('runs of the night before take the deadline from no export', async () => {
  night.at('02:00+-1');
  await night.start('exports/b.csv');
  night.at('07:00');
  expect(await deadlineOf('exports/a.csv')).toBe('06:00');
});

it('without a schedule there is none', async () => {
  night.at('02:00');
  const stack = { clients: { sfn: night.states.client }, outputs: { StateMachineArn: MACHINE_ARN } };
  expect(await readDeadline({ startedAt: Date.now(), key: 'exports/a.csv' }, stack)).toBeUndefined();
});
