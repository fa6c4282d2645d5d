// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of CloudFormation.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UnsupportedTemplate } from '../../../local/cloudformation/assembly.ts';
import type { StackModel } from '../../../local/cloudformation/model.ts';
import { loadStack } from '../../../local/cloudformation/template.ts';
import { type AssemblyInput, type Assets, writeAssembly } from './cloud-assembly.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function load(template: AssemblyInput, assets?: Assets): StackModel & { directory: string } {
  const directory = writeAssembly(template, assets);
  directories.push(directory);
  return { ...loadStack(directory), directory };
}

const bucket = (Properties: object = {}) => ({ Type: 'AWS::S3::Bucket', Properties });
/** The value of one output, whatever intrinsic function it is made of. */
const output = (Value: unknown, others: object = {}) =>
  load({ Resources: { Exports: bucket() }, Outputs: { It: { Value } }, ...others }).outputs.It;

describe('an intrinsic function', () => {
  it.each<[string, unknown, string]>([
    ['Ref of a resource', { Ref: 'Exports' }, 'mini-exports'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Exports', 'Arn'] }, 'arn:aws:s3:::mini-exports'],
    ['Fn::Join', { 'Fn::Join': ['/', ['a', { Ref: 'Exports' }, 'b']] }, 'a/mini-exports/b'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Exports} ${Exports.Arn} ${AWS::AccountId} ${!Kept}' },
      'mini-exports arn:aws:s3:::mini-exports 000000000000 ${Kept}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${name}-x', { name: { Ref: 'Exports' } }] }, 'mini-exports-x'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [2, { 'Fn::Split': [':', 'a:b:c'] }] }, 'c'],
  ])('%s is resolved', (_, value, resolved) => {
    expect(output(value)).toBe(resolved);
  });

  it('Fn::If follows its condition, and AWS::NoValue leaves the property out', () => {
    const Conditions = {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    };
    expect(output({ 'Fn::If': ['Yes', 'then', 'else'] }, { Conditions })).toBe('then');
    expect(output({ 'Fn::If': ['Both', 'then', 'else'] }, { Conditions })).toBe('else');
    const name = { BucketName: { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'given'] } };
    expect(load({ Conditions, Resources: { Exports: bucket(name) } }).buckets[0]?.name).toBe('mini-exports');
  });

  it('a parameter has its default', () => {
    expect(output({ Ref: 'Version' }, { Parameters: { Version: { Type: 'String', Default: '7' } } })).toBe('7');
  });

  it('Fn::FindInMap looks into the mappings', () => {
    const Mappings = { Sizes: { 'us-east-1': { small: '3' } } };
    expect(output({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, { Mappings })).toBe('3');
  });

  it.each<[string, unknown, string]>([
    [
      'a function it does not know',
      { 'Fn::ImportValue': 'x' },
      'Outputs.It: the embedded stack does not support Fn::ImportValue',
    ],
    ['a resource that is not there', { Ref: 'Nobody' }, "no resource or parameter 'Nobody'"],
    [
      'an attribute it does not know',
      { 'Fn::GetAtt': ['Exports', 'WebsiteURL'] },
      "no attribute 'WebsiteURL' of Exports (AWS::S3::Bucket)",
    ],
    ['an index out of range', { 'Fn::Select': [5, ['a']] }, 'Fn::Select is not used as CloudFormation has it'],
  ])('is refused for %s', (_, value, message) => {
    expect(() => output(value)).toThrow(UnsupportedTemplate);
    expect(() => output(value)).toThrow(message);
  });

  it('is refused if a name depends on itself', () => {
    const Resources = { A: bucket({ BucketName: { Ref: 'B' } }), B: bucket({ BucketName: { Ref: 'A' } }) };
    expect(() => load({ Resources })).toThrow('depends on itself');
  });
});

describe('what the embedded stack does not know is refused by name when the template is loaded:', () => {
  const code = { S3Bucket: 'assets', S3Key: 'code.zip' };
  const lambda = {
    Type: 'AWS::Lambda::Function',
    Properties: { Code: code, Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'r' },
  };
  const schedule = (ScheduleExpression: string, more: object = {}) => ({
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression, ...more },
  });
  const changed = (properties: object) => ({ ...lambda, Properties: { ...lambda.Properties, ...properties } });

  it.each<[string, Record<string, object>, string]>([
    [
      'a resource type',
      { Q: { Type: 'AWS::Kinesis::Stream' } },
      'Q: the embedded stack does not support AWS::Kinesis::Stream',
    ],
    [
      'a property',
      { B: bucket({ WebsiteConfiguration: {} }) },
      "B (AWS::S3::Bucket): the embedded stack does not support the property 'WebsiteConfiguration'",
    ],
    [
      'a nested property',
      { B: bucket({ NotificationConfiguration: { QueueConfigurations: [] } }) },
      "B.NotificationConfiguration: the embedded stack does not support 'QueueConfigurations'",
    ],
    ['a runtime', { F: changed({ Runtime: 'python3.14' }) }, 'does not run python3.14'],
    [
      'inline code',
      { F: changed({ Code: { ZipFile: 'x' } }) },
      "F.Code: the embedded stack does not support 'ZipFile'",
    ],
    ['an asset that is not there', { F: lambda }, "no asset for the object key 'code.zip'"],
    [
      'a FIFO queue',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
      "does not support the property 'FifoQueue'",
    ],
    [
      'a filter of messages',
      { M: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FilterCriteria: {} } } },
      "does not support the property 'FilterCriteria'",
    ],
    [
      'an input transformer',
      { R: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'a', Arn: 'b', InputTransformer: {} }] } } },
      "R.Targets[0]: the embedded stack does not support 'InputTransformer'",
    ],
    [
      'an express state machine',
      { S: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineType: 'EXPRESS' } } },
      'has no EXPRESS executions',
    ],
    [
      'a placeholder without a substitution',
      {
        S: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { DefinitionString: '{"A":"${Name}"}', RoleArn: 'r' },
        },
      },
      "S.DefinitionSubstitutions has nothing for 'Name'",
    ],
    [
      'a key by its alias',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: 'alias/aws/sqs' } } },
      "Q: the embedded stack does not support the key 'alias/aws/sqs'",
    ],
    [
      'a key for what encrypts nothing here',
      { B: { Type: 'AWS::Events::EventBus', Properties: { Name: 'b', KmsKeyIdentifier: 'k' } } },
      "does not support the property 'KmsKeyIdentifier'",
    ],
    [
      'a state machine under a key',
      {
        S: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' } },
        },
      },
      'has no CUSTOMER_MANAGED_KMS_KEY, only AWS_OWNED_KEY',
    ],
    ['a schedule by cron', { R: schedule('cron(0 2 * * ? *)') }, "R: 'cron(0 2 * * ? *)': the embedded stack has"],
    ['a schedule that no timer can wait for', { R: schedule('rate(25 days)') }, "R: 'rate(25 days)'"],
    ['a schedule that AWS refuses', { R: schedule('rate(1 minutes)') }, "R: 'rate(1 minutes)'"],
    ['a schedule beside a pattern', { R: schedule('rate(1 minute)', { EventPattern: {} }) }, "R: 'rate(1 minute)'"],
    ['a schedule of another bus', { R: schedule('rate(1 minute)', { EventBusName: 'live' }) }, "R: 'rate(1 minute)'"],
    [
      'a table without its key',
      { T: { Type: 'AWS::DynamoDB::Table', Properties: { LocalSecondaryIndexes: [] } } },
      "does not support the property 'LocalSecondaryIndexes'",
    ],
  ])('%s', (_, Resources, message) => {
    expect(() => load({ Resources })).toThrow(message);
  });

  it('a section of the template', () => {
    expect(() => load({ Resources: {}, Transform: {} })).toThrow("template section 'Transform'");
  });
});

describe('a resource becomes what the template says:', () => {
  it('a bucket with its versioning and its events', () => {
    const { buckets } = load({
      Resources: {
        Plain: bucket({ LifecycleConfiguration: { Rules: [] }, BucketEncryption: {} }),
        Exports: bucket({
          BucketName: 'given',
          VersioningConfiguration: { Status: 'Enabled' },
          NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        }),
      },
    });
    expect(buckets).toEqual([
      { name: 'mini-plain', versioned: false, eventBridge: false },
      { name: 'given', versioned: true, eventBridge: true },
    ]);
  });

  it('a function with its bundle, environment, limits, log group and role', () => {
    const { functions, directory } = load(
      {
        Resources: {
          Runs: bucket(),
          Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } },
          Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
          Worker: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Code: { S3Bucket: { 'Fn::Sub': 'cdk-${AWS::AccountId}' }, S3Key: 'code.zip' },
              Handler: 'index.handler',
              Runtime: 'nodejs24.x',
              Architectures: ['arm64'],
              Environment: { Variables: { RUN_BUCKET: { Ref: 'Runs' }, RATE_QUOTA: '80' } },
              Timeout: 360,
              MemorySize: 512,
              ReservedConcurrentExecutions: 20,
              DeadLetterConfig: { TargetArn: 'arn:of:queue' },
              LoggingConfig: { LogGroup: { Ref: 'Logs' } },
              Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            },
          },
        },
      },
      { code: { 'index.mjs': '' } },
    );
    expect(functions).toEqual([
      {
        name: 'mini-worker',
        codeDirectory: join(directory, 'asset.code'),
        handler: 'index.handler',
        environment: { RUN_BUCKET: 'mini-runs', RATE_QUOTA: '80' },
        timeoutSeconds: 360,
        memoryMb: 512,
        reservedConcurrency: 20,
        logGroup: 'mini-logs',
        roleArn: 'arn:aws:iam::000000000000:role/mini-role',
        deadLetterArn: 'arn:of:queue',
      },
    ]);
  });

  it('a function has the limits of Lambda if it names none', () => {
    const Properties = {
      Code: { S3Bucket: 'b', S3Key: 'code.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: 'r',
    };
    const { functions } = load({ Resources: { F: { Type: 'AWS::Lambda::Function', Properties } } }, { code: {} });
    expect(functions[0]).toMatchObject({ timeoutSeconds: 3, memoryMb: 128, logGroup: '/aws/lambda/mini-f' });
    expect(functions[0]).not.toHaveProperty('reservedConcurrency');
  });

  it('a permission becomes a policy of the function that it names', () => {
    const code = { S3Bucket: 'b', S3Key: 'code.zip' };
    const { policies } = load(
      {
        Resources: {
          F: {
            Type: 'AWS::Lambda::Function',
            Properties: { Code: code, Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'r' },
          },
          Failed: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.states'] } } },
          Allowed: {
            Type: 'AWS::Lambda::Permission',
            Properties: {
              Action: 'lambda:InvokeFunction',
              FunctionName: { 'Fn::GetAtt': ['F', 'Arn'] },
              Principal: 'events.amazonaws.com',
              SourceArn: { 'Fn::GetAtt': ['Failed', 'Arn'] },
            },
          },
        },
      },
      { code: {} },
    );
    const resource = 'arn:aws:lambda:us-east-1:000000000000:function:mini-f';
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: resource,
      Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/mini-failed' } },
    };
    const document = { Version: '2012-10-17', Statement: [statement] };
    expect(policies).toEqual([{ name: 'Allowed', document, roles: [], resource }]);
  });

  it('a table with its keys', () => {
    const Properties = {
      KeySchema: [
        { AttributeName: 'run', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'run', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    };
    const { tables } = load({ Resources: { Run: { Type: 'AWS::DynamoDB::Table', Properties } } });
    const { KeySchema, AttributeDefinitions } = Properties;
    expect(tables).toEqual([
      { TableName: 'mini-run', KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' },
    ]);
  });

  it('a state machine with its definition from an asset, substituted', () => {
    const { stateMachines, outputs } = load(
      {
        Resources: {
          Role: { Type: 'AWS::IAM::Role' },
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: {
              StateMachineName: 'profile-sync',
              DefinitionS3Location: { Bucket: 'assets', Key: 'asl.json' },
              DefinitionSubstitutions: { MaxConcurrency: '12', Topic: { Ref: 'Alarms' } },
              RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
            },
          },
          Alarms: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'x' } },
        },
        Outputs: { MachineArn: { Value: { Ref: 'Machine' } } },
      },
      { 'asl.json': `{"Max":"{% $number('\${MaxConcurrency}') %}","Topic":"\${Topic}"}` },
    );
    const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:profile-sync';
    expect(stateMachines).toEqual([
      {
        name: 'profile-sync',
        arn,
        definition: `{"Max":"{% $number('12') %}","Topic":"arn:aws:sns:us-east-1:000000000000:mini-alarms"}`,
        roleArn: 'arn:aws:iam::000000000000:role/mini-role',
      },
    ]);
    expect(outputs.MachineArn).toBe(arn);
  });

  it('a rule with its pattern and targets, unless it is disabled', () => {
    const rule = (State: string) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.s3'], detail: { bucket: { name: [{ Ref: 'Exports' }] } } },
        State,
        Targets: [{ Id: 'Target0', Arn: 'arn:x', RoleArn: 'arn:role' }],
      },
    });
    const { rules } = load({ Resources: { Exports: bucket(), Arrived: rule('ENABLED'), Off: rule('DISABLED') } });
    expect(rules).toEqual([
      {
        arn: 'arn:aws:events:us-east-1:000000000000:rule/mini-arrived',
        bus: 'default',
        pattern: { source: ['aws.s3'], detail: { bucket: { name: ['mini-exports'] } } },
        targets: [{ id: 'Target0', arn: 'arn:x', roleArn: 'arn:role' }],
      },
    ]);
  });

  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('a rule with the schedule %s', (ScheduleExpression, everyMs) => {
    const RetryPolicy = { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 };
    const { rules } = load({
      Resources: {
        Tick: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression, Targets: [{ Id: 'Target0', Arn: 'arn:x', RetryPolicy }] },
        },
      },
    });
    const arn = 'arn:aws:events:us-east-1:000000000000:rule/mini-tick';
    expect(rules).toEqual([{ arn, bus: 'default', everyMs, targets: [{ id: 'Target0', arn: 'arn:x' }] }]);
  });

  it('a key with its policy, and the key that each resource has, by its id or ARN', () => {
    const KeyPolicy = { Statement: [] };
    const ref = { Ref: 'Key' };
    const arn = { 'Fn::GetAtt': ['Key', 'Arn'] };
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn };
    const { keys, keyOf, policies } = load({
      Resources: {
        Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy, EnableKeyRotation: true } },
        Name: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/mini', TargetKeyId: arn } },
        Plain: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{}] } }),
        Exports: bucket({
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: byDefault }],
          },
        }),
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arn } },
        },
        Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: ref } },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: ref } },
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: arn } },
      },
    });
    const here = 'us-east-1:000000000000';
    const key = `arn:aws:kms:${here}:key/mini-key`;
    expect(keys).toEqual([key]);
    expect(policies).toEqual([{ name: 'Key', document: KeyPolicy, roles: [], resource: key }]);
    expect([...keyOf]).toEqual(
      [
        'arn:aws:s3:::mini-exports',
        `arn:aws:dynamodb:${here}:table/mini-table`,
        `arn:aws:sqs:${here}:mini-queue`,
        `arn:aws:sns:${here}:mini-topic`,
        `arn:aws:logs:${here}:log-group:mini-logs`,
      ].map((resource) => [resource, key]),
    );
  });

  it('a domain with its dead-letter queue', () => {
    const DeadLetterQueueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/late';
    const { domains } = load({
      Resources: {
        D: {
          Type: 'AWS::CustomerProfiles::Domain',
          Properties: { DomainName: 'made', DefaultExpirationDays: 365, DeadLetterQueueUrl },
        },
      },
    });
    expect([...domains]).toEqual([['made', DeadLetterQueueUrl]]);
  });

  it('a rule of an event bus, which it names by name or ARN, with a dead-letter queue', () => {
    const rule = (EventBusName: unknown) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName,
        EventPattern: { source: [{ prefix: '' }] },
        Targets: [{ Id: 'Target0', Arn: 'arn:x', DeadLetterConfig: { Arn: 'arn:dead' }, RetryPolicy: {} }],
      },
    });
    const { rules, eventBuses, outputs } = load({
      Resources: {
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'live', Description: 'd' } },
        ByName: rule({ Ref: 'Bus' }),
        ByArn: rule({ 'Fn::GetAtt': ['Bus', 'Arn'] }),
      },
      Outputs: { Ref: { Value: { Ref: 'ByName' } }, Bus: { Value: { 'Fn::GetAtt': ['Bus', 'Arn'] } } },
    });
    const built = (name: string) => ({
      arn: `arn:aws:events:us-east-1:000000000000:rule/live/${name}`,
      bus: 'live',
      pattern: { source: [{ prefix: '' }] },
      targets: [{ id: 'Target0', arn: 'arn:x', deadLetterArn: 'arn:dead' }],
    });
    expect(rules).toEqual([built('mini-byname'), built('mini-byarn')]);
    expect(eventBuses).toEqual(['live']);
    expect(outputs).toEqual({
      Ref: 'live|mini-byname',
      Bus: 'arn:aws:events:us-east-1:000000000000:event-bus/live',
    });
  });

  it('a queue with its times and dead letters, or the defaults of SQS, and its policy', () => {
    const PolicyDocument = { Statement: [] };
    const { queues, policies, outputs } = load({
      Resources: {
        Live: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: 'live',
            VisibilityTimeout: 360,
            DelaySeconds: 1,
            MessageRetentionPeriod: 1_209_600,
            ReceiveMessageWaitTimeSeconds: 20,
            MaximumMessageSize: 2048,
            SqsManagedSseEnabled: true,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1000 },
          },
        },
        Dead: { Type: 'AWS::SQS::Queue' },
        Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Live' }], PolicyDocument } },
      },
      Outputs: { Url: { Value: { Ref: 'Live' } }, Name: { Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } } },
    });
    const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const urlOf = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
    expect(queues).toEqual([
      {
        name: 'live',
        arn: arnOf('live'),
        url: urlOf('live'),
        visibilityTimeoutSeconds: 360,
        delaySeconds: 1,
        retentionSeconds: 1_209_600,
        receiveWaitSeconds: 20,
        maxMessageBytes: 2048,
        redrive: { deadLetterArn: arnOf('mini-dead'), maxReceiveCount: 1000 },
      },
      {
        name: 'mini-dead',
        arn: arnOf('mini-dead'),
        url: urlOf('mini-dead'),
        visibilityTimeoutSeconds: 30,
        delaySeconds: 0,
        retentionSeconds: 345_600,
        receiveWaitSeconds: 0,
        maxMessageBytes: 1_048_576,
      },
    ]);
    expect(policies).toEqual([{ name: 'Policy', document: PolicyDocument, roles: [], resource: arnOf('live') }]);
    expect(outputs).toEqual({ Url: urlOf('live'), Name: 'mini-dead' });
  });

  it('an event source mapping with its batches, or the defaults of Lambda, unless it is not enabled', () => {
    const mapping = (more: object) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: 'arn:of:queue', FunctionName: 'worker', ...more },
    });
    const { eventSourceMappings } = load({
      Resources: {
        Whole: mapping({
          FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
          BatchSize: 5,
          MaximumBatchingWindowInSeconds: 2,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 3 },
          Enabled: true,
        }),
        Plain: mapping({}),
        Off: mapping({ Enabled: false }),
      },
    });
    const built = { functionName: 'worker', queueArn: 'arn:of:queue' };
    expect(eventSourceMappings).toEqual([
      { ...built, batchSize: 5, batchingWindowSeconds: 2, maximumConcurrency: 3, reportsFailures: true },
      { ...built, batchSize: 10, batchingWindowSeconds: 0, maximumConcurrency: 5, reportsFailures: false },
    ]);
  });

  it('an object type makes the existing domain that it names', () => {
    const Properties = {
      DomainName: 'demo',
      ObjectTypeName: 'Customer',
      Description: 'd',
      Fields: [],
      Keys: [],
      AllowProfileCreation: true,
    };
    const { domains, objectTypes } = load({
      Resources: { O: { Type: 'AWS::CustomerProfiles::ObjectType', Properties } },
    });
    expect([...domains]).toEqual([['demo', undefined]]);
    expect(objectTypes).toEqual([{ domainName: 'demo', properties: Properties }]);
  });

  it('policies are kept with what they are attached to', () => {
    const PolicyDocument = { Statement: [] };
    const { policies, roles } = load({
      Resources: {
        Exports: bucket(),
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: PolicyDocument,
            ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
            Policies: [{ PolicyName: 'inline', PolicyDocument }],
          },
        },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'own', PolicyDocument, Roles: [{ Ref: 'Role' }] },
        },
        BucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Exports' }, PolicyDocument } },
      },
    });
    expect(roles).toEqual([{ name: 'mini-role', arn: 'arn:aws:iam::000000000000:role/mini-role' }]);
    const log = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
    expect(policies).toEqual([
      {
        name: 'service-role/AWSLambdaBasicExecutionRole',
        document: { Statement: { Effect: 'Allow', Action: log, Resource: '*' } },
        roles: ['mini-role'],
      },
      { name: 'Role.Trust', document: PolicyDocument, roles: [], resource: 'arn:aws:iam::000000000000:role/mini-role' },
      { name: 'inline', document: PolicyDocument, roles: ['mini-role'] },
      { name: 'own', document: PolicyDocument, roles: ['mini-role'] },
      { name: 'BucketPolicy', document: PolicyDocument, roles: [], resource: 'arn:aws:s3:::mini-exports' },
    ]);
  });

  it("a policy of AWS's own is refused by name, but for that of a function's log", () => {
    const ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonS3FullAccess'];
    const Resources = { Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns } } };
    expect(() => load({ Resources })).toThrow(
      'Role.ManagedPolicyArns: the embedded stack does not have the policy arn',
    );
  });

  it('a resource whose condition is false is not there', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const { buckets } = load({ Conditions, Resources: { Exports: { ...bucket(), Condition: 'Never' } } });
    expect(buckets).toEqual([]);
  });

  it('names longer than a bucket may have are shortened and stay different', () => {
    const long = 'A'.repeat(70);
    const { buckets } = load({ Resources: { [`${long}1`]: bucket(), [`${long}2`]: bucket() } });
    const names = buckets.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(63);
  });
});
