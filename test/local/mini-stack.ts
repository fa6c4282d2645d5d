// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of CloudFormation.
import { writeAssembly } from './cloudformation/cloud-assembly.ts';
import { arnOf, lambdaFunction, role } from './template-parts.ts';

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
        CounterRole: role(['lambda.amazonaws.com'], [['dynamodb:UpdateItem', arnOf('Counts')]]),
        Counter: lambdaFunction('CounterRole', {
          Timeout: 30,
          Environment: { Variables: { TABLE: { Ref: 'Counts' } } },
        }),
        MachineRole: role(
          ['states.amazonaws.com', 'events.amazonaws.com'],
          [
            ['lambda:InvokeFunction', arnOf('Counter')],
            ['sns:Publish', { Ref: 'Topic' }],
            ['states:StartExecution', { 'Fn::Sub': 'arn:aws:states:*:*:stateMachine:*' }],
          ],
        ),
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            DefinitionString: JSON.stringify(DEFINITION),
            DefinitionSubstitutions: { CounterArn: arnOf('Counter'), TopicArn: { Ref: 'Topic' } },
            RoleArn: arnOf('MachineRole'),
          },
        },
        Arrived: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {
              source: ['aws.s3'],
              detail: { bucket: { name: [{ Ref: 'Exports' }] }, object: { key: [{ prefix: 'in/' }] } },
            },
            Targets: [{ Id: 'Target0', Arn: { Ref: 'Machine' }, RoleArn: arnOf('MachineRole') }],
          },
        },
      },
      Outputs: { Bucket: { Value: { Ref: 'Exports' } }, Machine: { Value: { Ref: 'Machine' } } },
    },
    { code: { 'index.mjs': COUNTER } },
  );
}
