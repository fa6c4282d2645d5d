import { describe, expect, it } from 'vitest';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { stateNamed } from '../statemachine/definition.ts';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized();
const functions = resourcesOf(template, 'AWS::Lambda::Function');
/** Of the state machine, each named as its state. */
const NAMES = ['SplitExport', 'SyncChunk', 'SummarizeRun'];
const ALL = [
  ...NAMES.map((name) => `Functions${name}`),
  'FailureReportReportFailure',
  'LiveEventsSyncEvent',
  'LateErrors',
];

const TELEMETRY = {
  POWERTOOLS_SERVICE_NAME: 'profile-sync',
  POWERTOOLS_METRICS_NAMESPACE: 'ConnectProfileSync',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  NODE_OPTIONS: '--enable-source-maps',
};
const COMMON_ENVIRONMENT = {
  DOMAIN_NAME: 'demo',
  RUN_BUCKET: '<BucketsRunBucket>',
  RUN_TABLE: '<TablesRunTable>',
  RATE_QUOTA: '80',
  RATE_RESERVE: '8',
  ...TELEMETRY,
};

function properties(name: string) {
  return resourceNamed(template, 'AWS::Lambda::Function', `${name}Function`).Properties;
}

describe('a function', () => {
  it.each(ALL)('%s runs on Node 24 on arm64 and writes to a log of its own', (name) => {
    expect(readable(properties(name))).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Role: `<${name}Role>`,
      LoggingConfig: { LogGroup: `<${name}Logs>` },
    });
  });

  it.each(NAMES)('%s stops before Step Functions gives up on it', (name) => {
    const { Timeout } = properties(`Functions${name}`);
    expect(Timeout).toBeLessThan(Number(stateNamed(name).TimeoutSeconds));
  });

  it.each([
    ['FunctionsSplitExport', { Timeout: 900, MemorySize: 1769, EphemeralStorage: { Size: 2048 } }],
    ['FunctionsSyncChunk', { Timeout: 360, MemorySize: 768 }],
    ['FunctionsSummarizeRun', { Timeout: 900, MemorySize: 1769 }],
    ['FailureReportReportFailure', { Timeout: 60, MemorySize: 1024 }],
    ['LiveEventsSyncEvent', { Timeout: 60, MemorySize: 512 }],
    ['LateErrors', { Timeout: 30, MemorySize: 256 }],
  ])('%s has the time and the memory of its work', (name, expected) => {
    expect(properties(name)).toMatchObject(expected);
  });

  it.each([
    ['FunctionsSplitExport', { ...COMMON_ENVIRONMENT, NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8' }],
    ['FunctionsSummarizeRun', COMMON_ENVIRONMENT],
    [
      'FailureReportReportFailure',
      {
        ...TELEMETRY,
        RUN_TABLE: '<TablesRunTable>',
        RUN_BUCKET: '<BucketsRunBucket>',
        ALARM_TOPIC_ARN: '<AlarmsAlarmTopic>',
        RATE_QUOTA: '80',
      },
    ],
    [
      'FunctionsSyncChunk',
      { ...COMMON_ENVIRONMENT, LEDGER_TABLE: '<TablesLedgerTable>', BUDGET_TABLE: '<TablesBudgetTable>' },
    ],
    [
      'LiveEventsSyncEvent',
      {
        ...TELEMETRY,
        DOMAIN_NAME: 'demo',
        RATE_QUOTA: '80',
        RATE_RESERVE: '8',
        RUN_TABLE: '<TablesRunTable>',
        LEDGER_TABLE: '<TablesLedgerTable>',
        BUDGET_TABLE: '<TablesBudgetTable>',
        LIVE_QUEUE_URL: '<LiveEventsLiveQueue>',
        DEAD_LETTER_QUEUE_URL: '<LiveEventsDeadLetterQueue>',
      },
    ],
  ])('%s knows its settings from its environment', (name, Variables) => {
    expect(readable(properties(name).Environment)).toEqual({ Variables });
  });
});

describe('concurrency', () => {
  it.each([20, 80, 200])('of SyncChunk is what the plan for a quota of %i reserves', (quota) => {
    const { Properties } = resourceNamed(synthesized({ quota }), 'AWS::Lambda::Function', 'FunctionsSyncChunkFunction');
    expect(Properties.ReservedConcurrentExecutions).toBe(ratePlan(quota).reservedConcurrency);
  });

  it('of the others is not reserved', () => {
    const reserved = functions.filter(([, each]) => each.Properties.ReservedConcurrentExecutions !== undefined);
    expect(reserved.map(([name]) => name)).toEqual(['FunctionsSyncChunkFunction']);
  });
});

describe('logs', () => {
  const NAMES_OF_LOGS = [
    '/profile-sync/LateErrors',
    '/profile-sync/SplitExport',
    '/profile-sync/SyncChunk',
    '/profile-sync/SummarizeRun',
    '/aws/vendedlogs/states/profile-sync',
    '/profile-sync/ReportFailure',
    '/profile-sync/SyncEvent',
  ];

  it('are encrypted, named after the system and kept for as long as the history of an execution', () => {
    const logs = resourcesOf(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => readable(Properties));
    expect(logs).toEqual(
      NAMES_OF_LOGS.map((LogGroupName) => ({ LogGroupName, KmsKeyId: '<EncryptionKey>', RetentionInDays: 90 })),
    );
  });
});

describe('outputs', () => {
  it('leave nothing to do for a domain that is made', () => {
    const made = synthesized({ createDomain: 'true', defaultExpirationDays: '366' });
    expect(made.findOutputs('*')).not.toHaveProperty('PointDomainAtQueue');
  });

  it('say where everything is', () => {
    const outputs = Object.entries(template.findOutputs('*')).map(([name, output]) => [name, readable(output.Value)]);
    expect(Object.fromEntries(outputs)).toEqual({
      ExportBucketName: '<BucketsExportBucket>',
      ExportPrefix: 'exports/',
      RunBucketName: '<BucketsRunBucket>',
      StateMachineArn: '<StateMachine>',
      LedgerTableName: '<TablesLedgerTable>',
      BudgetTableName: '<TablesBudgetTable>',
      RunTableName: '<TablesRunTable>',
      EventBusName: '<LiveEventsEventBus>',
      EventBusArn: '<LiveEventsEventBus>',
      LiveQueueUrl: '<LiveEventsLiveQueue>',
      LiveQueueArn: '<LiveEventsLiveQueue>',
      DeadLetterQueueUrl: '<LiveEventsDeadLetterQueue>',
      DeadLetterQueueArn: '<LiveEventsDeadLetterQueue>',
      FailedStartsQueueUrl: '<FailedStarts>',
      FailedStartsQueueArn: '<FailedStarts>',
      DomainDeadLetterQueueUrl: '<LateErrorsDomainDeadLetterQueue>',
      DomainDeadLetterQueueArn: '<LateErrorsDomainDeadLetterQueue>',
      LateErrorsDeadLetterQueueUrl: '<LateErrorsDeadLetterQueue>',
      LateErrorsDeadLetterQueueArn: '<LateErrorsDeadLetterQueue>',
      PointDomainAtQueue:
        'aws customer-profiles update-domain --domain-name demo --dead-letter-queue-url <LateErrorsDomainDeadLetterQueue>',
      EncryptionKeyArn: '<EncryptionKey>',
      AlarmTopicArn: '<AlarmsAlarmTopic>',
      DomainName: 'demo',
      ObjectTypeName: 'CrmCustomer',
      Quota: '80',
      MappingHash: loadMapping('mappings/customer.json').hash,
    });
  });

  it('say by when runs must be done, if there is a schedule', () => {
    const scheduled = synthesized({ exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo', days: 'TUE,MON' });
    const { Value } = scheduled.findOutputs('*').Schedule ?? {};
    expect(JSON.parse(String(Value))).toEqual({
      exportBy: '02:00',
      doneBy: '06:00',
      timeZone: 'Asia/Tokyo',
      days: 'MON,TUE',
    });
  });
});
