import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { writeLiveStack } from './live-stack.ts';

/** Ten minutes in six seconds. */
const TIME_SCALE = 0.01;

const folders: string[] = [];
let stack: EmbeddedStack;
let stateDirectory: string;

async function start(cdkOut: string): Promise<void> {
  folders.push(cdkOut);
  stack = await startStack({ cdkOut, stateDirectory, port: 0, timeScale: TIME_SCALE, onRefused: () => {} });
}

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'live-'));
  folders.push(stateDirectory);
});
afterEach(async () => {
  await stack.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Sends one event for each record. */
async function send(...records: readonly { id: string; is?: string }[]): Promise<void> {
  const { url: endpoint, region, credentials } = stack;
  const client = new EventBridgeClient({ endpoint, region, credentials });
  const Entries = records.map((record) => ({
    EventBusName: stack.outputs.Bus,
    Source: 'crm.example',
    DetailType: 'Customer Changed',
    Detail: JSON.stringify({ record }),
  }));
  expect(await client.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 });
  client.destroy();
}

/** What the function says it took: records and how often they were received. */
function taken(): string[] {
  const file = stack.logs.fileOf('/aws/lambda/mini-taker');
  const log = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [...log.matchAll(/took (\S+) at receive (\d+)/g)].map(([, id, receive]) => `${id}/${receive}`).sort();
}
const live = () => stack.sqs.messages('mini-live');
const dead = () =>
  stack.sqs.messages('mini-dead').map(({ body, attributes }) => ({ detail: JSON.parse(body).detail, attributes }));
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

it('an event comes by bus, rule and queue to the function, again if it asks for that, and to the dead letters', async () => {
  await start(writeLiveStack());
  await send({ id: 'a' }, { id: 'b', is: 'late' }, { id: 'c', is: 'bad' });
  await eventually(() => expect(taken()).toEqual(['a/1', 'b/2', 'c/1']));
  await eventually(() => expect(live()).toEqual([]));
  expect(dead()).toEqual([{ detail: { record: { id: 'c', is: 'bad' } }, attributes: { code: 'INVALID_EVENT' } }]);
});

it('an event that the function fails every time becomes a dead letter, which can be moved back', async () => {
  await start(writeLiveStack());
  await send({ id: 'a', is: 'broken' });
  await eventually(() => expect(dead()).toEqual([{ detail: { record: { id: 'a', is: 'broken' } }, attributes: {} }]));
  expect(live()).toEqual([]);

  const { url: endpoint, region, credentials } = stack;
  const client = new SQSClient({ endpoint, region, credentials });
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: stack.outputs.DeadArn }));
  client.destroy();
  expect(live()).toHaveLength(1);
});

it('an event that was taken is worked off after a restart, if it was not before', async () => {
  const cdkOut = writeLiveStack();
  await start(cdkOut);
  await send({ id: 'a', is: 'late' });
  await eventually(() => expect(live()).toMatchObject([{ received: 1 }]));
  await stack.close();
  await start(cdkOut);
  folders.pop();
  await eventually(() => expect(taken()).toEqual(['a/2']));
  await eventually(() => expect(live()).toEqual([]));
});

it('an event that the rule may not put into the queue is in the dead-letter queue, with the reason', async () => {
  await start(writeLiveStack({ open: false }));
  await send({ id: 'a' });
  const queue = stack.outputs.LiveArn;
  expect(live()).toEqual([]);
  expect(dead()).toEqual([
    {
      detail: { record: { id: 'a' } },
      attributes: {
        RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/live/mini-rule',
        TARGET_ARN: queue,
        ERROR_CODE: 'NO_PERMISSIONS',
        ERROR_MESSAGE: `events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: ${queue} because no resource-based policy allows the sqs:SendMessage action`,
      },
    },
  ]);
});

it('an event that nobody waits for and the function fails three times is in its dead-letter queue, with the reason', async () => {
  await start(writeLiveStack());
  stack.lambda.invokeLater(stack.outputs.Taker ?? '', { is: 'broken' });
  await eventually(() =>
    expect(stack.sqs.messages('mini-dead')).toMatchObject([
      {
        body: '{"is":"broken"}',
        attributes: {
          RequestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
          ErrorCode: '200',
          ErrorMessage: 'as asked',
        },
      },
    ]),
  );
});

it('counts the events, and every request to the queues, those of Lambda and EventBridge among them', async () => {
  await start(writeLiveStack());
  await send({ id: 'a' }, { id: 'b', is: 'bad' });
  await eventually(() => expect(taken()).toEqual(['a/1', 'b/1']));
  await eventually(() => expect(live()).toEqual([]));
  const { events, sqs } = stack.usage();

  expect(events).toEqual({ [String(stack.outputs.Bus)]: { events: 2 } });
  expect(sqs['mini-dead']).toEqual({ requests: 1 });
  // Each is sent; then they are received and deleted, together or not.
  expect(sqs['mini-live']?.requests).toBeGreaterThanOrEqual(4);
});
