import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../infra/buckets.ts';
import { LateErrors } from '../../infra/late-errors.ts';
import { Tables } from '../../infra/tables.ts';
import { callsOf } from './calls-of.ts';
import { readable, resourceNamed, resourcesOf } from './synthesized.ts';

function templateOf({ encrypted = false, given = false } = {}): Template {
  const stack = new Stack(new App(), 'Test');
  new LateErrors(stack, 'Late', {
    system: {
      domainName: 'demo',
      mappingPath: 'mappings/customer.json',
      tables: new Tables(stack, 'Tables'),
      buckets: new Buckets(stack, 'Buckets'),
      ...(encrypted && { encryptionKey: new Key(stack, 'Key') }),
    },
    ...(given && { queue: Queue.fromQueueArn(stack, 'Given', 'arn:aws:sqs:us-east-1:000000000000:given') }),
  });
  return Template.fromStack(stack);
}

const template = templateOf();

function statementsOf(template: Template) {
  const { Properties } = resourceNamed(template, 'AWS::IAM::Policy', 'LateLateErrorsRoleDefaultPolicy');
  const { Statement } = readable(Properties.PolicyDocument) as { Statement: { Action: unknown; Resource: unknown }[] };
  return Statement.map(({ Action, Resource }) => [[Action].flat().sort(), [Resource].flat()]);
}

describe('LateErrors', () => {
  it('reads the domain’s dead-letter queue, with room for a retry, and says which messages come again', () => {
    const [[, { Properties }] = ['', { Properties: {} as Record<string, unknown> }]] = resourcesOf(
      template,
      'AWS::Lambda::EventSourceMapping',
    );
    expect(readable(Properties)).toMatchObject({
      EventSourceArn: '<LateDomainDeadLetterQueue>',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const queue = resourceNamed(template, 'AWS::SQS::Queue', 'LateDomainDeadLetterQueue').Properties;
    const { Timeout } = resourceNamed(template, 'AWS::Lambda::Function', 'LateLateErrorsFunction').Properties;
    expect(queue.VisibilityTimeout).toBe(Number(Timeout) * 6);
    // Of a given queue: no shorter than the function's time-out, or Lambda refuses the mapping.
    expect(Timeout).toBeLessThanOrEqual(30);
  });

  it.each(['LateDomainDeadLetterQueue', 'LateDeadLetterQueue'])(
    'keeps the messages of %s when the stack is removed',
    (name) => {
      expect(resourceNamed(template, 'AWS::SQS::Queue', name)).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { MessageRetentionPeriod: 14 * 86_400 },
      });
    },
  );

  it('lets Customer Profiles send to the queue, for this domain alone', () => {
    const { Properties } = resourceNamed(template, 'AWS::SQS::QueuePolicy', 'LateDomainDeadLetterQueuePolicy');
    expect(readable(Properties.PolicyDocument)).toMatchObject({
      Statement: expect.arrayContaining([
        {
          Sid: 'LateErrorsOfTheDomain',
          Effect: 'Allow',
          Principal: { Service: 'profile.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '<LateDomainDeadLetterQueue>',
          Condition: {
            StringEquals: {
              'aws:SourceAccount': '<AWS::AccountId>',
              'aws:SourceArn': 'arn:<AWS::Partition>:profile:<AWS::Region>:<AWS::AccountId>:domains/demo',
            },
          },
        },
      ]),
    });
  });

  it('may do what its code calls, on its own queues, the ledger and files of late errors', () => {
    const runBucket = '<BucketsRunBucket>';
    expect(statementsOf(template)).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], ['<LateLateErrorsLogs>']],
      [['dynamodb:GetItem', 'dynamodb:PutItem'], ['<TablesLedgerTable>']],
      [['s3:PutObject'], [`${runBucket}/runs/*/late-errors/*`, `${runBucket}/late-errors/unknown/*`]],
      [
        ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        ['<LateDomainDeadLetterQueue>'],
      ],
      [['sqs:SendMessage'], ['<LateDeadLetterQueue>']],
    ]);
    const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const allowed = statementsOf(template).flatMap(([actions = []]) => actions);
    const calls = callsOf('late-errors/handler.ts');
    // The ledger reads many customers at once only for the workers.
    calls.delete('dynamodb:BatchGetItem');
    expect(allowed.filter((action) => ![...ofLambda, 'sqs:ReceiveMessage'].includes(String(action))).sort()).toEqual(
      [...calls].sort(),
    );
  });

  it('uses the key of its queues as SQS needs it, and no other', () => {
    const key = ['<Key>'];
    expect(
      statementsOf(templateOf({ encrypted: true })).filter(([, resources]) => String(resources) === '<Key>'),
    ).toEqual([[['kms:Decrypt', 'kms:GenerateDataKey'], key]]);
    expect(statementsOf(template).flat(2).join()).not.toContain('kms:');
  });

  it('takes a given queue and makes none for the domain', () => {
    const withGiven = templateOf({ given: true });
    expect(resourcesOf(withGiven, 'AWS::SQS::Queue').map(([name]) => name)).toEqual(['LateDeadLetterQueue']);
    const { Properties } = resourceNamed(withGiven, 'AWS::Lambda::Function', 'LateLateErrorsFunction');
    expect(JSON.stringify(Properties.Environment)).toContain('given');
  });
});
