import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { hostFunctions } from './function-host.ts';

const host = hostFunctions();

describe('an event', () => {
  it('reaches the handler, and its result comes back', async () => {
    const name = host.makeFunction('export const handler = async (event) => ({ double: event.n * 2 });');

    const result = await host.lambda.invoke(name, { n: 21 });

    expect(result).toEqual({ statusCode: 200, executedVersion: '$LATEST', payload: { double: 42 } });
  });

  it('is answered with null if the handler returns nothing', async () => {
    const name = host.makeFunction('export const handler = async () => {};');
    expect(await host.lambda.invoke(name, {})).toMatchObject({ payload: null });
  });

  it('finds the function by its ARN, too', async () => {
    host.makeFunction('export const handler = async () => 1;');
    expect(await host.lambda.invoke('arn:aws:lambda:us-east-1:000000000000:function:tested', {})).toMatchObject({
      payload: 1,
    });
  });

  it('comes with the environment and the context that Lambda gives', async () => {
    const name = host.makeFunction(
      `import { tmpdir } from 'node:os';
       export const handler = async (event, context) => ({
         variables: process.env, tmp: tmpdir(), cwd: process.cwd(), memory: context.memoryLimitInMB,
         arn: context.invokedFunctionArn, remaining: context.getRemainingTimeInMillis(), id: context.awsRequestId,
       });`,
      { environment: { RUN_BUCKET: 'runs' }, timeoutSeconds: 20 },
    );
    process.env.NOT_FOR_FUNCTIONS = 'secret of the host';

    const { payload } = (await host.lambda.invoke(name, {})) as { payload: Record<string, unknown> };
    delete process.env.NOT_FOR_FUNCTIONS;

    expect(payload.variables).toMatchObject({
      RUN_BUCKET: 'runs',
      AWS_ENDPOINT_URL: host.endpoint.url,
      AWS_ACCESS_KEY_ID: 'fn-tested',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'tested',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    });
    expect(payload.variables).not.toHaveProperty('NOT_FOR_FUNCTIONS');
    expect(payload.cwd).toBe(join(host.directory, 'code', 'tested'));
    expect(String(payload.tmp).startsWith(join(host.directory, 'tmp'))).toBe(true);
    expect(payload.arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:tested');
    expect(payload.memory).toBe('256');
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(20_000);
    expect(payload.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('of more than 6 MB is refused', async () => {
    const name = host.makeFunction('export const handler = async () => 1;');
    await expect(host.lambda.invoke(name, 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject({
      error: 'Lambda.RequestTooLargeException',
    });
  });

  it('for a function that does not exist is refused', async () => {
    await expect(host.lambda.invoke('nobody', {})).rejects.toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
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
      title: 'a handler that is no function is named',
      source: 'export const handler = 1;',
      error: { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is not a function' },
    },
    {
      title: 'a handler with a callback is refused, as by nodejs24.x',
      source: 'export const handler = (event, context, callback) => callback(null, 1);',
      error: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    },
    {
      title: 'a module with a syntax error is refused',
      source: 'export const handler = async () => {',
      error: { errorType: 'Runtime.UserCodeSyntaxError', errorMessage: expect.stringMatching(/^SyntaxError: /) },
    },
    {
      title: 'a package that the bundle lacks is named',
      source: "import 'not-bundled'; export const handler = async () => 1;",
      error: { errorType: 'Error', errorMessage: expect.stringContaining("Cannot find package 'not-bundled'") },
    },
    {
      title: 'something thrown that is no error is named by its type',
      source: `export const handler = async () => { throw 'a text'; };`,
      error: { errorType: 'string', errorMessage: 'a text', trace: [] },
    },
    {
      title: 'a result that JSON does not know is an error',
      source: 'export const handler = async () => 1n;',
      error: { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
    },
    {
      title: 'an error that nobody caught ends the environment',
      source: `export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError('late'); }));`,
      error: { errorType: 'RangeError', errorMessage: 'late' },
    },
    {
      title: 'a handler whose promise can settle no more is noticed at once',
      source: 'export const handler = () => new Promise(() => {});',
      error: { errorType: 'Runtime.NodeJsExit', errorMessage: expect.stringContaining('nothing was left') },
    },
    {
      title: 'a module that waits for what can not come is noticed at once',
      source: 'await new Promise(() => {}); export const handler = async () => 1;',
      error: { errorType: 'Runtime.NodeJsExit' },
    },
    {
      title: 'an exit while the module is imported is a crash',
      source: 'process.exit(3);',
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    },
    {
      title: 'process.exit without a status is a crash, too',
      source: 'export const handler = async () => process.exit();',
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('Runtime exited without providing a reason'),
      },
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
    const name = host.makeFunction(source);
    expect(await host.lambda.invoke(name, {})).toMatchObject({ functionError: error });
  });

  it.each([
    [
      'of a file that the bundle lacks',
      'main.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'main'",
    ],
    ['without a file', 'handler', 'Runtime.MalformedHandlerName', 'Bad handler'],
    ['outside of the bundle', '../index.handler', 'Runtime.MalformedHandlerName', 'Bad handler'],
  ])('names a handler %s', async (_, handler, errorType, errorMessage) => {
    const name = host.makeFunction('export const handler = async () => 1;', { handler });
    expect(await host.lambda.invoke(name, {})).toMatchObject({ functionError: { errorType, errorMessage } });
  });

  it('of the import comes back for every event: each starts another environment', async () => {
    const name = host.makeFunction(`console.log('imported'); throw new TypeError('no configuration');`);
    await host.lambda.invoke(name, {});
    expect(await host.lambda.invoke(name, {})).toMatchObject({ functionError: { errorType: 'TypeError' } });
    expect(host.logOf(name).match(/imported/g)).toHaveLength(2);
  });

  it('leaves the environment warm after a thrown error and replaces it after a crash', async () => {
    const name = host.makeFunction(`
      export const handler = async (event) => {
        if (event.what === 'throw') throw new Error('again');
        if (event.what === 'crash') process.kill(process.pid, 'SIGKILL');
        return process.pid;
      };`);

    const first = await host.lambda.invoke(name, {});
    await host.lambda.invoke(name, { what: 'throw' });
    const afterThrow = await host.lambda.invoke(name, {});
    const crash = await host.lambda.invoke(name, { what: 'crash' });
    const afterCrash = await host.lambda.invoke(name, {});

    expect(afterThrow).toEqual(first);
    expect(crash).toMatchObject({
      functionError: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
    expect(afterCrash).toMatchObject({ statusCode: 200 });
    expect(afterCrash).not.toEqual(first);
  });

  it('follows when the environment is killed from outside in the middle of an event', async () => {
    const name = host.makeFunction(
      `export const handler = () => { console.log('at work'); setInterval(() => {}, 1000); return new Promise(() => {}); };`,
    );
    const invoked = host.lambda.invoke(name, {});
    await vi.waitFor(() => expect(host.logOf(name)).toContain('at work'), { timeout: 30_000 });
    const started = host.lambda.environments(name).map(({ pid }) => pid);
    for (const pid of started) if (pid) process.kill(pid, 'SIGKILL');

    expect(started).toHaveLength(1);
    expect(await invoked).toMatchObject({ functionError: { errorType: 'Runtime.ExitError' } });
  });

  it('follows when the time is over, even if the function blocks its process', async () => {
    const name = host.makeFunction('export const handler = async () => { for (;;); };', { timeoutSeconds: 1 });

    const result = await host.lambda.invoke(name, {});

    expect(result).toEqual({
      functionError: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/),
      },
    });
    expect(await host.lambda.invoke(host.makeFunction('export const handler = async () => 1;'), {})).toMatchObject({
      payload: 1,
    });
  });

  it('follows when the function takes more memory than it has, outside the heap, too', async () => {
    const name = host.makeFunction(
      `const kept = [];
       export const handler = async () => {
         for (;;) { kept.push(Buffer.alloc(16 * 1024 * 1024, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); }
       };`,
      { memoryMb: 192 },
    );
    expect(await host.lambda.invoke(name, {})).toMatchObject({
      functionError: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
  });
});

describe('an import that takes longer than an init may', () => {
  const impatient = hostFunctions({ initTimeoutMs: 1_000 });

  it('is a timeout, and its process is ended', async () => {
    const name = impatient.makeFunction(
      'await new Promise((resolve) => setTimeout(resolve, 600_000)); export const handler = async () => 1;',
    );
    expect(await impatient.lambda.invoke(name, {})).toMatchObject({
      functionError: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('after 1.00 seconds') },
    });
    expect(impatient.lambda.environments(name)).toEqual([]);
  });
});
