// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of CloudFormation.
import { writeAssembly } from './cloudformation/cloud-assembly.ts';
import { arnOf, FROM_RULE, lambdaFunction, letIn, liveBus, queuePolicy, role } from './template-parts.ts';

const ACCOUNT = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

const SEND = ['kms:Decrypt', 'kms:GenerateDataKey*'];
const OWN_LOGS = {
  ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Sub': 'arn:aws:logs:*:${AWS::AccountId}:log-group:*' } },
};
const VIA = {
  StringEquals: { 'kms:ViaService': ['s3', 'dynamodb', 'sqs', 'sns'].map((name) => `${name}.us-east-1.amazonaws.com`) },
};
export const LOG_DELIVERY = ['logs:*LogDeliver*', 'logs:*Resource*', 'logs:DescribeLogGroups'];

/** What is in the template unless a test takes it away. */
export interface EncryptedStack {
  /** Services that the key's policy lets in. */
  readonly onKey?: readonly ('events' | 'profile' | 'cloudwatch' | 'logs')[];
  /** Calls of the state machine's role on the log. */
  readonly logDelivery?: readonly string[];
}

/**
 * A cdk.out folder with a bucket, a table, queues, a topic and a log group under one key; a role `worker` that may use
 * them all, its policy for the key being one of its own; a domain whose late errors go to a queue; a rule that hands
 * every event of the bus `live` to the other queue, and one that calls a function every minute.
 */
export function writeEncryptedStack({
  onKey = ['events', 'profile', 'cloudwatch', 'logs'],
  logDelivery = LOG_DELIVERY,
}: EncryptedStack = {}): string {
  const KmsMasterKeyId = arnOf('Key');
  const services = {
    events: letIn('events.amazonaws.com', SEND, FROM_RULE),
    profile: letIn('profile.amazonaws.com', SEND, ACCOUNT),
    cloudwatch: letIn('cloudwatch.amazonaws.com', SEND, ACCOUNT),
    logs: letIn('logs.us-east-1.amazonaws.com', ['kms:*crypt*', 'kms:GenerateDataKey*', 'kms:Describe*'], OWN_LOGS),
  };
  return writeAssembly(
    {
      Resources: {
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: {
            KeyPolicy: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'kms:*',
                  Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                  Resource: '*',
                },
                ...onKey.map((name) => services[name]),
              ],
            },
          },
        },
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            BucketEncryption: {
              ServerSideEncryptionConfiguration: [
                { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arnOf('Key') } },
              ],
            },
          },
        },
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arnOf('Key') },
          },
        },
        Live: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId } },
        LivePolicy: queuePolicy('Live', letIn('events.amazonaws.com', 'sqs:SendMessage', FROM_RULE)),
        Late: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId } },
        LatePolicy: queuePolicy('Late', letIn('profile.amazonaws.com', 'sqs:SendMessage', ACCOUNT)),
        Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId } },
        TopicPolicy: {
          Type: 'AWS::SNS::TopicPolicy',
          Properties: {
            Topics: [{ Ref: 'Topic' }],
            PolicyDocument: { Statement: letIn('cloudwatch.amazonaws.com', 'sns:Publish', ACCOUNT) },
          },
        },
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: arnOf('Key') } },
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{}' } },

        Worker: role(
          ['lambda.amazonaws.com'],
          [
            ['s3:*', '*'],
            ['dynamodb:*', '*'],
            ['sqs:*', '*'],
            ['sns:*', '*'],
          ],
        ),
        KeyOfWorker: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyName: 'KeyOfWorker',
            Roles: [{ Ref: 'Worker' }],
            PolicyDocument: { Statement: { Effect: 'Allow', Action: SEND, Resource: arnOf('Key'), Condition: VIA } },
          },
        },

        ...liveBus(),
        Domain: {
          Type: 'AWS::CustomerProfiles::Domain',
          Properties: { DomainName: 'made', DefaultExpirationDays: 365, DeadLetterQueueUrl: { Ref: 'Late' } },
        },
        Type: {
          Type: 'AWS::CustomerProfiles::ObjectType',
          Properties: {
            DomainName: { Ref: 'Domain' },
            ObjectTypeName: 'Orphan',
            Description: 'Its objects find no profile.',
            AllowProfileCreation: false,
            Fields: [{ Name: 'id', ObjectTypeField: { Source: '_source.id' } }],
            Keys: [
              {
                Name: 'orphan',
                ObjectTypeKeyList: [{ FieldNames: ['id'], StandardIdentifiers: ['UNIQUE', 'PROFILE'] }],
              },
            ],
          },
        },
        Ticked: lambdaFunction('Worker', { Timeout: 30, LoggingConfig: { LogGroup: { Ref: 'Logs' } } }),
        Tick: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: 'Target0', Arn: arnOf('Ticked') }] },
        },
        MayTick: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: arnOf('Ticked'),
            Principal: 'events.amazonaws.com',
            SourceArn: arnOf('Tick'),
          },
        },
        MachineRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: {
                Effect: 'Allow',
                Action: 'sts:AssumeRole',
                Principal: { Service: 'states.amazonaws.com' },
                Condition: ACCOUNT,
              },
            },
            Policies: [
              {
                PolicyName: 'LogDelivery',
                PolicyDocument: { Statement: { Effect: 'Allow', Action: logDelivery, Resource: '*' } },
              },
            ],
          },
        },
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            DefinitionString: JSON.stringify({
              QueryLanguage: 'JSONata',
              StartAt: 'Pass',
              States: { Pass: { Type: 'Pass', End: true } },
            }),
            RoleArn: arnOf('MachineRole'),
            LoggingConfiguration: {
              Level: 'ERROR',
              Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf('Logs') } }],
            },
          },
        },
      },
      Outputs: {
        Bucket: { Value: { Ref: 'Bucket' } },
        Table: { Value: { Ref: 'Table' } },
        Live: { Value: { Ref: 'Live' } },
        Late: { Value: { Ref: 'Late' } },
        Topic: { Value: { Ref: 'Topic' } },
        WorkerArn: { Value: arnOf('Worker') },
        KeyArn: { Value: arnOf('Key') },
        Ticked: { Value: { Ref: 'Ticked' } },
        Logs: { Value: { Ref: 'Logs' } },
      },
    },
    {
      code: {
        'index.mjs':
          'export const handler = async (event) => { console.log(JSON.stringify(event)); throw new Error("as asked"); };',
      },
    },
  );
}
