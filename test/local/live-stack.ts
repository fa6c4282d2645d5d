import { writeAssembly } from './cloudformation/cloud-assembly.ts';
import { arnOf, FROM_RULE, lambdaFunction, letIn, liveBus, queuePolicy, role } from './template-parts.ts';

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

const SEND_FROM_RULE = letIn('events.amazonaws.com', 'sqs:SendMessage', FROM_RULE);

/**
 * A cdk.out folder with the way of a live event: bus, rule, queue, function, and a dead-letter queue for all of them.
 * Without `open` the rule may not send to the queue.
 */
export function writeLiveStack({ open = true }: { open?: boolean } = {}): string {
  return writeAssembly(
    {
      Resources: {
        ...liveBus({ DeadLetterConfig: { Arn: arnOf('Dead') } }),
        Live: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 60,
            RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
          },
        },
        Dead: { Type: 'AWS::SQS::Queue' },
        ...(open && { LivePolicy: queuePolicy('Live', SEND_FROM_RULE) }),
        DeadPolicy: queuePolicy('Dead', SEND_FROM_RULE),
        TakerRole: role(
          ['lambda.amazonaws.com'],
          [
            ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'].map(
              (call) => [`sqs:${call}`, arnOf('Live')] as const,
            ),
            ['sqs:SendMessage', arnOf('Dead')],
          ],
        ),
        Taker: lambdaFunction('TakerRole', {
          Timeout: 10,
          Environment: { Variables: { LIVE: { Ref: 'Live' }, DEAD_LETTERS: { Ref: 'Dead' } } },
          DeadLetterConfig: { TargetArn: arnOf('Dead') },
        }),
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
