import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import {
  createLambda,
  type FunctionInput,
  type LambdaOptions,
  type LambdaService,
} from '../../../local/lambda/lambda.ts';
import { createLogs, type Logs } from '../../../local/logs/logs.ts';

/** The embedded Lambda behind its endpoint; its waits take no time. */
export interface FunctionHost {
  readonly lambda: LambdaService;
  readonly endpoint: Endpoint;
  readonly logs: Logs;
  readonly directory: string;
  /** Name of the function and type of the error of each event that was lost. */
  readonly lost: string[];
  /** Makes a function of this module text, whose handler is exported as `handler`; returns its name. */
  makeFunction(source: string, settings?: Partial<FunctionInput>): string;
  /** What the function wrote. */
  logOf(name: string): string;
}

/** A host of its own for each test of the file, or of the `describe` that calls it. */
export function hostFunctions(options: Pick<LambdaOptions, 'initTimeoutMs'> = {}): FunctionHost {
  let host: FunctionHost | undefined;
  const current = (): FunctionHost => {
    if (!host) throw new Error('There is a host only while a test runs.');
    return host;
  };
  beforeEach(async () => {
    host = await startHost(options);
  });
  afterEach(async () => {
    const { lambda, endpoint, directory } = current();
    await lambda.close();
    await endpoint.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    get lambda() {
      return current().lambda;
    },
    get endpoint() {
      return current().endpoint;
    },
    get logs() {
      return current().logs;
    },
    get directory() {
      return current().directory;
    },
    get lost() {
      return current().lost;
    },
    makeFunction: (source, settings) => current().makeFunction(source, settings),
    logOf: (name) => current().logOf(name),
  };
}

async function startHost(options: Pick<LambdaOptions, 'initTimeoutMs'>): Promise<FunctionHost> {
  const directory = mkdtempSync(join(tmpdir(), 'lambda-'));
  const logs = createLogs({ directory: join(directory, 'logs') });
  const endpoint = await openEndpoint(0);
  const lost: string[] = [];
  const lambda = createLambda({
    ...options,
    directory: join(directory, 'tmp'),
    endpointUrl: endpoint.url,
    logs,
    timeScale: 0,
    onLost: ({ name }, { errorType }) => lost.push(`${name} ${errorType}`),
  });
  endpoint.mount(lambda);
  return {
    lambda,
    endpoint,
    logs,
    directory,
    lost,
    makeFunction(source, settings = {}) {
      const name = settings.name ?? 'tested';
      const codeDirectory = join(directory, 'code', name);
      mkdirSync(codeDirectory, { recursive: true });
      writeFileSync(join(codeDirectory, 'index.mjs'), source);
      lambda.createFunction({
        name,
        codeDirectory,
        handler: 'index.handler',
        environment: {},
        timeoutSeconds: 30,
        memoryMb: 256,
        logGroup: `/aws/lambda/${name}`,
        roleArn: 'arn:aws:iam::000000000000:role/worker',
        accessKeyId: `fn-${name}`,
        ...settings,
      });
      return name;
    },
    logOf: (name) => readFileSync(logs.fileOf(`/aws/lambda/${name}`), 'utf8'),
  };
}
