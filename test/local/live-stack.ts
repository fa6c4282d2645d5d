import { writeAssembly } from './cloudformation/cloud-assembly.ts';
import { role } from './mini-stack.ts';

/**
 * Takes events by what their records ask for: one that is `bad` goes to the dead-letter queue, one that is `late` comes
 * again after ten minutes, one that is `broken` fails the function. The others are told in the log.
 */
const TAKER = `
const sqs = async (operation, body) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-target': 'AmazonSQS.' + operation,
      'content-type': 'application/x-amz-json-1.0',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(operation + ': ' + await response.text());
};

export const handler = async ({ Records = [], is }) => {
  if (is === 'broken') throw new Error('as asked');
  const batchItemFailures = [];
  for (const { messageId, receiptHandle, body, attributes } of Records) {
    const { record } = JSON.parse(body).detail;
    if (record.is === 'broken') throw new Error('as asked');
    if (record.is === 'bad') {
      const code = { DataType: 'String', StringValue: 'INVALID_EVENT' };
      await sqs('SendMessage', { QueueUrl: process.env.DEAD_LETTERS, MessageBody: body, MessageAttributes: { code } });
    }
    if (record.is === 'late' && attributes.ApproximateReceiveCount === '1') {
      await sqs('ChangeMessageVisibility', { QueueUrl: process.env.LIVE, ReceiptHandle: receiptHandle, VisibilityTimeout: 600 });
      batchItemFailures.push({ itemIdentifier: messageId });
    } else console.log('took ' + record.id + ' at receive ' + attributes.ApproximateReceiveCount);
  }
  return { batchItemFailures };
};`;

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** What the queue lets the rule do. */
const letIn = (queue: string) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Statement: {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: arnOf(queue),
        Condition: { ArnEquals: { 'aws:SourceArn': arnOf('Rule') } },
      },
    },
  },
});

/**
 * A cdk.out folder with the way of a live event: bus, rule, queue, function, and a dead-letter queue for all of them.
 * Without `open` the rule may not send to the queue.
 */
export function writeLiveStack({ open = true }: { open?: boolean } = {}): string {
  return writeAssembly(
    {
      Resources: {
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'live' } },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventBusName: { Ref: 'Bus' },
            EventPattern: { source: [{ prefix: '' }] },
            Targets: [{ Id: 'Target0', Arn: arnOf('Live'), DeadLetterConfig: { Arn: arnOf('Dead') } }],
          },
        },
        Live: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 60,
            RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
          },
        },
        Dead: { Type: 'AWS::SQS::Queue' },
        ...(open && { LivePolicy: letIn('Live') }),
        DeadPolicy: letIn('Dead'),
        TakerRole: role(
          ['lambda.amazonaws.com'],
          [
            ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'].map(
              (call) => [`sqs:${call}`, arnOf('Live')] as const,
            ),
            ['sqs:SendMessage', arnOf('Dead')],
          ],
        ),
        Taker: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: 10,
            Environment: { Variables: { LIVE: { Ref: 'Live' }, DEAD_LETTERS: { Ref: 'Dead' } } },
            DeadLetterConfig: { TargetArn: arnOf('Dead') },
            Role: arnOf('TakerRole'),
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: arnOf('Live'),
            FunctionName: { Ref: 'Taker' },
            BatchSize: 10,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ScalingConfig: { MaximumConcurrency: 2 },
          },
        },
      },
      Outputs: {
        Bus: { Value: { Ref: 'Bus' } },
        Live: { Value: { Ref: 'Live' } },
        Dead: { Value: { Ref: 'Dead' } },
        DeadArn: { Value: arnOf('Dead') },
        LiveArn: { Value: arnOf('Live') },
        Taker: { Value: { Ref: 'Taker' } },
      },
    },
    { code: { 'index.mjs': TAKER } },
  );
}
