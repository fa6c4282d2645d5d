import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Capture, captureOf } from '../alarms/captured.ts';
import { AlarmEvaluator } from '../alarms/evaluator.ts';
import { templateAlarms } from '../alarms/template.ts';
import { smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const LOOKS_EVERY_S = 300;
const ALARMS = ['ExportOverdue', 'DeadlineAtRisk'] as const;
/** In a time zone where it is after four in the morning now, both have passed. */
const NIGHT = { exportBy: '02:00', doneBy: '03:00', timeZone: zoneWhereItIs(4) };
const DEPLOYED = { quota: 40, mapping: smallMappingFile(), schedule: NIGHT };
const DAY_MS = 86_400_000;

let test: TestStack;
let capture: Capture;
const refused: string[] = [];
const cloudWatch = new AlarmEvaluator(Object.fromEntries(ALARMS.map((name) => [name, templateAlarms()[name]])));
beforeAll(async () => {
  test = await startTestStack({
    ...DEPLOYED,
    after: await deployedYesterday(),
    // WatchRuns looks each second and a half.
    timeScale: 0.005,
    onRefused: (message) => refused.push(message),
  });
  capture = captureOf(test);
});
afterAll(() => test.stop());

/** A night before the system was there would expect no export. */
async function deployedYesterday(): Promise<TestStack> {
  const system = await startTestStack(DEPLOYED);
  await system.pause();
  const database = new DatabaseSync(join(system.folder, 'state', 'step-functions', 'step-functions.sqlite'));
  database.prepare('UPDATE definitions SET created = created - ?').run(DAY_MS);
  database.close();
  return system;
}

function zoneWhereItIs(hour: number): string {
  const east = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  // Names of this family count the hours to the west.
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}

/** Hands what WatchRuns publishes to CloudWatch until the alarms are in these states; returns what they told. */
async function untilAlarmsAre(...states: readonly [exportOverdue: string, deadlineAtRisk: string]) {
  const now = () => ALARMS.map((name) => cloudWatch.stateOf(name));
  do {
    cloudWatch.put(await capture.take('DeadlineAtRisk'));
    cloudWatch.pass(LOOKS_EVERY_S);
  } while (JSON.stringify(now()) !== JSON.stringify(states));
  return cloudWatch.notices
    .splice(0)
    .map(({ alarm, state }) => `${alarm} ${state}`)
    .sort();
}

it('WatchRuns tells of an export that is missing, of a run that failed, and of both when they are mended', async () => {
  // An alarm that is new tells that it is well, too.
  expect(await untilAlarmsAre('ALARM', 'OK')).toEqual(['DeadlineAtRisk OK', 'ExportOverdue ALARM']);

  test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
  const { runId, status } = await test.sync('late.csv', smallExport(3, 'Ann'));
  expect(status).toBe('FAILED');
  expect(await untilAlarmsAre('OK', 'ALARM')).toEqual(['DeadlineAtRisk ALARM', 'ExportOverdue OK']);

  test.stack.customerProfiles.configure({ fault: undefined });
  expect(await test.redrive(runId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await untilAlarmsAre('OK', 'OK')).toEqual(['DeadlineAtRisk OK']);
});

it('nothing that it calls was refused, and no look failed', () => {
  expect(refused).toEqual([]);
  expect(test.stack.sqs.messages(test.stack.outputs.FailedStartsQueueUrl ?? '')).toEqual([]);
});
