import { GetDomainCommand, UpdateDomainCommand } from '@aws-sdk/client-customer-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOMAIN, failure, LATE_QUEUE_URL, NOT_FOUND, objectType, startProfiles } from './profiles-fixture.ts';

const ORDER = objectType(
  'Order',
  [['orderId'], ['shortId']],
  [
    ['orderKey', 'orderId', 'UNIQUE'],
    ['shortKey', 'shortId', 'PROFILE'],
  ],
  { AllowProfileCreation: false },
);

let profiles: Awaited<ReturnType<typeof startProfiles>>;
const now = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  profiles = await startProfiles({}, () => now);
  profiles.service().putObjectType(DOMAIN, ORDER);
});
afterAll(() => profiles.end());

const pointAt = (DeadLetterQueueUrl: string, DomainName = DOMAIN) =>
  profiles.client().send(new UpdateDomainCommand({ DomainName, DeadLetterQueueUrl }));
const queueOfDomain = async () =>
  (await profiles.client().send(new GetDomainCommand({ DomainName: DOMAIN }))).DeadLetterQueueUrl;
const putOrphan = (orderId: string) => profiles.put({ orderId, shortId: 'nobody' }, 'Order');

describe('an object that was answered with 200 and reaches no profile', () => {
  it('is lost without a word if its domain has no dead-letter queue', async () => {
    expect(await queueOfDomain()).toBeUndefined();
    expect(await failure(putOrphan('O1'))).toBe('no error');
    expect([profiles.lateErrors(), profiles.lost]).toEqual([[], []]);
  });

  it('is sent to the queue that the domain was pointed at, over a restart', async () => {
    await pointAt(LATE_QUEUE_URL);
    await profiles.restart();
    expect(await queueOfDomain()).toBe(LATE_QUEUE_URL);
    await putOrphan('O2');
    expect(profiles.lateErrors()).toEqual([
      {
        domainName: DOMAIN,
        objectTypeName: 'Order',
        object: '{"orderId":"O2","shortId":"nobody"}',
        errorMessage: expect.stringContaining('matches no profile'),
        timestamp: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('is sent there, too, if a fault was asked for that comes late', async () => {
    profiles.service().configure({ fault: { late: true } });
    await profiles.put({ customerId: 'late' });
    profiles.service().configure({ fault: undefined });
    expect(profiles.lateErrors().at(-1)).toMatchObject({
      object: '{"customerId":"late"}',
      errorMessage: expect.stringContaining('asked for'),
    });
  });

  it('is lost, and somebody is told, if the queue can not be used', async () => {
    await pointAt('https://sqs.us-east-1.amazonaws.com/000000000000/nowhere');
    const before = profiles.lateErrors().length;
    expect(await failure(putOrphan('O3'))).toBe('no error');
    expect(profiles.lost).toEqual([expect.stringMatching(/^demo: SqsError: The specified queue does not exist/)]);
    expect(profiles.lateErrors()).toHaveLength(before);
  });

  it('is lost again once the domain has no queue any more', async () => {
    await pointAt('');
    expect(await queueOfDomain()).toBeUndefined();
    const before = profiles.lateErrors().length;
    await putOrphan('O4');
    expect(profiles.lateErrors()).toHaveLength(before);
  });
});

it('a domain that does not exist can not be updated', async () => {
  expect(await failure(pointAt(LATE_QUEUE_URL, 'nowhere'))).toEqual(NOT_FOUND);
});
