import { describe, expect, it } from 'vitest';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { DEFINITION_TEXT, stateNamed } from '../statemachine/definition.ts';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized();

function stateMachine(context?: Readonly<Record<string, unknown>>) {
  const from = context ? synthesized(context) : template;
  return resourceNamed(from, 'AWS::StepFunctions::StateMachine', 'StateMachine').Properties;
}

describe('the state machine', () => {
  it('gets every substitution that its definition uses, and no other', () => {
    const used = new Set([...DEFINITION_TEXT.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    expect(Object.keys(Object(stateMachine().DefinitionSubstitutions)).sort()).toEqual([...used].sort());
  });

  it('is given the functions, the topic and the numbers of the plan', () => {
    expect(readable(stateMachine().DefinitionSubstitutions)).toEqual({
      SplitExportFunctionArn: '<FunctionsSplitExportFunction>',
      SyncChunkFunctionArn: '<FunctionsSyncChunkFunction>',
      SummarizeRunFunctionArn: '<FunctionsSummarizeRunFunction>',
      AlarmTopicArn: '<AlarmsAlarmTopic>',
      MaxConcurrency: String(ratePlan(80).maxConcurrency),
      RejectedShareThreshold: '0.01',
    });
  });

  it('follows the settings', () => {
    expect(stateMachine({ quota: '200', rejectedShareThreshold: '0' }).DefinitionSubstitutions).toMatchObject({
      MaxConcurrency: String(ratePlan(200).maxConcurrency),
      RejectedShareThreshold: '0',
    });
  });

  it('logs errors without what the states pass', () => {
    expect(readable(stateMachine().LoggingConfiguration)).toEqual({
      Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: '<StateMachineLogs>' } }],
      IncludeExecutionData: false,
      Level: 'ERROR',
    });
    expect(resourceNamed(template, 'AWS::Logs::LogGroup', 'StateMachineLogs').Properties).toMatchObject({
      LogGroupName: '/aws/vendedlogs/states/profile-sync',
      RetentionInDays: 90,
    });
  });

  it('keeps the key that AWS owns: its states pass pointers only', () => {
    expect(stateMachine()).not.toHaveProperty('EncryptionConfiguration');
  });

  it('starts no more chunks at once than SyncChunk may run', () => {
    expect(stateMachine({ reservedConcurrency: '4' }).DefinitionSubstitutions).toMatchObject({ MaxConcurrency: '4' });
  });

  it('has the name and the label that its role’s permissions name', () => {
    expect(stateMachine().StateMachineName).toBe('profile-sync');
    expect(stateNamed('SyncChunks').Label).toBe('SyncChunks');
  });
});

/** Of a rule's target: what EventBridge does with an event that it could not deliver for a day. */
const PUT_ASIDE = { DeadLetterConfig: { Arn: '<FailedStarts>' } };

describe('an export that arrives', () => {
  it('starts a run if it lies under the prefix and is named as an export', () => {
    const { EventPattern, Targets } = resourceNamed(
      template,
      'AWS::Events::Rule',
      'ExportTriggerExportArrived',
    ).Properties;
    expect(readable(EventPattern)).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: ['<BucketsExportBucket>'] },
        object: {
          key: [{ wildcard: 'exports/*.csv' }, { wildcard: 'exports/*.jsonl' }, { wildcard: 'exports/*.ndjson' }],
        },
      },
    });
    expect(readable(Targets)).toEqual([
      { Arn: '<StateMachine>', Id: 'Target0', RoleArn: '<StateMachineEventsRole>', ...PUT_ASIDE },
    ]);
  });

  it('is announced by its bucket, without a Lambda function of CDK’s own', () => {
    expect(resourceNamed(template, 'AWS::S3::Bucket', 'BucketsExportBucket').Properties).toMatchObject({
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.resourceCountIs('AWS::Lambda::Function', 6);
  });
});

describe('a run that fails, times out or is stopped', () => {
  const rule = resourceNamed(template, 'AWS::Events::Rule', 'FailureReportRunFailed').Properties;

  it('has ReportFailure called, and none of its chunks does: the ARN of the state machine is exact', () => {
    expect(readable(rule.EventPattern)).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: ['<StateMachine>'], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
    expect(readable(rule.Targets)).toEqual([
      { Arn: '<FailureReportReportFailureFunction>', Id: 'Target0', ...PUT_ASIDE },
    ]);
  });

  it('is put aside if ReportFailure fails on it again and again', () => {
    const { Properties } = resourceNamed(template, 'AWS::Lambda::Function', 'FailureReportReportFailureFunction');
    expect(readable(Properties.DeadLetterConfig)).toEqual({ TargetArn: '<FailedStarts>' });
  });

  it('may have it called by this rule alone', () => {
    expect(resourcesOf(template, 'AWS::Lambda::Permission').map(([, { Properties }]) => readable(Properties))).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '<FailureReportReportFailureFunction>',
        Principal: 'events.amazonaws.com',
        SourceArn: '<FailureReportRunFailed>',
      },
    ]);
  });
});
