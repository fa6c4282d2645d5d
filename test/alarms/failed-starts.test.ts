import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { statementFor, without } from '../least-privilege/statements.ts';
import { emptyQueue, visibleMessages } from './captured.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';

const QUOTA = 40;

let test: TestStack;
let sqs: SQSClient;
let policies: readonly PolicyModel[];
let uploads = 0;
beforeAll(async () => {
  // Calls are refused on purpose.
  const onRefused = () => {};
  test = await startTestStack({ quota: QUOTA, mapping: smallMappingFile(), timeScale: 0.01, onRefused });
  const { url: endpoint, region, credentials } = test.stack;
  sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  policies = test.stack.iam.policies();
});
afterAll(async () => {
  sqs.destroy();
  await test.stop();
});

const url = () => test.stack.outputs.FailedStartsQueueUrl ?? '';
const visible = () => visibleMessages(sqs, url(), '<FailedStarts>');

/** Takes the statement that allows this away from the policy. */
function withdraw(policy: string, action: string): void {
  const statement = statementFor(policies, policy, action);
  const rest = policies.map((each) => (each === statement.policy ? without(each, statement) : each));
  test.stack.iam.putPolicies(rest);
}

/** Uploads a file without a header, with which a run fails at once. */
async function upload(): Promise<void> {
  uploads += 1;
  const Key = `exports/no-header-${uploads}.csv`;
  await test.clients.s3.send(
    new PutObjectCommand({ Bucket: test.stack.outputs.ExportBucketName, Key, Body: 'K1,Ann\n' }),
  );
}

async function isPutAside(): Promise<void> {
  const before = test.stack.sqs.messages(url()).length;
  await upload();
  await vi.waitFor(() => expect(test.stack.sqs.messages(url())).toHaveLength(before + 1), { timeout: 60_000 });
}

describe('the alarm FailedStarts', () => {
  it.each([
    ['an export starts no run', 'StateMachineEventsRole', 'states:StartExecution'],
    ['ReportFailure fails its event', 'FailureReport', 'sns:Publish'],
  ])('fires when %s, and recovers when the queue is empty again', async (_, policy, action) => {
    await expectFiresAndRecovers('FailedStarts', {
      async well() {
        test.stack.iam.putPolicies(policies);
        await emptyQueue(sqs, url());
        return visible();
      },
      async trouble() {
        withdraw(policy, action);
        await isPutAside();
        return visible();
      },
    });
  });
});
