import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadStack } from '../../local/cloudformation/template.ts';
import { smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack, testTemplate } from '../helpers/stack.ts';
import { type Capture, captureOf, emptyQueue, visibleMessages } from './captured.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';

const QUOTA = 40;
const MAPPING = smallMappingFile();

let test: TestStack;
let sqs: SQSClient;
let capture: Capture;
let lateErrors: string;
let exports = 0;
beforeAll(async () => {
  const settings = { latencyMs: { median: 10, spread: 0 } };
  test = await startTestStack({ quota: QUOTA, mapping: MAPPING, settings, timeScale: 0.1 });
  const { url: endpoint, region, credentials } = test.stack;
  sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  capture = captureOf(test);
  const { functions } = loadStack(await testTemplate({ quota: QUOTA, mapping: MAPPING }));
  lateErrors = functions.find(({ name }) => name.includes('lateerrors'))?.name ?? '';
});
afterAll(async () => {
  sqs.destroy();
  await test.stop();
});

/** A run of one customer; whether Customer Profiles fails on it after it was accepted. */
async function run(late: boolean) {
  exports += 1;
  test.stack.customerProfiles.configure({ fault: late ? { late: true } : undefined });
  return test.succeed(`export-${exports}.csv`, smallExport(1, 'Ann', `E${exports}-`));
}

describe('the alarm LateErrors', () => {
  it('fires when Customer Profiles fails on what it accepted, and recovers when it does so no more', async () => {
    await expectFiresAndRecovers('LateErrors', {
      async well() {
        await run(false);
        return capture.take('RejectedShare');
      },
      async trouble() {
        const { summary } = await run(true);
        expect(summary).toMatchObject({ synced: 1, rejected: 0 });
        // The message waits a little: after a call for a customer nobody else may write for some seconds.
        return capture.take('LateErrors', 1);
      },
      recoversIn: 3,
    });
  });
});

describe('the alarm LateErrorsWaiting', () => {
  /** Has LateErrors work on one message of a customer whom nobody knows, half an hour after it came. */
  async function attempt(fails: boolean) {
    const body = JSON.stringify({ domainName: 'demo', objectTypeName: 'Small', object: '{"id":"nobody"}' });
    const attributes = { SentTimestamp: String(Date.now() - 1_860_000) };
    const message = { messageId: 'm', receiptHandle: 'none', body, attributes, messageAttributes: {} };
    const broken = { ...message, body: 'unreadable', messageAttributes: { ' ': { stringValue: '-', dataType: '?' } } };
    await test.stack.lambda.invoke(lateErrors, { Records: [fails ? broken : message] });
    return capture.take('LateErrorsReturned');
  }

  it('fires when LateErrors fails on a message again and again, and recovers when it does not', async () => {
    await expectFiresAndRecovers('LateErrorsWaiting', { well: () => attempt(false), trouble: () => attempt(true) });
  });
});

describe('the alarm LateErrorsUnread', () => {
  const url = () => test.stack.outputs.LateErrorsDeadLetterQueueUrl ?? '';

  it('fires when the domain’s queue has what is not ours, and recovers when nobody keeps it any more', async () => {
    await expectFiresAndRecovers('LateErrorsUnread', {
      async well() {
        await emptyQueue(sqs, url());
        return visibleMessages(sqs, url(), '<LateErrorsDeadLetterQueue>');
      },
      async trouble() {
        const before = test.stack.sqs.messages(url()).length;
        const MessageBody = JSON.stringify({ domainName: 'demo', objectTypeName: 'Order', object: '{"orderId":"1"}' });
        await sqs.send(new SendMessageCommand({ QueueUrl: test.stack.outputs.DomainDeadLetterQueueUrl, MessageBody }));
        await vi.waitFor(() => expect(test.stack.sqs.messages(url())).toHaveLength(before + 1), { timeout: 60_000 });
        return visibleMessages(sqs, url(), '<LateErrorsDeadLetterQueue>');
      },
    });
  });
});
