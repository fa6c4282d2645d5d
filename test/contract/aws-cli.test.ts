import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { CUSTOMER, DOMAIN } from '../local/customer-profiles/profiles-fixture.ts';
import { writeMiniStack } from '../local/mini-stack.ts';
import { arnOf, queueOf, urlOf } from '../local/sqs/queue-host.ts';

const isInstalled = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!isInstalled) console.warn('The AWS CLI is not installed: it is not tried on the embedded stack.');

describe.skipIf(!isInstalled)('the AWS CLI, pointed at the endpoint by environment variables alone', () => {
  const folders: string[] = [];
  let stack: EmbeddedStack;
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    folders.push(home, writeMiniStack());
    stack = await startStack({ cdkOut: folders[1] ?? '', stateDirectory: join(home, 'state'), port: 0 });
    stack.customerProfiles.createDomain(DOMAIN);
    stack.customerProfiles.putObjectType(DOMAIN, CUSTOMER);
  });
  afterAll(async () => {
    await stack.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** What the command prints; it fails if the command does. */
  async function aws(...parameters: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('aws', parameters, {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AWS_ENDPOINT_URL: stack.url,
        AWS_REGION: stack.region,
        AWS_DEFAULT_REGION: stack.region,
        AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
      },
    });
    return stdout;
  }
  const json = async (...parameters: string[]) => JSON.parse(await aws(...parameters, '--output', 'json'));

  it('uploads an export, which runs the state machine, and reads what came of it', async () => {
    const bucket = stack.outputs.Bucket ?? '';
    writeFileSync(join(home, 'export.csv'), 'id\n1\n');
    await aws('s3', 'cp', 'export.csv', `s3://${bucket}/in/export.csv`);
    expect(await aws('s3', 'ls')).toContain(bucket);
    expect(await aws('s3', 'ls', `s3://${bucket}/in/`)).toContain('export.csv');
    expect(await aws('s3', 'cp', `s3://${bucket}/in/export.csv`, '-')).toBe('id\n1\n');

    const machine = ['--state-machine-arn', stack.outputs.Machine ?? ''];
    await vi.waitFor(
      async () => {
        const { executions } = await json('stepfunctions', 'list-executions', ...machine);
        expect(executions).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 0 }]);
      },
      { timeout: 60_000 },
    );
    const { TableNames } = await json('dynamodb', 'list-tables');
    const { Items } = await json('dynamodb', 'scan', '--table-name', TableNames[0]);
    expect(Items).toEqual([{ pk: { S: 'in/export.csv' }, seen: { N: '1' } }]);
  });

  it('puts a profile object and finds its profile', async () => {
    const put = [
      '--domain-name',
      DOMAIN,
      '--object-type-name',
      'Customer',
      '--object',
      '{"customerId":"A","firstName":"Ann"}',
    ];
    expect(await json('customer-profiles', 'put-profile-object', ...put)).toHaveProperty('ProfileObjectUniqueKey');
    const search = ['--domain-name', DOMAIN, '--key-name', 'customerKey', '--values', 'A'];
    expect(await json('customer-profiles', 'search-profiles', ...search)).toMatchObject({
      Items: [{ FirstName: 'Ann' }],
    });
  });

  it('sends a message, receives it, and moves dead letters', async () => {
    const redrive = { deadLetterArn: arnOf('dead'), maxReceiveCount: 1 };
    for (const queue of [queueOf('live', { redrive }), queueOf('dead')]) stack.sqs.createQueue(queue);
    // Version 1 of the CLI has an endpoint of its own for SQS, which only the option overrides.
    const sqs = (...parameters: string[]) => aws('sqs', ...parameters, '--output', 'json', '--endpoint-url', stack.url);
    await sqs('send-message', '--queue-url', urlOf('dead'), '--message-body', '{"name":"花子"}');
    await sqs('start-message-move-task', '--source-arn', arnOf('dead'), '--destination-arn', arnOf('live'));
    const { Messages } = JSON.parse(await sqs('receive-message', '--queue-url', urlOf('live')));
    expect(Messages).toMatchObject([{ Body: '{"name":"花子"}' }]);
  });

  it.each([
    ['CreateQueue', 'SQS', ['sqs', 'create-queue', '--queue-name', 'x']],
    ['ListRules', 'EventBridge', ['events', 'list-rules']],
    ['CreateTopic', 'SNS', ['sns', 'create-topic', '--name', 'x']],
    ['CreateProfile', 'Customer Profiles', ['customer-profiles', 'create-profile', '--domain-name', DOMAIN]],
    ['ListActivities', 'Step Functions', ['stepfunctions', 'list-activities']],
  ])('is told that %s of %s is not supported', async (operation, service, parameters) => {
    // Version 1 of the CLI has an endpoint of its own for SQS, which only the option overrides.
    const failure = await aws(...parameters, '--endpoint-url', stack.url).then(
      () => undefined,
      ({ stderr }: { stderr: string }) => stderr,
    );
    const [, answer = ''] = failure?.split(/operation.*?: /) ?? [];
    expect(answer).toContain(operation);
    expect(answer).toContain(service);
  });
});
