import { describe, expect, it } from 'vitest';
import { callsOf } from './calls-of.ts';
import { readable, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized({ exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC' });

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Each role's statements as `resources → actions`, in words. */
const permissions = new Map(
  resourcesOf(template, 'AWS::IAM::Policy').map(([name, { Properties }]) => [
    name.replace(/DefaultPolicy$/, ''),
    statementsOf(Properties.PolicyDocument).map((statement) => ({
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      ...(statement.Condition !== undefined && { condition: statement.Condition }),
    })),
  ]),
);

function statementsOf(document: unknown): readonly Statement[] {
  return (readable(document) as { readonly Statement: readonly Statement[] }).Statement;
}

const HANDLERS = {
  FunctionsSplitExportRole: 'split-export/handler.ts',
  FunctionsSyncChunkRole: 'sync-chunk/handler.ts',
  FunctionsSummarizeRunRole: 'summarize-run/handler.ts',
  FailureReportReportFailureRole: 'report-failure/handler.ts',
  LiveEventsSyncEventRole: 'sync-event/handler.ts',
  LateErrorsRole: 'late-errors/handler.ts',
  RunWatchWatchRunsRole: 'watch-runs/handler.ts',
};

/** What Lambda does with the function's role when it reads the queue for it. */
const POLLER = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

/** What no call in the code shows: writing the log, reading a version, being told that an object is gone, and using the key. */
const IMPLIED = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  's3:GetObjectVersion',
  's3:ListBucket',
  'kms:Decrypt',
  'kms:GenerateDataKey',
  ...POLLER,
];

/** What Lambda does with the function's role when an asynchronous invocation failed for good. */
const DEAD_LETTER: Readonly<Record<string, string>> = {
  FailureReportReportFailureRole: 'sqs:SendMessage',
  RunWatchWatchRunsRole: 'sqs:SendMessage',
};

/** What settings switch on: batch-put.test.ts, clearing.test.ts, deleting.test.ts. */
const OFF = [
  'profile:BatchPutProfileObject',
  'profile:DeleteProfile',
  'profile:DeleteProfileObject',
  'profile:ListProfileObjects',
  'profile:SearchProfiles',
  'profile:UpdateProfile',
];

/**
 * What a module has for others: full-exports.ts has both sides, SplitExport registers and the workers read; LateErrors reads one entry at a
 * time. An object that is named with its version takes another action.
 */
const OTHER_SIDE: Readonly<Record<string, readonly string[]>> = {
  'split-export/handler.ts': ['dynamodb:GetItem'],
  'sync-chunk/handler.ts': ['dynamodb:UpdateItem', ...OFF],
  'sync-event/handler.ts': ['dynamodb:UpdateItem', ...OFF],
  'late-errors/handler.ts': ['dynamodb:BatchGetItem'],
};

function actionsOf(role: string): string[] {
  const actions = (permissions.get(role) ?? []).flatMap((statement) => statement.actions);
  return [...new Set(actions)].sort();
}

function actionsOfCode(handler: string): Set<string> {
  const actions = callsOf(handler);
  for (const other of [...(OTHER_SIDE[handler] ?? []), ...IMPLIED]) actions.delete(other);
  return actions;
}

const AWS = 'arn:<AWS::Partition>';
const HERE = '<AWS::Region>:<AWS::AccountId>';
const STATES = `${AWS}:states:${HERE}`;
const EXPORTS = '<BucketsExportBucket>';
const RUNS = '<BucketsRunBucket>';
const RUN_TABLE = '<TablesRunTable>';
const readExports = (...actions: string[]) => ({
  actions: [...actions, 's3:GetObjectVersion'],
  resources: [`${EXPORTS}/exports/*`, `${EXPORTS}/resync/*`],
});
/** Reading and writing through S3, DynamoDB, SQS and SNS, which ask for both. */
const useKey = { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['<EncryptionKey>'] };
const writeLog = (logs: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<${logs}>`],
});

/** What SyncChunk and SyncEvent have in common. */
const syncRecords = [
  { actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<TablesLedgerTable>'] },
  useKey,
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<TablesBudgetTable>', RUN_TABLE] },
  {
    actions: ['profile:PutProfileObject'],
    resources: [`${AWS}:profile:${HERE}:domains/demo`, `${AWS}:profile:${HERE}:domains/demo/object-types/CrmCustomer`],
  },
];

describe('what each role may do', () => {
  it.each([
    {
      role: 'FunctionsSplitExportRole',
      statements: [
        writeLog('FunctionsSplitExportLogs'),
        readExports('s3:GetObject'),
        useKey,
        { actions: ['s3:ListBucketVersions'], resources: [EXPORTS] },
        { actions: ['s3:AbortMultipartUpload', 's3:PutObject'], resources: [`${RUNS}/runs/*`, `${RUNS}/texts/*`] },
        { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [RUN_TABLE] },
      ],
    },
    {
      role: 'FunctionsSyncChunkRole',
      statements: [
        writeLog('FunctionsSyncChunkLogs'),
        ...syncRecords,
        readExports(),
        { actions: ['s3:GetObject'], resources: [`${RUNS}/texts/*`] },
        { actions: ['s3:ListBucket'], resources: [EXPORTS, RUNS] },
        { actions: ['s3:PutObject'], resources: [`${RUNS}/runs/*`] },
      ],
    },
    {
      role: 'FunctionsSummarizeRunRole',
      statements: [
        writeLog('FunctionsSummarizeRunLogs'),
        readExports(),
        useKey,
        { actions: ['s3:ListBucket'], resources: [EXPORTS, RUNS] },
        { actions: ['s3:GetObject'], resources: [`${RUNS}/runs/*`, `${RUNS}/texts/*`] },
        { actions: ['s3:AbortMultipartUpload', 's3:PutObject'], resources: [`${RUNS}/runs/*`] },
        { actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: [RUN_TABLE] },
      ],
    },
    {
      role: 'FailureReportReportFailureRole',
      statements: [
        writeLog('FailureReportReportFailureLogs'),
        {
          actions: ['states:DescribeExecution'],
          resources: [`${STATES}:execution:profile-sync/SyncChunks:*`, `${STATES}:execution:profile-sync:*`],
        },
        { actions: ['states:ListMapRuns'], resources: [`${STATES}:execution:profile-sync:*`] },
        { actions: ['states:DescribeMapRun'], resources: [`${STATES}:mapRun:profile-sync/SyncChunks:*`] },
        {
          actions: ['states:ListExecutions'],
          resources: [`${STATES}:mapRun:profile-sync/SyncChunks:*`, `${STATES}:stateMachine:profile-sync`],
        },
        { actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: [RUN_TABLE] },
        useKey,
        { actions: ['s3:PutObject'], resources: [`${RUNS}/runs/*/report.html`] },
        { actions: ['sns:Publish'], resources: ['<AlarmsAlarmTopic>'] },
        { actions: ['sqs:SendMessage'], resources: ['<FailedStarts>'] },
      ],
    },
    {
      role: 'LiveEventsSyncEventRole',
      statements: [
        writeLog('LiveEventsSyncEventLogs'),
        ...syncRecords,
        { actions: ['sqs:ChangeMessageVisibility', ...POLLER], resources: ['<LiveEventsLiveQueue>'] },
        { actions: ['sqs:SendMessage'], resources: ['<LiveEventsDeadLetterQueue>'] },
      ],
    },
    {
      role: 'LateErrorsRole',
      statements: [
        writeLog('LateErrorsLogs'),
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<TablesLedgerTable>'] },
        useKey,
        { actions: ['s3:PutObject'], resources: [`${RUNS}/runs/*/late-errors/*`] },
        {
          actions: ['sqs:ChangeMessageVisibility', ...POLLER],
          resources: ['<LateErrorsDomainDeadLetterQueue>'],
        },
        { actions: ['sqs:SendMessage'], resources: ['<LateErrorsDeadLetterQueue>'] },
      ],
    },
    {
      role: 'RunWatchWatchRunsRole',
      statements: [
        writeLog('RunWatchWatchRunsLogs'),
        { actions: ['states:DescribeStateMachine', 'states:ListExecutions'], resources: ['<StateMachine>'] },
        { actions: ['states:DescribeExecution'], resources: [`${STATES}:execution:profile-sync:*`] },
        { actions: ['dynamodb:Query'], resources: [RUN_TABLE] },
        useKey,
        { actions: ['sqs:SendMessage'], resources: ['<FailedStarts>'] },
      ],
    },
    {
      role: 'StateMachineRole',
      statements: [
        {
          actions: ['lambda:InvokeFunction'],
          resources: [
            '<FunctionsSplitExportFunction>',
            '<FunctionsSummarizeRunFunction>',
            '<FunctionsSyncChunkFunction>',
          ],
        },
        { actions: ['s3:GetObject'], resources: [`${RUNS}/runs/*/chunks.jsonl`] },
        useKey,
        { actions: ['sns:Publish'], resources: ['<AlarmsAlarmTopic>'] },
        { actions: ['states:StartExecution'], resources: [`${STATES}:stateMachine:profile-sync`] },
        {
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [`${STATES}:execution:profile-sync:*`],
        },
        {
          actions: ['states:RedriveExecution'],
          resources: [`${STATES}:execution:profile-sync/SyncChunks:*`],
        },
        {
          // CloudWatch Logs knows no resource for these.
          actions: [
            'logs:CreateLogDelivery',
            'logs:DeleteLogDelivery',
            'logs:DescribeLogGroups',
            'logs:DescribeResourcePolicies',
            'logs:GetLogDelivery',
            'logs:ListLogDeliveries',
            'logs:PutResourcePolicy',
            'logs:UpdateLogDelivery',
          ],
          resources: ['*'],
        },
      ],
    },
    {
      role: 'StateMachineEventsRole',
      statements: [{ actions: ['states:StartExecution'], resources: ['<StateMachine>'] }],
    },
  ])('$role', ({ role, statements }) => {
    expect(permissions.get(role)).toEqual(statements);
  });

  it('covers every role of a function, and no managed policy adds to it', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    expect(roles.map(([name]) => name).sort()).toEqual([...permissions.keys()].sort());
    const ofFunctions = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      readable(Properties.Role),
    );
    expect(ofFunctions.sort()).toEqual(
      Object.keys(HANDLERS)
        .map((role) => `<${role}>`)
        .sort(),
    );
    for (const [, role] of roles) expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('is what its code calls, so that neither is forgotten when the other changes', () => {
    for (const [role, handler] of Object.entries(HANDLERS)) {
      const allowed = actionsOf(role).filter((action) => !IMPLIED.includes(action) && action !== DEAD_LETTER[role]);
      expect(allowed, role).toEqual([...actionsOfCode(handler)].sort());
    }
  });
});
