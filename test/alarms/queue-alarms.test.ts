import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, it } from 'vitest';
import { createLostEvents } from '../../local/lambda/lost-events.ts';
import { queueOf, useQueues } from '../local/sqs/queue-host.ts';
import { visibleMessages } from './captured.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';

const LIVE = queueOf('live');
const FAILED_STARTS = queueOf('failed-starts');
const SIXTEEN_MINUTES_S = 960;

const host = useQueues(LIVE, FAILED_STARTS);

/** Takes whatever there is out of a queue. */
async function empty({ url: QueueUrl }: typeof LIVE): Promise<void> {
  const { Messages = [] } = await host.client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) {
    await host.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}

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
        await empty(LIVE);
        return ageAfter(0);
      },
      async trouble() {
        host.sqs.send(LIVE.arn, { body: '{}', attributes: {} }, { service: 'events.amazonaws.com' });
        return ageAfter(SIXTEEN_MINUTES_S);
      },
    });
  });
});

describe('the alarm FailedStarts', () => {
  it('fires when an event that a function failed is put aside, and recovers when the queue is empty again', async () => {
    const name = 'WatchRuns';
    const functions = [
      {
        name,
        codeDirectory: '',
        handler: '',
        environment: {},
        timeoutSeconds: 60,
        memoryMb: 256,
        logGroup: '',
        roleArn: 'arn:aws:iam::000000000000:role/watch',
        deadLetterArn: FAILED_STARTS.arn,
      },
    ];
    const visible = () => visibleMessages(host.client, FAILED_STARTS.url, '<FailedStarts>');
    await expectFiresAndRecovers('FailedStarts', {
      async well() {
        await empty(FAILED_STARTS);
        return visible();
      },
      trouble() {
        const lose = createLostEvents({ functions, sqs: host.sqs, tell() {} });
        lose({ name, payload: '{}', requestId: 'request' }, { errorType: 'UnexpectedError', errorMessage: 'as asked' });
        return visible();
      },
    });
  });
});
