import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import { createLambda, type FunctionInput, type LambdaService } from '../../../local/lambda/lambda.ts';
import { createLogs, type Logs } from '../../../local/logs/logs.ts';

let directory: string;
let logs: Logs;
let lambda: LambdaService;
let endpoint: Endpoint;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lambda-'));
  logs = createLogs({ directory: join(directory, 'logs') });
  endpoint = await openEndpoint(0);
  lambda = createLambda({ directory: join(directory, 'tmp'), endpointUrl: endpoint.url, logs });
  endpoint.mount(lambda);
});

afterEach(async () => {
  await lambda.close();
  await endpoint.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Makes a function of this module text, whose handler is exported as `handler`. */
function makeFunction(source: string, settings: Partial<FunctionInput> = {}): string {
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
    accessKeyId: `fn-${name}`,
    ...settings,
  });
  return name;
}

const logOf = (name: string): string => readFileSync(logs.fileOf(`/aws/lambda/${name}`), 'utf8');

describe('an event', () => {
  it('reaches the handler, and its result comes back', async () => {
    const name = makeFunction('export const handler = async (event) => ({ double: event.n * 2 });');

    const result = await lambda.invoke(name, { n: 21 });

    expect(result).toEqual({ statusCode: 200, executedVersion: '$LATEST', payload: { double: 42 } });
  });

  it('is answered with null if the handler returns nothing', async () => {
    const name = makeFunction('export const handler = async () => {};');
    expect(await lambda.invoke(name, {})).toMatchObject({ payload: null });
  });

  it('finds the function by its ARN, too', async () => {
    makeFunction('export const handler = async () => 1;');
    expect(await lambda.invoke('arn:aws:lambda:us-east-1:000000000000:function:tested', {})).toMatchObject({
      payload: 1,
    });
  });

  it('comes with the environment and the context that Lambda gives', async () => {
    const name = makeFunction(
      `import { tmpdir } from 'node:os';
       export const handler = async (event, context) => ({
         variables: process.env, tmp: tmpdir(), cwd: process.cwd(), memory: context.memoryLimitInMB,
         arn: context.invokedFunctionArn, remaining: context.getRemainingTimeInMillis(), id: context.awsRequestId,
       });`,
      { environment: { RUN_BUCKET: 'runs' }, timeoutSeconds: 20 },
    );
    process.env.NOT_FOR_FUNCTIONS = 'secret of the host';

    const { payload } = (await lambda.invoke(name, {})) as { payload: Record<string, unknown> };
    delete process.env.NOT_FOR_FUNCTIONS;

    expect(payload.variables).toMatchObject({
      RUN_BUCKET: 'runs',
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ACCESS_KEY_ID: 'fn-tested',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'tested',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    });
    expect(payload.variables).not.toHaveProperty('NOT_FOR_FUNCTIONS');
    expect(payload.cwd).toBe(join(directory, 'code', 'tested'));
    expect(String(payload.tmp).startsWith(join(directory, 'tmp'))).toBe(true);
    expect(payload.arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:tested');
    expect(payload.memory).toBe('256');
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(20_000);
    expect(payload.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('of more than 6 MB is refused', async () => {
    const name = makeFunction('export const handler = async () => 1;');
    await expect(lambda.invoke(name, 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject({
      error: 'Lambda.RequestTooLargeException',
    });
  });

  it('for a function that does not exist is refused', async () => {
    await expect(lambda.invoke('nobody', {})).rejects.toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });
});

describe('a function error', () => {
  it.each([
    {
      title: 'a thrown error has the name, message and stack that were thrown',
      source: `export const handler = async () => { throw Object.assign(new Error('3 rows left'), { name: 'ItemsThrottled' }); };`,
      error: {
        errorType: 'ItemsThrottled',
        errorMessage: '3 rows left',
        trace: expect.arrayContaining([expect.stringContaining('3 rows left')]),
      },
    },
    {
      title: 'an error thrown by the module itself fails the first event',
      source: `throw new TypeError('no configuration'); export const handler = async () => 1;`,
      error: { errorType: 'TypeError', errorMessage: 'no configuration' },
    },
    {
      title: 'a handler that is not exported is named',
      source: 'export const other = 1;',
      error: { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' },
    },
    {
      title: 'an unhandled rejection ends the environment',
      source: `export const handler = () => { Promise.reject(new Error('nobody waits')); return new Promise(() => {}); };`,
      error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: nobody waits' },
    },
    {
      title: 'process.exit is a crash with its status',
      source: 'export const handler = async () => process.exit(7);',
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 7$/,
        ),
      },
    },
    {
      title: 'an answer of more than 6 MB is an error',
      source: `export const handler = async () => 'x'.repeat(6 * 1024 * 1024);`,
      error: { errorType: 'Function.ResponseSizeTooLarge' },
    },
  ])('$title', async ({ source, error }) => {
    const name = makeFunction(source);
    expect(await lambda.invoke(name, {})).toMatchObject({ functionError: error });
  });

  it('leaves the environment warm after a thrown error and replaces it after a crash', async () => {
    const name = makeFunction(`
      export const handler = async (event) => {
        if (event.what === 'throw') throw new Error('again');
        if (event.what === 'crash') process.kill(process.pid, 'SIGKILL');
        return process.pid;
      };`);

    const first = await lambda.invoke(name, {});
    await lambda.invoke(name, { what: 'throw' });
    const afterThrow = await lambda.invoke(name, {});
    const crash = await lambda.invoke(name, { what: 'crash' });
    const afterCrash = await lambda.invoke(name, {});

    expect(afterThrow).toEqual(first);
    expect(crash).toMatchObject({
      functionError: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
    expect(afterCrash).toMatchObject({ statusCode: 200 });
    expect(afterCrash).not.toEqual(first);
  });

  it('follows when the environment is killed from outside in the middle of an event', async () => {
    const name = makeFunction(
      `export const handler = () => { console.log('at work'); return new Promise(() => {}); };`,
    );
    const invoked = lambda.invoke(name, {});
    await vi.waitFor(() => expect(logOf(name)).toContain('at work'), { timeout: 30_000 });
    const started = lambda.environments(name).map(({ pid }) => pid);
    for (const pid of started) if (pid) process.kill(pid, 'SIGKILL');

    expect(started).toHaveLength(1);
    expect(await invoked).toMatchObject({ functionError: { errorType: 'Runtime.ExitError' } });
  });

  it('follows when the time is over, even if the function blocks its process', async () => {
    const name = makeFunction('export const handler = async () => { for (;;); };', { timeoutSeconds: 1 });

    const result = await lambda.invoke(name, {});

    expect(result).toEqual({
      functionError: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/),
      },
    });
    expect(await lambda.invoke(makeFunction('export const handler = async () => 1;'), {})).toMatchObject({
      payload: 1,
    });
  });

  it('follows when the function takes more memory than it has, outside the heap, too', async () => {
    const name = makeFunction(
      `const kept = [];
       export const handler = async () => {
         for (;;) { kept.push(Buffer.alloc(16 * 1024 * 1024, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); }
       };`,
      { memoryMb: 192 },
    );
    expect(await lambda.invoke(name, {})).toMatchObject({
      functionError: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
  });
});

describe('execution environments', () => {
  const SLOW =
    'export const handler = async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return process.pid; };';

  it('take one event at a time each', async () => {
    const name = makeFunction(SLOW);

    const results = await Promise.all([lambda.invoke(name, 300), lambda.invoke(name, 300), lambda.invoke(name, 300)]);

    expect(new Set(results.map((result) => ('payload' in result ? result.payload : undefined))).size).toBe(3);
  });

  it('import the handler once and are used again', async () => {
    const name = makeFunction(
      'let imports = 0; imports++; let events = 0; export const handler = async () => [imports, ++events];',
    );
    await lambda.invoke(name, {});
    expect(await lambda.invoke(name, {})).toMatchObject({ payload: [1, 2] });
    expect(lambda.environments(name)).toHaveLength(1);
  });

  it('are no more than the reserved concurrency: a call over it is throttled, and one after it is not', async () => {
    const name = makeFunction(SLOW, { reservedConcurrency: 1 });
    const running = lambda.invoke(name, 300);

    await expect(lambda.invoke(name, 0)).rejects.toMatchObject({ error: 'Lambda.TooManyRequestsException' });
    await running;
    expect(await lambda.invoke(name, 0)).toMatchObject({ statusCode: 200 });
  });

  it('finish their event when nobody waits any more', async () => {
    const name = makeFunction(`${SLOW.replace('return process.pid', "console.log('finished')")}`);
    const stop = new AbortController();
    const waiting = lambda.invoke(name, 500, { signal: stop.signal });
    stop.abort(new Error('stopped'));

    await expect(waiting).rejects.toThrow('stopped');
    await lambda.invoke(name, 600);
    expect(logOf(name).match(/finished/g)).toHaveLength(2);
  });

  it('are gone with their temporary files when the service closes, at work or not', async () => {
    const name = makeFunction('export const handler = () => new Promise(() => {});');
    const invoked = lambda.invoke(name, {});
    const [environment] = lambda.environments(name);
    await lambda.close();

    expect(await invoked).toMatchObject({ functionError: { errorType: 'Runtime.ExitError' } });
    expect(() => process.kill(Number(environment?.pid), 0)).toThrow('ESRCH');
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
  });
});

describe('what a function writes', () => {
  it('goes to its log group line by line, standard error included', async () => {
    const name = makeFunction(
      `export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };`,
    );
    await lambda.invoke(name, {});
    await lambda.close();
    for (const line of ['one', 'two', 'three']) expect(logOf(name)).toMatch(new RegExp(`\\] ${line}$`, 'm'));
  });

  it('becomes metrics if it is EMF', async () => {
    const emf = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['service']], Metrics: [{ Name: 'rows' }] }],
      },
      service: 'sync',
      rows: [2, 3],
    };
    const name = makeFunction(
      `export const handler = async () => console.log(${JSON.stringify(JSON.stringify(emf))});`,
    );
    await lambda.invoke(name, {});
    await lambda.invoke(name, {});
    await lambda.close();
    expect(logs.metrics.query({ namespace: 'N', name: 'rows' })).toEqual([
      { namespace: 'N', name: 'rows', dimensions: { service: 'sync' }, count: 4, sum: 10, minimum: 2, maximum: 3 },
    ]);
  });
});

describe("Lambda's HTTP API", () => {
  const call = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${endpoint.url}${path}`, {
      method: 'POST',
      body,
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/lambda/aws4_request',
        ...headers,
      },
    });

  it('answers Invoke with the result', async () => {
    makeFunction('export const handler = async (event) => event;');
    const response = await call('/2015-03-31/functions/tested/invocations', '{"a":1}');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ a: 1 });
  });

  it('marks a function error', async () => {
    makeFunction(`export const handler = async () => { throw new RangeError('too far'); };`);
    const response = await call('/2015-03-31/functions/tested/invocations', '{}');
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await response.json()).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });

  it.each([
    ['a missing function', '/2015-03-31/functions/nobody/invocations', {}, 404],
    ['an asynchronous call', '/2015-03-31/functions/tested/invocations', { 'x-amz-invocation-type': 'Event' }, 501],
    ['another operation', '/2015-03-31/functions', {}, 501],
  ])('refuses %s', async (_, path, headers, status) => {
    expect((await call(path, '{}', headers)).status).toBe(status);
  });
});
