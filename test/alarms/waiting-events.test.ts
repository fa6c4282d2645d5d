import { beforeEach, describe, it } from 'vitest';
import { queueOf, useQueues } from '../local/sqs/queue-host.ts';
import { emptyQueue } from './captured.ts';
import { type AlarmStory, expectFiresAndRecovers } from './fires-and-recovers.ts';

const QUEUE = queueOf('waiting');

const host = useQueues(QUEUE);
let passed: number;
beforeEach(() => {
  passed = 0;
});

/** What SQS tells CloudWatch of a queue that nobody reads: a message comes in, and so many seconds pass. */
function nobodyReads(QueueName: string, seconds: number): AlarmStory {
  function ageAfter(seconds: number) {
    host.pass(seconds);
    passed += seconds;
    const now = Date.now() + passed * 1_000;
    const oldest = Math.min(now, ...host.sqs.messages(QUEUE.name).map(({ sent }) => Date.parse(sent)));
    const value = (now - oldest) / 1_000;
    return [{ namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimensions: { QueueName }, value }];
  }
  return {
    async well() {
      await emptyQueue(host.client, QUEUE.url);
      return ageAfter(0);
    },
    async trouble() {
      host.sqs.send(QUEUE.arn, { body: '{}', attributes: {} }, { service: 'events.amazonaws.com' });
      return ageAfter(seconds);
    },
  };
}

describe('the alarm LateEvents', () => {
  it('fires when nobody takes events out of the queue, and recovers when somebody does', async () => {
    await expectFiresAndRecovers('LateEvents', nobodyReads('<LiveEventsLiveQueue>', 960));
  });
});

describe('the alarm LateErrorsWaiting', () => {
  it('fires when nobody takes late errors out of the domain’s queue, and recovers when somebody does', async () => {
    await expectFiresAndRecovers('LateErrorsWaiting', nobodyReads('<LateErrorsDomainDeadLetterQueue>', 1_860));
  });
});
