import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import { createSns, type SnsService } from '../../../local/sns/sns.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
let directory: string;
let endpoint: Endpoint;
let sns: SnsService;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sns-'));
  sns = createSns({ directory });
  sns.createTopic(TOPIC);
  endpoint = await openEndpoint(0);
  endpoint.mount(sns);
});

afterEach(async () => {
  await endpoint.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A call as an SDK makes it: a form, answered with XML. */
async function call(form: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    body: new URLSearchParams({ Version: '2010-03-31', ...form }),
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sns/aws4_request' },
  });
  return { status: response.status, text: await response.text() };
}

it('keeps every message where a person and a later start find it', async () => {
  const { MessageId } = sns.publish({ TopicArn: TOPIC, Subject: 'Run failed', Message: 'line one\nline two' });
  const notices = createSns({ directory }).notices();

  expect(notices).toEqual([
    { TopicArn: TOPIC, Subject: 'Run failed', Message: 'line one\nline two', MessageId, time: expect.any(String) },
  ]);
  expect(readFileSync(sns.noticesFile, 'utf8')).toContain('Run failed');
});

it('takes Publish over HTTP', async () => {
  const { status, text } = await call({ Action: 'Publish', TopicArn: TOPIC, Message: 'a & b < c', Subject: 'S' });
  const [notice] = sns.notices();

  expect(status).toBe(200);
  expect(notice).toMatchObject({ Message: 'a & b < c', Subject: 'S' });
  expect(text).toContain(`<PublishResult><MessageId>${notice?.MessageId}</MessageId></PublishResult>`);
});

it.each([
  ['a topic that does not exist', { Action: 'Publish', TopicArn: `${TOPIC}-other`, Message: 'x' }, 404, 'NotFound'],
  ['an empty message', { Action: 'Publish', TopicArn: TOPIC, Message: '' }, 400, 'InvalidParameter'],
  [
    'a message over 256 KiB',
    { Action: 'Publish', TopicArn: TOPIC, Message: 'x'.repeat(262_145) },
    400,
    'InvalidParameter',
  ],
  [
    'a subject of 100 characters',
    { Action: 'Publish', TopicArn: TOPIC, Message: 'x', Subject: 'y'.repeat(100) },
    400,
    'InvalidParameter',
  ],
  ['an operation it does not have', { Action: 'CreateTopic', Name: 'x' }, 501, 'CreateTopic'],
])('refuses %s, and nothing is published', async (_, form, status, word) => {
  const answer = await call(form as Record<string, string>);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(word);
  expect(sns.notices()).toEqual([]);
});
