import { describe, expect, it } from 'vitest';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized();
const QUEUE = 'LateErrorsDomainDeadLetterQueue';

function properties(type: string, name: string): Record<string, unknown> {
  return readable(resourceNamed(template, type, name).Properties) as Record<string, unknown>;
}

describe('LateErrors', () => {
  it('reads the domain’s dead-letter queue, with room for a retry, and says which messages come again', () => {
    const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([, each]) =>
      readable(each.Properties),
    );
    expect(mappings).toContainEqual(
      expect.objectContaining({
        EventSourceArn: `<${QUEUE}>`,
        FunctionName: '<LateErrorsFunction>',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    );
    const { Timeout } = properties('AWS::Lambda::Function', 'LateErrorsFunction');
    expect(properties('AWS::SQS::Queue', QUEUE).VisibilityTimeout).toBe(Number(Timeout) * 6);
  });

  it.each([QUEUE, 'LateErrorsDeadLetterQueue'])('keeps the messages of %s when the stack is removed', (name) => {
    expect(resourceNamed(template, 'AWS::SQS::Queue', name)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { MessageRetentionPeriod: 14 * 86_400 },
    });
  });

  it('lets Customer Profiles send to the queue, for this domain alone', () => {
    expect(properties('AWS::SQS::QueuePolicy', `${QUEUE}Policy`).PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        {
          Effect: 'Allow',
          Principal: { Service: 'profile.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: `<${QUEUE}>`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
            ArnEquals: {
              'aws:SourceArn': 'arn:<AWS::Partition>:profile:<AWS::Region>:<AWS::AccountId>:domains/demo',
            },
          },
        },
      ]),
    });
  });
});
