import { describe, expect, it } from 'vitest';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { stateNamed } from '../statemachine/definition.ts';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized();
const functions = resourcesOf(template, 'AWS::Lambda::Function');
const NAMES = ['SplitExport', 'SyncChunk', 'SummarizeRun'];

const COMMON_ENVIRONMENT = {
  DOMAIN_NAME: 'demo',
  RUN_BUCKET: '<BucketsRunBucket>',
  RUN_TABLE: '<TablesRunTable>',
  RATE_QUOTA: '80',
  RATE_RESERVE: '8',
  POWERTOOLS_SERVICE_NAME: 'connect-profile-sync',
  POWERTOOLS_METRICS_NAMESPACE: 'ConnectProfileSync',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  NODE_OPTIONS: '--enable-source-maps',
};

function properties(name: string) {
  return resourceNamed(template, 'AWS::Lambda::Function', `Functions${name}Function`).Properties;
}

describe('a function', () => {
  it.each(NAMES)('%s runs on Node 24 on arm64 and writes to a log of its own', (name) => {
    expect(readable(properties(name))).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Role: `<Functions${name}Role>`,
      LoggingConfig: { LogGroup: `<Functions${name}Logs>` },
    });
  });

  it.each(NAMES)('%s stops before Step Functions gives up on it', (name) => {
    const { Timeout } = properties(name);
    expect(Timeout).toBeLessThan(Number(stateNamed(name).TimeoutSeconds));
  });

  it.each([
    ['SplitExport', { Timeout: 900, MemorySize: 1769, EphemeralStorage: { Size: 2048 } }],
    ['SyncChunk', { Timeout: 360, MemorySize: 512 }],
    ['SummarizeRun', { Timeout: 900, MemorySize: 1769 }],
  ])('%s has the time and the memory of its work', (name, expected) => {
    expect(properties(name)).toMatchObject(expected);
  });

  it.each([
    ['SplitExport', COMMON_ENVIRONMENT],
    ['SummarizeRun', COMMON_ENVIRONMENT],
    ['SyncChunk', { ...COMMON_ENVIRONMENT, LEDGER_TABLE: '<TablesLedgerTable>', BUDGET_TABLE: '<TablesBudgetTable>' }],
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
  it('are kept for as long as the history of an execution', () => {
    const retention = resourcesOf(template, 'AWS::Logs::LogGroup').map(
      ([, { Properties }]) => Properties.RetentionInDays,
    );
    expect(retention).toEqual([90, 90, 90, 90]);
  });
});

describe('outputs', () => {
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
      AlarmTopicArn: '<AlarmsAlarmTopic>',
      DomainName: 'demo',
      ObjectTypeName: 'CrmCustomer',
    });
  });
});
