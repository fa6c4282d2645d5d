import {
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { arnOf, queueOf, urlOf, useQueues } from './queue-host.ts';

const LIVE = queueOf('live', { redrive: { deadLetterArn: arnOf('dead'), maxReceiveCount: 1 } });
const host = useQueues(LIVE, queueOf('dead'), queueOf('other'));

const send = (name: string, MessageBody: string) =>
  host.client.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody }));
const move = (source: string, destination?: string) =>
  host.client.send(
    new StartMessageMoveTaskCommand({
      SourceArn: arnOf(source),
      DestinationArn: destination === undefined ? undefined : arnOf(destination),
    }),
  );
const tasks = async (name: string) =>
  (await host.client.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf(name), MaxResults: 10 }))).Results;
const bodies = (name: string) => host.sqs.messages(name).map(({ body }) => body);

/** Sends a message that has one receive, and another that has it go to the dead-letter queue. */
async function bury(body: string): Promise<void> {
  await send('live', body);
  for (let times = 0; times < 2; times++) {
    await host.client.send(new ReceiveMessageCommand({ QueueUrl: urlOf('live'), VisibilityTimeout: 0 }));
  }
}

it('dead letters go back to the queue that they came from, as new messages', async () => {
  await bury('m');
  const [dead] = host.sqs.messages('dead');
  const { TaskHandle } = await move('dead');
  expect(TaskHandle).toEqual(expect.any(String));
  expect(host.sqs.messages('dead')).toEqual([]);
  const [moved] = host.sqs.messages('live');
  expect(moved).toMatchObject({ body: 'm', received: 0 });
  expect(moved?.id).not.toBe(dead?.id);
  expect(await tasks('dead')).toMatchObject([
    { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 },
  ]);
});

it('a dead letter that was sent to the queue itself has nowhere to go back to: it goes where it is told only', async () => {
  await send('dead', 'm');
  await move('dead');
  expect(bodies('dead')).toEqual(['m']);
  await move('dead', 'live');
  expect([bodies('dead'), bodies('live')]).toEqual([[], ['m']]);
  expect(await tasks('dead')).toMatchObject([
    { Status: 'COMPLETED', DestinationArn: arnOf('live') },
    { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource', ApproximateNumberOfMessagesMoved: 0 },
  ]);
});

it('whoever waits at the destination gets what was moved', async () => {
  await send('dead', 'm');
  const waiting = host.client.send(new ReceiveMessageCommand({ QueueUrl: urlOf('other'), WaitTimeSeconds: 20 }));
  await move('dead', 'other');
  expect((await waiting).Messages).toMatchObject([{ Body: 'm' }]);
});

it('a message in flight is not moved', async () => {
  await send('dead', 'm');
  await host.client.send(new ReceiveMessageCommand({ QueueUrl: urlOf('dead') }));
  await move('dead', 'live');
  expect([bodies('dead'), bodies('live')]).toEqual([['m'], []]);
});

it.each([
  ['from a queue that has no dead letters', () => move('live', 'other'), 'configured as a Dead Letter Queue'],
  ['to itself', () => move('dead', 'dead'), 'cannot be the same'],
  ['to a queue that there is not', () => move('dead', 'nobody'), 'does not exist'],
])('a move %s is refused', async (_, call, words) => {
  await expect(call()).rejects.toThrow(words);
});

it('a move without permission is refused', async () => {
  host.refuse(({ action, resource }) => `${action} on ${resource}`);
  await expect(move('dead', 'live')).rejects.toThrow(`sqs:StartMessageMoveTask on ${arnOf('dead')}`);
  await expect(tasks('dead')).rejects.toThrow(`sqs:ListMessageMoveTasks on ${arnOf('dead')}`);
});
