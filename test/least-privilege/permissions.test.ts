import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SITUATIONS, type SituationName } from './situations/index.ts';
import { causesOf, ended, runOf, upload } from './situations/uploads.ts';
import { openStage, type Stage, stagePolicies } from './stage.ts';
import { refusalOf, type Statement, statementFor, statementsOf, titleOf } from './statements.ts';

const statements = statementsOf(await stagePolicies());

/**
 * What nothing here fails of: a function whose log can't be written works on, a Deny that is gone refuses nothing, and the
 * embedded stack raises no alarms of CloudWatch.
 */
const isWithoutEffect = ({ policy, actions, effect }: Statement) =>
  effect === 'Deny' ||
  policy.name.includes('AlarmTopicPolicy') ||
  actions.every((action) => action.startsWith('logs:'));

let stage: Stage;
beforeAll(async () => {
  // The host tells its terminal of every event that is lost; here dozens are, on purpose.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  stage = await openStage();
});
afterAll(() => stage.test.stop());
afterEach(() => stage.restore());

/** The one in which the statement is missed; a new statement that none of them misses fails its test. */
function situationOf({ policy: { name }, actions, resources }: Statement): SituationName {
  if (name.includes('ReportFailure')) return 'aReport';
  if (name.includes('DeadLetterQueuePolicy')) return 'anUndeliverableLiveEvent';
  if (name.includes('LiveEvents')) {
    return actions.includes('sqs:SendMessage') && !name.includes('QueuePolicy') ? 'aFaultyLiveEvent' : 'aLiveEvent';
  }
  if (actions.includes('states:RedriveExecution')) return 'aRedrive';
  if (actions.join() === 's3:ListBucket' && resources.some((arn) => arn.includes('exportbucket'))) {
    return name.includes('SyncChunk') ? 'aRedriveAfterTheExportWasDeleted' : 'aSummaryAfterTheExportWasDeleted';
  }
  return 'aRun';
}

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
      const wentWell = await SITUATIONS[situationOf(statement)](stage, () => stage.withdraw(statement));
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
    stage.withdraw(statementFor(stage.policies, policy, action));
    const run = await runOf(stage, await upload(stage));
    expect(await ended(stage, run)).toBe('FAILED');
    const causes = await causesOf(stage, run);
    expect(causes.filter((cause) => cause.includes(action) && cause.includes(resource))).not.toEqual([]);
  });
});
