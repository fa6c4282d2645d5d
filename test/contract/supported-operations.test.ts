import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as profiles from '@aws-sdk/client-customer-profiles';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as events from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import * as states from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchPutProfileObjectCommand } from '../../functions/shared/profiles/batch-put-profile-object.ts';
import { OPERATIONS } from '../../local/customer-profiles/operations.ts';
import { DEFAULT_SETTINGS } from '../../local/customer-profiles/settings.ts';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { writeMiniStack } from '../local/mini-stack.ts';

const page = readFileSync('docs/local.md', 'utf8');

/** What the first column of the first table under a heading of docs/local.md names. */
function documented(heading: string): string[] {
  const [, section = ''] = page.split(new RegExp(`^##+ ${heading}$`, 'm'));
  const table = section.split(/^##+ /m)[0]?.match(/(^\|.*\n)+/m)?.[0] ?? '';
  return [...table.matchAll(/^\| `([\w:]+)`/gm)].map(([, name = '']) => name).sort();
}

/** Every operation that the SDK's client knows. */
function operationsOf(client: object): string[] {
  return Object.keys(client).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
}

let stack: EmbeddedStack;
const folders: string[] = [];
beforeAll(async () => {
  folders.push(writeMiniStack(), mkdtempSync(join(tmpdir(), 'supported-')));
  const [cdkOut = '', stateDirectory = ''] = folders;
  stack = await startStack({ cdkOut, stateDirectory, port: 0 });
});
afterAll(async () => {
  await stack.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function call(service: string, init: { path?: string; target?: string; body?: string }) {
  const response = await fetch(`${stack.url}${init.path ?? '/'}`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.0',
      ...(init.target && { 'x-amz-target': init.target }),
    },
    body: init.body ?? '{}',
  });
  return { status: response.status, text: await response.text() };
}

/** The operations that are not answered with 501; one that is has to be named in the answer. */
async function supported(names: readonly string[], ask: (name: string) => ReturnType<typeof call>): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const { status, text } = await ask(name);
    if (status === 501) expect(text).toContain(name);
    else found.push(name);
  }
  return found.sort();
}

describe('docs/local.md lists what is supported, and all else is answered with 501 and its name:', () => {
  it.each([
    ['DynamoDB', 'dynamodb', 'DynamoDB_20120810', operationsOf(dynamodb)],
    ['Step Functions', 'states', 'AWSStepFunctions', operationsOf(states)],
    ['EventBridge', 'events', 'AWSEvents', operationsOf(events)],
    ['SQS', 'sqs', 'AmazonSQS', operationsOf(sqs)],
    ['All other services', 'kinesis', 'Kinesis_20131202', ['PutRecord', 'ListStreams']],
  ])('%s', async (heading, service, prefix, names) => {
    const found = await supported(names, (name) => call(service, { target: `${prefix}.${name}` }));
    expect(found).toEqual(documented(heading));
  });

  it.each([
    ['SNS', 'sns', operationsOf(sns)],
    ['CloudFormation', 'cloudformation', operationsOf(cloudformation)],
  ])('%s', async (heading, service, names) => {
    const found = await supported(names, (name) => call(service, { body: `Action=${name}` }));
    expect(found).toEqual(documented(heading));
  });

  it('Lambda', async () => {
    const path = '/2015-03-31/functions';
    expect((await call('lambda', { path: `${path}/nobody/invocations` })).status).toBe(404);
    expect(await call('lambda', { path })).toMatchObject({
      status: 501,
      text: expect.stringContaining(`POST ${path}`),
    });
    expect(documented('Lambda')).toEqual(['Invoke']);
  });

  it('Customer Profiles', () => {
    // The contract test calls them all.
    expect(Object.keys(OPERATIONS).sort()).toEqual(documented('Customer Profiles'));
    const known = [...operationsOf(profiles), BatchPutProfileObjectCommand.name.replace(/Command$/, '')];
    expect(known).toEqual(expect.arrayContaining(documented('Customer Profiles')));
  });

  it('S3', async () => {
    const client = new s3.S3Client({ endpoint: stack.url, region: stack.region, credentials: stack.credentials });
    const object = { Bucket: stack.outputs.Bucket, Key: 'parts' };
    const isAnswered = async (Command: typeof s3.GetObjectCommand, more: object): Promise<boolean> => {
      const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(object));
      // Each command takes of this what it knows.
      const input = { ...object, UploadId, CopySource: 'a/b', Body: 'x', Id: 'i', ...more };
      const status = await client.send(new Command(input)).then(
        () => 200,
        (error) => error.$metadata?.httpStatusCode,
      );
      return status !== undefined && status !== 501;
    };
    const found: string[] = [];
    for (const [command, Command] of Object.entries(s3)) {
      const name = /^([A-Z]\w+)Command$/.exec(command)?.[1];
      if (!name) continue;
      const variants = [{ PartNumber: 1 }, {}].map((more) => isAnswered(Command as typeof s3.GetObjectCommand, more));
      if ((await Promise.all(variants)).includes(true)) found.push(name);
    }
    client.destroy();
    expect(found.sort()).toEqual(documented('S3'));
  });

  it('the resource types of a template', () => {
    const table = readFileSync('local/cloudformation/template.ts', 'utf8');
    const types = [...table.matchAll(/^ {2}'(AWS::[\w:]+)':/gm)].map(([, type]) => type);
    expect(documented('What of a template it knows')).toEqual(types.sort());
  });

  it('the settings of the embedded Customer Profiles', () => {
    const settings = [...Object.keys(DEFAULT_SETTINGS), 'fault'].sort();
    expect(documented('Settings of the embedded Customer Profiles')).toEqual(settings);
  });
});
