import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createIntegrations } from '../../../local/integrations.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { createSns } from '../../../local/sns/sns.ts';
import { type Finished, run, single } from '../states/run.ts';
import { type FunctionHost, hostFunctions } from './function-host.ts';

const NEVER_ENDS = 'setInterval(() => {}, 1000); return new Promise(() => {});';

/** Runs a machine of one Task that invokes the function. */
async function runTask(
  { lambda, directory }: FunctionHost,
  FunctionName: string,
  retry: object = {},
): Promise<Finished> {
  const s3 = createS3({ directory: join(directory, 's3'), onEvent: () => {} });
  const sns = createSns({ directory: join(directory, 'sns') });
  const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName }, ...retry };
  const finished = await run(single(task), { integrations: createIntegrations({ lambda, s3, sns }) });
  await s3.close();
  return finished;
}

describe('what Step Functions sees', () => {
  const host = hostFunctions();

  it.each([
    {
      of: 'an error that the handler throws',
      source:
        "export const handler = async () => { throw Object.assign(new Error('3 left'), { name: 'ItemsThrottled' }); };",
      error: 'ItemsThrottled',
      message: '3 left',
    },
    {
      of: 'an error without a name',
      source: "export const handler = async () => { throw Object.assign(new Error('3 left'), { name: '' }); };",
      error: 'Lambda.Unknown',
      message:
        'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorType":"","errorMessage":"3 left"',
    },
    {
      of: 'a time-out',
      source: `export const handler = () => { ${NEVER_ENDS} };`,
      settings: { timeoutSeconds: 1 },
      error: 'Sandbox.Timedout',
      message: 'Error: Task timed out after 1.00 seconds',
    },
    {
      of: 'process.exit',
      source: 'export const handler = async () => process.exit(1);',
      error: 'Runtime.ExitError',
      message: 'Error: Runtime exited with error: exit status 1',
    },
    {
      of: 'process.exit while the handler is imported',
      source: 'process.exit(1);',
      error: 'Runtime.ExitError',
      message: 'Error: Runtime exited with error: exit status 1',
    },
    {
      of: 'more memory than the function has',
      source:
        'const kept = []; export const handler = async () => { for (;;) { kept.push(Buffer.alloc(16e6, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); } };',
      settings: { memoryMb: 192 },
      error: 'Runtime.ExitError',
      message: 'Error: Runtime exited with error: signal: killed',
    },
    {
      of: 'a rejection that nobody handles',
      source: `export const handler = () => { Promise.reject(new Error('nobody waits')); ${NEVER_ENDS} };`,
      error: 'Runtime.UnhandledPromiseRejection',
      message: 'Error: nobody waits',
    },
    {
      of: 'a promise that can settle no more',
      source: 'export const handler = () => new Promise(() => {});',
      error: 'Runtime.NodeJsExit',
      message: 'nothing was left',
    },
    {
      of: 'an error of the module',
      source: "throw new TypeError('no configuration');",
      error: 'TypeError',
      message: 'no configuration',
    },
    {
      of: 'a missing file',
      source: '',
      settings: { handler: 'main.handler' },
      error: 'Runtime.ImportModuleError',
      message: "Cannot find module 'main'",
    },
    {
      of: 'a missing handler',
      source: 'export const other = 1;',
      error: 'Runtime.HandlerNotFound',
      message: 'index.handler is undefined or not exported',
    },
    {
      of: 'a syntax error',
      source: 'export const handler = async () => {',
      error: 'Runtime.UserCodeSyntaxError',
      message: 'SyntaxError',
    },
    {
      of: 'an answer of more than 6 MB',
      source: "export const handler = async () => 'x'.repeat(6 * 1024 * 1024);",
      error: 'Function.ResponseSizeTooLarge',
      message: 'Response payload size exceeded',
    },
    {
      of: 'a call over the reserved concurrency',
      source: 'export const handler = async () => 1;',
      settings: { reservedConcurrency: 0 },
      error: 'Lambda.TooManyRequestsException',
      message: 'Rate Exceeded.',
    },
  ])('of $of is $error', async ({ source, settings, error, message }) => {
    const finished = await runTask(host, host.makeFunction(source, settings));

    expect(finished).toMatchObject({ status: 'FAILED', error, cause: expect.stringContaining(message) });
    if (/^(Lambda|Function)\./.test(error)) return;
    expect(JSON.parse(finished.cause ?? '')).toMatchObject({ errorType: error });
  });

  it('of a function that does not exist is Lambda.ResourceNotFoundException', async () => {
    expect(await runTask(host, 'nobody')).toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });

  it('of an environment that is killed at work is Runtime.ExitError, and a Retry of it gets another environment', async () => {
    const name = host.makeFunction(
      `import { existsSync, writeFileSync } from 'node:fs';
       export const handler = () => {
         if (existsSync('been-here')) return process.pid;
         writeFileSync('been-here', '');
         console.log('at work');
         ${NEVER_ENDS}
       };`,
    );
    const running = runTask(host, name, { Retry: [{ ErrorEquals: ['Runtime.ExitError'], MaxAttempts: 1 }] });
    await vi.waitFor(() => expect(host.logOf(name)).toContain('at work'), { timeout: 30_000 });
    const [killed] = host.lambda.environments(name);
    process.kill(Number(killed?.pid), 'SIGKILL');

    const { status, result, events } = await running;
    expect(status).toBe('SUCCEEDED');
    expect(result).toMatchObject({ Payload: expect.any(Number) });
    expect(result).not.toMatchObject({ Payload: killed?.pid });
    expect(JSON.stringify(events)).toContain('signal: killed');
  });
});

describe('what Step Functions sees of an import that takes too long', () => {
  const impatient = hostFunctions({ initTimeoutMs: 1_000 });

  it('is Sandbox.Timedout', async () => {
    const name = impatient.makeFunction('await new Promise((resolve) => setTimeout(resolve, 600_000));');
    expect(await runTask(impatient, name)).toMatchObject({ error: 'Sandbox.Timedout' });
  });
});
