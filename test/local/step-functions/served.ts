import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeExecutionCommand, type DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { createMeter, type Usage } from '../../../local/meter.ts';
import type { BusEvent } from '../../../local/service.ts';
import type { Integrations, LambdaResult } from '../../../local/states/integrations.ts';
import type { Json } from '../../../local/states/json.ts';
import { createStepFunctions, type StepFunctionsService } from '../../../local/step-functions/step-functions.ts';

export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:profile-sync';
export const ROLE_ARN = 'arn:aws:iam::000000000000:role/states';

export interface ServedSetting {
  /** A directory of an earlier service; a new one otherwise. */
  readonly directory?: string;
  readonly lambda?: (payload: Json, signal: AbortSignal) => unknown;
  /** What every object holds. */
  readonly object?: string;
}

export interface Served {
  readonly service: StepFunctionsService;
  readonly client: SFNClient;
  readonly directory: string;
  readonly url: string;
  readonly events: BusEvent[];
  usage(): Usage['stepFunctions'];
  /** Makes the machine `profile-sync`. */
  machine(definition: object): void;
  /** Describes an execution once it has ended. */
  ended(executionArn: string | undefined): Promise<DescribeExecutionOutput>;
  /** @param keep leaves the directory, as a process that ends does. */
  close(options?: { keep: boolean }): Promise<void>;
}

/** The embedded Step Functions behind a real HTTP server and the real client. */
export async function serve({ lambda = () => ({}), object = '', ...setting }: ServedSetting = {}): Promise<Served> {
  const directory = setting.directory ?? mkdtempSync(join(tmpdir(), 'step-functions-'));
  const integrations: Integrations = {
    async invokeLambda(_, payload, { signal }): Promise<LambdaResult> {
      try {
        return { statusCode: 200, executedVersion: '$LATEST', payload: await lambda(payload, signal) };
      } catch (error) {
        const { name, message } = error as Error;
        return { functionError: { errorType: name, errorMessage: message } };
      }
    },
    publish: async () => ({ MessageId: 'm-1' }),
    async *readObject() {
      yield Buffer.from(object);
    },
  };
  const events: BusEvent[] = [];
  const onEvent = (event: BusEvent) => void events.push(event);
  const { count, usage } = createMeter();
  const service = createStepFunctions({
    directory,
    integrations,
    onEvent,
    timeScale: 0.001,
    count: count.stepFunctions,
  });
  const server = createServer((request, response) => void service.handle(request, response, { accessKeyId: 'test' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SFNClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    service,
    client,
    directory,
    url,
    events,
    usage: () => usage().stepFunctions,
    machine: (definition) =>
      service.createStateMachine({
        name: 'profile-sync',
        arn: MACHINE_ARN,
        roleArn: ROLE_ARN,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
      }),
    async ended(executionArn) {
      for (;;) {
        const described = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (described.status !== 'RUNNING') return described;
      }
    },
    async close({ keep } = { keep: false }) {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.close();
      if (!keep) rmSync(directory, { recursive: true });
    },
  };
}

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
};

export const PASSING = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
export const INVOKING = { StartAt: 'Invoke', States: { Invoke: INVOKE } };

export function mapping(more: object = {}) {
  const map = {
    Type: 'Map',
    Label: 'SyncChunks',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: 'b', Key: 'k' },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'SyncChunk',
      States: { SyncChunk: INVOKE },
    },
    End: true,
    ...more,
  };
  return { StartAt: 'SyncChunks', States: { SyncChunks: map } };
}

/** One number per line. */
export function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `${n}\n`).join('');
}
