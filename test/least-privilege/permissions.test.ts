import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SITUATIONS, type SituationName } from './situations/index.ts';
import { causesOf, ended, runOf, upload } from './situations/uploads.ts';
import { openStage, type Stage, stagePolicies } from './stage.ts';
import { refusalOf, type Statement, statementFor, statementsOf, titleOf } from './statements.ts';

const statements = statementsOf(await stagePolicies());

/**
 * What nothing here fails of: a function whose log can't be written works on, log groups were made before, and a Deny that is gone
 * refuses nothing.
 */
const isWithoutEffect = ({ effect, actions, principals }: Statement) =>
  effect === 'Deny' || actions.every((action) => action.startsWith('logs:')) || principals.includes('logs.');

let stage: Stage;
beforeAll(async () => {
  // The host tells its terminal of every event that is lost; here dozens are, on purpose.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  stage = await openStage();
});
afterAll(() => stage.test.stop());
afterEach(() => stage.restore());

/** The one in which the statement is missed; a new statement that none of them misses fails its test. */
function situationOf(statement: Statement): SituationName {
  const { policy, actions, resources, principals, sources } = statement;
  const found = MISSED_BY.find(
    ([where, action, detail = '']) =>
      policy.name.includes(where) &&
      actions.join().includes(action) &&
      [...resources, principals, sources].join().toLowerCase().includes(detail.toLowerCase()),
  );
  return found?.[3] ?? 'aRun';
}

/** Part of the policy's name, of its actions, and of resources, principal or source; the first that fits counts. */
const MISSED_BY: readonly (readonly [policy: string, action: string, detail: string, SituationName])[] = [
  ['EncryptionKey', '', 'events.', 'aLiveEvent'],
  ['EncryptionKey', '', 'cloudwatch.', 'anAlarm'],
  ['AlarmTopicPolicy', '', '', 'anAlarm'],
  ['FailedStartsPolicy', '', 'GzippedExportArrived', 'aGzippedExportThatStartsNothing'],
  ['FailedStartsPolicy', '', 'ZstdExportArrived', 'aZstdExportThatStartsNothing'],
  ['FailedStartsPolicy', '', 'ExportArrived', 'anExportThatStartsNothing'],
  ['FailedStartsPolicy', '', 'RunFailed', 'aFailureThatReachesNobody'],
  ['FailedStartsPolicy', '', 'Look', 'aLookThatReachesNobody'],
  ['ReportFailure', 'sqs:SendMessage', '', 'aReportThatFails'],
  ['ReportFailure', '', '', 'aReport'],
  ['WatchRuns', 'sqs:SendMessage', '', 'aLookThatFails'],
  ['WatchRuns', 'states:DescribeExecution', '', 'aLookAtAMendedRun'],
  ['Look', '', '', 'aLookAtARunAtWork'],
  ['WatchRuns', '', '', 'aLookAtARunAtWork'],
  ['LateErrorsRole', 'sqs:SendMessage', '', 'aLateErrorOfOthers'],
  ['LateErrors', '', '', 'aLateError'],
  ['LiveEventsDeadLetterQueuePolicy', '', '', 'anUndeliverableLiveEvent'],
  ['SyncEvent', 'sqs:SendMessage', '', 'aFaultyLiveEvent'],
  ['LiveEvents', '', '', 'aLiveEvent'],
  ['StateMachine', 'states:RedriveExecution', '', 'aRedrive'],
  ['SyncChunk', 's3:GetObject', '/texts/', 'aPackedRun'],
  ['SyncChunk', 's3:ListBucket', 'exportbucket', 'aRedriveAfterTheExportWasDeleted'],
  ['SummarizeRun', 's3:ListBucket', 'exportbucket', 'aSummaryAfterTheExportWasDeleted'],
];

describe('with all statements of the template', () => {
  it.each(Object.entries(SITUATIONS))('%s goes well, and nothing is refused', async (_, situation) => {
    expect(await situation(stage, () => {})).toBe(true);
    expect(stage.refusals).toEqual([]);
  });
});

describe('without one statement of the template', () => {
  it.each(statements.filter((statement) => !isWithoutEffect(statement)).map((each) => [titleOf(each), each] as const))(
    '%s: something fails and says which action on which resource is refused',
    async (_, statement) => {
      const wentWell = await SITUATIONS[situationOf(statement)](stage, () => stage.takeAway(statement));
      expect(stage.refusals.filter(refusalOf(statement))).not.toEqual([]);
      expect(wentWell).toBe(false);
    },
  );

  it.each([
    ['SplitExport', 'dynamodb:PutItem', 'table/'],
    ['SyncChunk', 'dynamodb:BatchGetItem', 'table/'],
    ['SummarizeRun', 'dynamodb:Query', 'table/'],
    ['StateMachineRole', 'lambda:InvokeFunction', 'function:'],
  ])("of %s for %s, the run's own history says it too", async (policy, action, resource) => {
    stage.takeAway(statementFor(stage.policies, policy, action));
    const run = await runOf(stage, await upload(stage));
    expect(await ended(stage, run)).toBe('FAILED');
    const causes = await causesOf(stage, run);
    expect(causes.filter((cause) => cause.includes(action) && cause.includes(resource))).not.toEqual([]);
  });
});
