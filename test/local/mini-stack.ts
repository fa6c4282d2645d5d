// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of CloudFormation.
import { writeAssembly } from './cloudformation/cloud-assembly.ts';

/** A role that these services may use, for these calls, action and resource, and to write logs. */
export function role(services: readonly string[], calls: readonly (readonly [string, unknown])[]): object {
  const allowed = [...calls, ['logs:*', '*'] as const];
  const Statement = allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: services } },
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Statement } }],
    },
  };
}

/** Counts how often each key was seen, by a hand-signed call to the table: a bundle without the AWS SDK starts at once. */
const COUNTER = `
const call = (operation, body) => fetch(process.env.AWS_ENDPOINT_URL, {
  method: 'POST',
  headers: {
    authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': 'DynamoDB_20120810.' + operation,
    'content-type': 'application/x-amz-json-1.0',
  },
  body: JSON.stringify(body),
}).then((response) => response.json());

export const handler = async ({ key }) => {
  const { Attributes } = await call('UpdateItem', {
    TableName: process.env.TABLE, Key: { pk: { S: key } }, ReturnValues: 'ALL_NEW',
    UpdateExpression: 'ADD seen :one', ExpressionAttributeValues: { ':one': { N: '1' } },
  });
  console.log('counted');
  return { key, seen: Number(Attributes.seen.N) };
};`;

const DEFINITION = {
  QueryLanguage: 'JSONata',
  StartAt: 'Count',
  States: {
    Count: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: '${CounterArn}', Payload: { key: '{% $states.input.detail.object.key %}' } },
      Output: '{% $states.result.Payload %}',
      TimeoutSeconds: 60,
      Next: 'Tell',
    },
    Tell: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Arguments: { TopicArn: '${TopicArn}', Message: "{% $states.input.key & ' seen ' & $states.input.seen %}" },
      Output: '{% $states.input %}',
      TimeoutSeconds: 60,
      End: true,
    },
  },
};

/**
 * A cdk.out folder with one of each: an upload under `in/` starts a state machine that counts the key in a table, by a
 * function, and tells a topic.
 */
export function writeMiniStack(): string {
  return writeAssembly(
    {
      Resources: {
        Exports: {
          Type: 'AWS::S3::Bucket',
          Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
        },
        Counts: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          },
        },
        Topic: { Type: 'AWS::SNS::Topic' },
        CounterRole: role(['lambda.amazonaws.com'], [['dynamodb:UpdateItem', { 'Fn::GetAtt': ['Counts', 'Arn'] }]]),
        Counter: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: 30,
            Environment: { Variables: { TABLE: { Ref: 'Counts' } } },
            Role: { 'Fn::GetAtt': ['CounterRole', 'Arn'] },
          },
        },
        MachineRole: role(
          ['states.amazonaws.com', 'events.amazonaws.com'],
          [
            ['lambda:InvokeFunction', { 'Fn::GetAtt': ['Counter', 'Arn'] }],
            ['sns:Publish', { Ref: 'Topic' }],
            ['states:StartExecution', { 'Fn::Sub': 'arn:aws:states:*:*:stateMachine:*' }],
          ],
        ),
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            DefinitionString: JSON.stringify(DEFINITION),
            DefinitionSubstitutions: { CounterArn: { 'Fn::GetAtt': ['Counter', 'Arn'] }, TopicArn: { Ref: 'Topic' } },
            RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
          },
        },
        Arrived: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {
              source: ['aws.s3'],
              detail: { bucket: { name: [{ Ref: 'Exports' }] }, object: { key: [{ prefix: 'in/' }] } },
            },
            Targets: [{ Id: 'Target0', Arn: { Ref: 'Machine' }, RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] } }],
          },
        },
      },
      Outputs: { Bucket: { Value: { Ref: 'Exports' } }, Machine: { Value: { Ref: 'Machine' } } },
    },
    { code: { 'index.mjs': COUNTER } },
  );
}
