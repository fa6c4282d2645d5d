import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach } from 'vitest';
import type { QueueModel } from '../../../local/cloudformation/model.ts';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import type { Access } from '../../../local/iam/access.ts';
import { createSqs, type SqsService } from '../../../local/sqs/sqs.ts';

export const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
export const urlOf = (name: string): string => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;

/** A queue with the defaults of the template, but for what is given. */
export function queueOf(name: string, settings: Partial<QueueModel> = {}): QueueModel {
  return {
    name,
    arn: arnOf(name),
    url: urlOf(name),
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 345_600,
    receiveWaitSeconds: 0,
    maxMessageBytes: 1_048_576,
    ...settings,
  };
}

export interface QueueHost {
  readonly sqs: SqsService;
  readonly client: SQSClient;
  readonly url: string;
  /** Lets the time of the queues pass; waits are not shortened by it. */
  pass(seconds: number): void;
  /** What every call by HTTP is asked for from now on. */
  refuse(refusal: (access: Access) => string | undefined): void;
  /** Ends the service and opens it again on what it kept, with these queues. */
  restart(...queues: readonly QueueModel[]): Promise<void>;
}

/** Before each test a new SQS behind an endpoint, with a clock that the test turns. */
export function useQueues(...queues: readonly QueueModel[]): QueueHost {
  let directory: string;
  let endpoint: Endpoint;
  let sqs: SqsService;
  let client: SQSClient;
  let passed: number;
  let refusal: ((access: Access) => string | undefined) | undefined;

  function open(models: readonly QueueModel[]): void {
    const now = () => Date.now() + passed * 1000;
    sqs = createSqs({ directory, now, refuse: (_, access) => refusal?.(access) });
    for (const model of models) sqs.createQueue(model);
    endpoint.mount(sqs);
  }

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sqs-'));
    passed = 0;
    refusal = undefined;
    endpoint = await openEndpoint(0);
    open(queues);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new SQSClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await sqs.close();
    await endpoint.close();
    rmSync(directory, { recursive: true });
  });

  return {
    get sqs() {
      return sqs;
    },
    get client() {
      return client;
    },
    get url() {
      return endpoint.url;
    },
    pass(seconds) {
      passed += seconds;
    },
    refuse(asked) {
      refusal = asked;
    },
    async restart(...models) {
      await sqs.close();
      open(models);
    },
  };
}
