import { describe, expect, it } from 'vitest';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { readable, resourceNamed, synthesized } from './synthesized.ts';

const template = synthesized();
const FOURTEEN_DAYS_S = 1_209_600;
const LIVE = '<LiveEventsLiveQueue>';
const DEAD = '<LiveEventsDeadLetterQueue>';

function properties(type: string, name: string) {
  return readable(resourceNamed(template, type, name).Properties) as Record<string, unknown>;
}

const timeout = Number(properties('AWS::Lambda::Function', 'LiveEventsSyncEventFunction').Timeout);

describe('a queue', () => {
  it.each(['LiveEventsLiveQueue', 'LiveEventsDeadLetterQueue', 'FailedStarts', 'LateErrorsDomainDeadLetterQueue'])(
    '%s keeps its messages, encrypted, as long as SQS allows',
    (name) => {
      expect(properties('AWS::SQS::Queue', name)).toMatchObject({
        MessageRetentionPeriod: FOURTEEN_DAYS_S,
        KmsMasterKeyId: '<EncryptionKey>',
      });
    },
  );

  it.each(['LiveEventsLiveQueue', 'LiveEventsDeadLetterQueue'])(
    '%s takes messages of its rule alone, and refuses plain HTTP',
    (name) => {
      expect(properties('AWS::SQS::QueuePolicy', `${name}Policy`)).toMatchObject({
        Queues: [`<${name}>`],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: 'sqs:*',
              Resource: `<${name}>`,
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: `<${name}>`,
              Condition: { ArnEquals: { 'aws:SourceArn': '<LiveEventsCustomerChanged>' } },
            },
          ],
        },
      });
    },
  );

  it('of live events gives a message out again only when no worker can hold it any more', () => {
    const { VisibilityTimeout } = properties('AWS::SQS::Queue', 'LiveEventsLiveQueue');
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });

  it('of live events gives up on a message last of all: SyncEvent puts aside what can not be synced', () => {
    expect(properties('AWS::SQS::Queue', 'LiveEventsLiveQueue').RedrivePolicy).toEqual({
      deadLetterTargetArn: DEAD,
      maxReceiveCount: 1_000,
    });
  });
});

describe('the rule', () => {
  it('puts every event of a bus that is ours alone into the queue, and what it can not deliver to the dead letters', () => {
    expect(properties('AWS::Events::EventBus', 'LiveEventsEventBus')).toMatchObject({ Name: 'profile-sync' });
    expect(properties('AWS::Events::Rule', 'LiveEventsCustomerChanged')).toMatchObject({
      EventBusName: '<LiveEventsEventBus>',
      EventPattern: { source: [{ prefix: '' }] },
      Targets: [{ Arn: LIVE, DeadLetterConfig: { Arn: DEAD } }],
    });
  });
});

describe('the poller', () => {
  it('lets SyncEvent take messages one by one', () => {
    expect(properties('AWS::Lambda::EventSourceMapping', 'LiveEventsPoller')).toMatchObject({
      EventSourceArn: LIVE,
      FunctionName: '<LiveEventsSyncEventFunction>',
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it.each([5, 80, 200])('has as many batches under way as the plan for a quota of %i says', (quota) => {
    const mapping = resourceNamed(synthesized({ quota }), 'AWS::Lambda::EventSourceMapping', 'LiveEventsPoller');
    expect(mapping.Properties.ScalingConfig).toEqual({ MaximumConcurrency: ratePlan(quota).liveConcurrency });
  });
});
