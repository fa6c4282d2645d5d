import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { ownApp, ownStack, systemIn } from './own-app.ts';
import { allowed, readable, resourceNamed, resourcesOf } from './synthesized.ts';

function keyUses(template: Template, role: string): string[] {
  return allowed(template, role)
    .filter((use) => use.startsWith('kms:'))
    .sort();
}

describe('a system in a stack of one’s own', () => {
  const template = ownStack((stack) => {
    const bucketKey = new Key(stack, 'BucketKey');
    const key = new Key(stack, 'CrmKey');
    systemIn(stack, 'Sync', {
      name: 'crm',
      encryptionKey: key,
      exportBucket: new Bucket(stack, 'Exports', {
        versioned: true,
        eventBridgeEnabled: true,
        encryption: BucketEncryption.KMS,
        encryptionKey: bucketKey,
      }),
      runBucket: new Bucket(stack, 'Runs', { encryption: BucketEncryption.S3_MANAGED }),
      budgetTable: new Table(stack, 'Budget', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
      alarmTopic: new Topic(stack, 'Ops', { masterKey: new Key(stack, 'OpsKey'), enforceSSL: true }),
      alarmEmails: ['crm@example.com'],
      domainDeadLetterQueue: new Queue(stack, 'DomainErrors', {
        visibilityTimeout: Duration.minutes(3),
        retentionPeriod: Duration.days(14),
        encryptionMasterKey: new Key(stack, 'DomainKey'),
      }),
      retention: { logs: RetentionDays.ONE_MONTH },
      thresholds: { rejectedShareWarning: 0.2, lateEventAge: Duration.minutes(5) },
      logLevel: 'DEBUG',
    });
  });

  it('makes nothing that it is given', () => {
    const names = (type: string) => resourcesOf(template, type).map(([name]) => name);
    expect(names('AWS::S3::Bucket')).toEqual(['Exports', 'Runs']);
    expect(names('AWS::DynamoDB::Table')).toEqual(['Budget', 'SyncTablesLedgerTable', 'SyncTablesRunTable']);
    expect(names('AWS::SNS::Topic')).toEqual(['Ops']);
    expect(names('AWS::KMS::Key')).toEqual(['BucketKey', 'CrmKey', 'OpsKey', 'DomainKey']);
    expect(names('AWS::SQS::Queue')).not.toContain('SyncLateErrorsDomainDeadLetterQueue');
    expect(names('AWS::KMS::Alias')).toEqual([]);
  });

  it('uses what it is given', () => {
    const syncChunk = resourceNamed(template, 'AWS::Lambda::Function', 'SyncFunctionsSyncChunkFunction').Properties;
    expect(readable(syncChunk.Environment)).toMatchObject({
      Variables: {
        BUDGET_TABLE: '<Budget>',
        RUN_BUCKET: '<Runs>',
        POWERTOOLS_SERVICE_NAME: 'crm',
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
      },
    });
    const stateMachine = resourceNamed(template, 'AWS::StepFunctions::StateMachine', 'SyncStateMachine').Properties;
    expect(readable(stateMachine)).toMatchObject({
      StateMachineName: 'crm',
      DefinitionSubstitutions: { AlarmTopicArn: '<Ops>', RejectedShareThreshold: '0.2' },
    });
    const rule = resourceNamed(template, 'AWS::Events::Rule', 'SyncExportTriggerExportArrived').Properties;
    expect(readable(rule.EventPattern)).toMatchObject({ detail: { bucket: { name: ['<Exports>'] } } });
    expect(resourceNamed(template, 'AWS::Events::EventBus', 'SyncLiveEventsEventBus').Properties.Name).toBe('crm');
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'crm@example.com' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 300 });
  });

  it('lets each role use the key of what it touches, and no other', () => {
    // Exports, topic and the domain's queue have keys of their own, run files and budget none of ours.
    expect(keyUses(template, 'SyncFunctionsSplitExportRole')).toEqual([
      'kms:Decrypt <BucketKey>',
      'kms:Decrypt <CrmKey>',
    ]);
    expect(keyUses(template, 'SyncFunctionsSummarizeRunRole')).toEqual([
      'kms:Decrypt <BucketKey>',
      'kms:Decrypt <CrmKey>',
    ]);
    expect(keyUses(template, 'SyncLiveEventsSyncEventRole')).toEqual([
      'kms:Decrypt <CrmKey>',
      'kms:GenerateDataKey <CrmKey>',
    ]);
    expect([...new Set(keyUses(template, 'SyncLateErrorsRole'))]).toEqual([
      'kms:Decrypt <CrmKey>',
      'kms:Decrypt <DomainKey>',
      'kms:GenerateDataKey <CrmKey>',
    ]);
    expect(keyUses(template, 'SyncStateMachineRole')).toEqual(['kms:Decrypt <OpsKey>', 'kms:GenerateDataKey <OpsKey>']);
  });

  it('lets the services use the given key of the same app', () => {
    const { Properties } = resourceNamed(template, 'AWS::KMS::Key', 'CrmKey');
    expect(JSON.stringify(Properties.KeyPolicy)).toMatch(/events\.amazonaws\.com.*profile\.amazonaws\.com/s);
    expect(template.findOutputs('*')).toEqual({});
  });

  it.each([
    { what: 'the alarms', key: 'OpsKey', service: 'cloudwatch.amazonaws.com' },
    { what: 'the domain', key: 'DomainKey', service: 'profile.amazonaws.com' },
  ])('lets $what use the key of what they write to', ({ key, service }) => {
    const { Properties } = resourceNamed(template, 'AWS::KMS::Key', key);
    expect(Properties.KeyPolicy).toMatchObject({
      Statement: [
        expect.anything(),
        { Effect: 'Allow', Principal: { Service: service }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] },
      ],
    });
  });

  it('lets alarms publish to the given topic, whose policy would let nobody', () => {
    const [[, policy] = []] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    expect(readable(policy?.Properties)).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny' },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: '<Ops>',
            Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
          },
        ],
      },
    });
  });
});

describe('an imported key', () => {
  const stack = new Stack(ownApp(), 'Crm');
  const arn = 'arn:aws:kms:ap-northeast-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  systemIn(stack, 'Sync', { encryptionKey: Key.fromKeyArn(stack, 'Imported', arn) });
  const template = Template.fromStack(stack);

  it('gets the statements printed that its policy needs', () => {
    const [output] = Object.values(template.findOutputs('*', {}));
    const statements = JSON.parse(String(readable(output?.Value)));
    expect(statements.map(({ Principal }: { Principal: { Service: string } }) => Principal.Service)).toEqual([
      'events.amazonaws.com',
      'profile.amazonaws.com',
      'cloudwatch.amazonaws.com',
      'logs.<AWS::Region>.amazonaws.com',
    ]);
    expect(statements[2]).toEqual({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
    });
    Annotations.fromStack(stack).hasInfo('/Crm/Sync', Match.stringLikeRegexp('KeyPolicyStatements'));
  });

  it('encrypts all that is made', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: arn });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: arn });
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: arn } });
  });
});

it('synthesizes without a warning', () => {
  const stack = new Stack(ownApp(), 'Crm');
  systemIn(stack, 'Sync', { newDomain: { defaultExpirationDays: 366 } });
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});

describe('the domain', () => {
  it('is made on demand, with its dead-letter queue, before the object type, and outlives the stack', () => {
    const template = ownStack((stack) => {
      systemIn(stack, 'Sync', { newDomain: { defaultExpirationDays: 366 } });
    });
    const [[, domain] = []] = Object.entries(template.findResources('AWS::CustomerProfiles::Domain'));
    expect(readable(domain)).toMatchObject({
      Properties: {
        DomainName: 'demo',
        DefaultExpirationDays: 366,
        DeadLetterQueueUrl: '<SyncLateErrorsDomainDeadLetterQueue>',
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      DependsOn: [expect.stringContaining('Policy'), expect.stringContaining('SyncLateErrorsDomainDeadLetterQueue')],
    });
    const [[, objectType] = []] = Object.entries(template.findResources('AWS::CustomerProfiles::ObjectType'));
    expect(objectType?.DependsOn).toEqual(Object.keys(template.findResources('AWS::CustomerProfiles::Domain')));
  });

  it('may send what it could not store to its queue, and nobody else may', () => {
    const template = ownStack((stack) => {
      systemIn(stack, 'Sync');
    });
    const { Properties } = resourceNamed(
      template,
      'AWS::SQS::QueuePolicy',
      'SyncLateErrorsDomainDeadLetterQueuePolicy',
    );
    expect(readable(Properties)).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny' },
          {
            Effect: 'Allow',
            Principal: { Service: 'profile.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
              ArnEquals: {
                'aws:SourceArn': 'arn:<AWS::Partition>:profile:<AWS::Region>:<AWS::AccountId>:domains/demo',
              },
            },
          },
        ],
      },
    });
    template.resourceCountIs('AWS::CustomerProfiles::Domain', 0);
  });
});
