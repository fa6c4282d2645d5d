import { describe, it } from 'vitest';
import { queueOf, useQueues } from '../local/sqs/queue-host.ts';
import { emptyQueue } from './captured.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';

const LIVE = queueOf('live');
const SIXTEEN_MINUTES_S = 960;

const host = useQueues(LIVE);

describe('the alarm LateEvents', () => {
  /** What SQS tells CloudWatch, so many seconds after the last look. */
  function ageAfter(seconds: number) {
    host.pass(seconds);
    passed += seconds;
    const now = Date.now() + passed * 1_000;
    const oldest = Math.min(now, ...host.sqs.messages(LIVE.name).map(({ sent }) => Date.parse(sent)));
    const dimensions = { QueueName: '<LiveEventsLiveQueue>' };
    const value = (now - oldest) / 1_000;
    return [{ namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimensions, value }];
  }
  let passed = 0;

  it('fires when nobody takes events out of the queue, and recovers when somebody does', async () => {
    await expectFiresAndRecovers('LateEvents', {
      async well() {
        await emptyQueue(host.client, LIVE.url);
        return ageAfter(0);
      },
      async trouble() {
        host.sqs.send(LIVE.arn, { body: '{}', attributes: {} }, { service: 'events.amazonaws.com' });
        return ageAfter(SIXTEEN_MINUTES_S);
      },
    });
  });
});
