import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { arnWildcard } from '../../local/iam/wildcard.ts';
import { deadLetters, sendEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { startTestStack, type TestStack, testTemplate } from '../helpers/stack.ts';

const OPTIONS = { quota: 40, settings: { latencyMs: { median: 5, spread: 0.1 } }, timeScale: 0.002 };
const HEADER =
  'customer_id,first_name,last_name,name_kana,email,phone,mobile,company,address_1,address_2,city,state,postal_code,country,birth_date,language,loyalty_tier,store,notes,updated_at';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/** One statement of the template, and the policies without it. */
interface Removal {
  readonly policy: string;
  readonly number: number;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly effect: string;
  readonly left: readonly PolicyModel[];
}

const policies = loadStack(await testTemplate(OPTIONS)).policies;

const removals: Removal[] = policies.flatMap((policy) => {
  const { Statement: statements, ...rest } = policy.document as { readonly Statement: readonly Statement[] };
  return statements.map((statement, i) => {
    const document = { ...rest, Statement: statements.filter((other) => other !== statement) };
    return {
      policy: policy.name,
      number: i + 1,
      actions: [statement.Action].flat(),
      resources: [statement.Resource ?? policy.resource ?? ''].flat(),
      effect: statement.Effect,
      left: policies.map((each) => (each === policy ? { ...policy, document } : each)),
    };
  });
});

/**
 * What nothing here fails of: a function whose log can't be written works on, a Deny that is gone refuses nothing, and the
 * embedded stack raises no alarms of CloudWatch.
 */
const withoutEffect = ({ policy, actions, effect }: Removal) =>
  effect === 'Deny' || policy.includes('AlarmTopicPolicy') || actions.every((action) => action.startsWith('logs:'));

let test: TestStack;
let inForce = policies;
let refusals: string[] = [];
beforeAll(async () => {
  // The host tells its terminal of every event that is lost; here dozens are, on purpose.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  test = await startTestStack({ ...OPTIONS, onRefused: (message) => refusals.push(message) });
});
afterAll(() => test.stop());
beforeEach(() => {
  refusals = [];
});
afterEach(async () => {
  breakDown(false);
  enforce(policies);
  await untilLiveQueueIsEmpty(test);
});

function enforce(wanted: readonly PolicyModel[]): void {
  inForce = [...wanted];
  test.stack.iam.putPolicies(wanted);
}

const breakDown = (broken: boolean) =>
  test.stack.customerProfiles.configure({ fault: broken ? { error: 'AccessDeniedException' } : undefined });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Uploaded {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string | undefined;
}

let uploads = 0;
/** Rows of customers that nobody knows yet, one of them bad: the run sends, rejects and raises the alarm. */
async function upload(): Promise<Uploaded> {
  uploads += 1;
  const good = [1, 2, 3].map((n) => `P${uploads}-${n},Taro,Yamada,,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`);
  const object = { Bucket: test.stack.outputs.ExportBucketName ?? '', Key: `exports/permissions-${uploads}.csv` };
  const Body = [HEADER, ...good, `P${uploads}-4,Taro`].join('\n');
  const { VersionId } = await test.clients.s3.send(new PutObjectCommand({ ...object, Body }));
  return { ...object, VersionId };
}

/** The run of the upload; undefined if the event was refused. */
async function runOf({ Key }: Uploaded): Promise<string | undefined> {
  const stateMachineArn = test.stack.outputs.StateMachineArn;
  for (;;) {
    const { executions = [] } = await test.clients.sfn.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }),
    );
    const executionArn = executions[0]?.executionArn;
    if (executionArn) {
      const { input } = await test.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (input?.includes(Key)) return executionArn;
    }
    if (refusals.length > 0) return undefined;
    await pause(20);
  }
}

async function ended(executionArn: string | undefined): Promise<string> {
  for (;;) {
    const { status } = await test.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return status ?? '';
    await pause(20);
  }
}

const redrive = (executionArn: string | undefined) =>
  test.clients.sfn.send(new RedriveExecutionCommand({ executionArn }));

/**
 * What has to go wrong for a statement to be missed. Each takes the policies away when it comes to it and resolves with
 * whether all went well.
 */
type Situation = (remove: () => void) => Promise<boolean>;

const aRun: Situation = async (remove) => {
  remove();
  const run = await runOf(await upload());
  return run !== undefined && (await ended(run)) === 'SUCCEEDED';
};

/** Its export lies where no rule looks. */
const aResync: Situation = async (remove) => {
  remove();
  uploads += 1;
  const record = `P${uploads}-1,Taro,Yamada,,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`;
  const { status } = await test.sync(`permissions-${uploads}.csv`, `${HEADER}\n${record}`, { resync: true });
  return status === 'SUCCEEDED';
};

const aRedrive: Situation = async (remove) => {
  breakDown(true);
  const run = await runOf(await upload());
  expect(await ended(run)).toBe('FAILED');
  breakDown(false);
  remove();
  await redrive(run);
  return (await ended(run)) === 'SUCCEEDED';
};

/** S3 says that a version is gone only to who may list the bucket; the chunk's own error then says what to do. */
const aRedriveAfterTheExportWasDeleted: Situation = async (remove) => {
  breakDown(true);
  const object = await upload();
  const run = await runOf(object);
  await ended(run);
  await test.clients.s3.send(new DeleteObjectCommand(object));
  remove();
  await redrive(run);
  await ended(run);
  return (await causesOf(run)).some((cause) => cause.includes('ExportChanged'));
};

/** As above, for the header line of the rejected file. */
const aSummaryAfterTheExportWasDeleted: Situation = async (remove) => {
  enforce(removalOf('SummarizeRun', 's3:PutObject').left);
  const object = await upload();
  const run = await runOf(object);
  await ended(run);
  await test.clients.s3.send(new DeleteObjectCommand(object));
  enforce(policies);
  refusals = [];
  remove();
  await redrive(run);
  await ended(run);
  return (await causesOf(run)).some((cause) => cause.includes('NoSuchVersion'));
};

/** A notice that tells how the chunks failed. */
const aReport: Situation = async (remove) => {
  remove();
  breakDown(true);
  const run = await runOf(await upload());
  await ended(run);
  const notice = () =>
    test.stack.sns.notices().find(({ Message }) => Message.includes(`Run ${run?.split(':').at(-1)}`));
  // A refused event is tried twice again; without a refusal the notice comes.
  for (let seen = -1; !notice() && (refusals.length === 0 || seen < refusals.length); ) {
    seen = refusals.length;
    await pause(refusals.length === 0 ? 20 : 500);
  }
  return notice()?.Message.includes('Chunks: 0 of 1 done, 1 failed') === true;
};

/** An event that is accepted, and gone from the queue. */
const aLiveEvent: Situation = async (remove) => {
  remove();
  const before = test.stack.customerProfiles.stats().accepted;
  uploads += 1;
  const record = { customer_id: `P${uploads}`, last_name: 'Yamada', updated_at: '2026-01-01T00:00:00Z' };
  await sendEvents(test, [{ record }]);
  const isSynced = () =>
    test.stack.customerProfiles.stats().accepted > before &&
    test.stack.sqs.messages(test.stack.outputs.LiveQueueUrl ?? '').length === 0;
  while (!isSynced() && refusals.length === 0) await pause(20);
  return isSynced();
};

/** One that is put aside. */
const aFaultyLiveEvent: Situation = async (remove) => {
  remove();
  const before = deadLetters(test).length;
  await sendEvents(test, [{ record: {} }]);
  const isPutAside = () => deadLetters(test).length > before;
  while (!isPutAside() && refusals.length === 0) await pause(20);
  return isPutAside();
};

/** One that EventBridge can not put into the live queue, and puts into the other one itself. */
const anUndeliverableLiveEvent: Situation = async (remove) => {
  remove();
  const { policy, left } = removalOf('LiveQueuePolicy', 'sqs:SendMessage');
  enforce(inForce.map((each) => left.find(({ name }) => name === policy && each.name === name) ?? each));
  const before = deadLetters(test).length;
  await sendEvents(test, [{ record: {} }]);
  refusals = refusals.filter((refusal) => !refusal.includes('livequeue'));
  return deadLetters(test).length > before;
};

function removalOf(policy: string, action: string): Removal {
  const found = removals.find((removal) => removal.policy.includes(policy) && removal.actions.includes(action));
  if (!found) throw new Error(`The template has no statement of ${policy} for ${action}.`);
  return found;
}

/** Without the hash at the end of the policy's name. */
const titleOf = ({ policy, number, actions }: Removal) =>
  `${policy.replace(/(DefaultPolicy)?[0-9A-F]{8,}/, '')}, statement ${number}: ${actions.join(', ')}`;

/** The one in which the statement is missed; a new statement that none of them misses fails its test. */
function situationOf({ policy, actions, resources }: Removal): Situation {
  if (policy.includes('ReportFailure')) return aReport;
  if (policy.includes('DeadLetterQueuePolicy')) return anUndeliverableLiveEvent;
  if (policy.includes('LiveEvents'))
    return actions.includes('sqs:SendMessage') && !policy.includes('QueuePolicy') ? aFaultyLiveEvent : aLiveEvent;
  if (actions.includes('states:RedriveExecution')) return aRedrive;
  if (actions.join() === 's3:ListBucket' && resources.some((arn) => arn.includes('exportbucket'))) {
    return policy.includes('SyncChunk') ? aRedriveAfterTheExportWasDeleted : aSummaryAfterTheExportWasDeleted;
  }
  return aRun;
}

/** Causes in the history of the run and of its chunks. */
async function causesOf(run: string | undefined): Promise<string[]> {
  const { sfn } = test.clients;
  const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: run }));
  const chunks = await Promise.all(
    mapRuns.map(({ mapRunArn }) => sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED' }))),
  );
  const arns = [run, ...chunks.flatMap(({ executions = [] }) => executions.map(({ executionArn }) => executionArn))];
  const histories = await Promise.all(
    arns.map((executionArn) => sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }))),
  );
  return histories.flatMap(({ events = [] }) => events.flatMap((event) => event.taskFailedEventDetails?.cause ?? []));
}

/** Whether a refusal is of what the statement allows. */
const speaksOf = ({ actions, resources }: Removal) => {
  const asked = new RegExp(`is not authorized to perform: (?:${actions.join('|')}) on resource: "?([^" ]+)"? `, 'i');
  return (refusal: string) => {
    const resource = asked.exec(refusal)?.[1];
    return resource !== undefined && resources.some((pattern) => arnWildcard(pattern)?.(resource));
  };
};

describe('with all statements of the template', () => {
  it.each(
    Object.entries({
      aRun,
      aResync,
      aRedrive,
      aRedriveAfterTheExportWasDeleted,
      aSummaryAfterTheExportWasDeleted,
      aReport,
      aLiveEvent,
      aFaultyLiveEvent,
      anUndeliverableLiveEvent,
    }),
  )('%s goes well, and nothing is refused', async (_, situation) => {
    expect(await situation(() => {})).toBe(true);
    expect(refusals).toEqual([]);
  });
});

describe('without one statement of the template', () => {
  it.each(removals.filter((removal) => !withoutEffect(removal)).map((removal) => [titleOf(removal), removal] as const))(
    '%s: something fails and says which action on which resource is refused',
    async (_, removal) => {
      const wentWell = await situationOf(removal)(() => enforce(removal.left));
      expect(refusals.filter(speaksOf(removal))).not.toEqual([]);
      expect(wentWell).toBe(false);
    },
  );

  it.each([
    ['SplitExport', 'dynamodb:PutItem', 'table/'],
    ['SyncChunk', 'dynamodb:BatchGetItem', 'table/'],
    ['SummarizeRun', 'dynamodb:Query', 'table/'],
    ['StateMachineRole', 'lambda:InvokeFunction', 'function:'],
  ])("of %s for %s, the run's own history says it too", async (policy, action, resource) => {
    enforce(removalOf(policy, action).left);
    const run = await runOf(await upload());
    expect(await ended(run)).toBe('FAILED');
    const causes = await causesOf(run);
    expect(causes.filter((cause) => cause.includes(action) && cause.includes(resource))).not.toEqual([]);
  });
});
