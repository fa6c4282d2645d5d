import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { hostFunctions } from './function-host.ts';

const host = hostFunctions();

describe('an event that nobody waits for', () => {
  const FAILING = `export const handler = async (event, { awsRequestId }) => {
    console.log('try ' + awsRequestId);
    throw Object.assign(new Error('no'), { name: 'Broken' });
  };`;

  it('reaches the function by its ARN, after the caller went on', async () => {
    const name = host.makeFunction("export const handler = async (event) => console.log('got', event.n);");
    host.lambda.invokeLater(`arn:aws:lambda:us-east-1:000000000000:function:${name}`, { n: 1 });
    await vi.waitFor(() => expect(host.logOf(name)).toContain('got 1'), { timeout: 30_000 });
    expect(host.lost).toEqual([]);
  });

  it('is tried three times if the function fails it, by one request id, and then lost', async () => {
    const name = host.makeFunction(FAILING);
    host.lambda.invokeLater(name, {});
    await vi.waitFor(() => expect(host.lost).toEqual(['tested Broken']), { timeout: 30_000 });
    const tries = [...host.logOf(name).matchAll(/try ([\w-]+)/g)].map(([, requestId]) => requestId);
    expect(tries).toHaveLength(3);
    expect(new Set(tries).size).toBe(1);
  });

  it('is finished before the service closes', async () => {
    const name = host.makeFunction('export const handler = async () => console.log("finished");');
    host.lambda.invokeLater(name, {});
    await host.lambda.closeQueue();
    // What it wrote comes by another pipe than its answer.
    await vi.waitFor(() => expect(host.logOf(name)).toContain('finished'));
  });

  it('is refused for a function that does not exist', () => {
    expect(() => host.lambda.invokeLater('nobody', {})).toThrow('Function not found');
  });
});

describe('execution environments', () => {
  const SLOW =
    'export const handler = async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return process.pid; };';

  it('take one event at a time each', async () => {
    const name = host.makeFunction(SLOW);

    const results = await Promise.all([
      host.lambda.invoke(name, 300),
      host.lambda.invoke(name, 300),
      host.lambda.invoke(name, 300),
    ]);

    expect(new Set(results.map((result) => ('payload' in result ? result.payload : undefined))).size).toBe(3);
  });

  it('import the handler once and are used again', async () => {
    const name = host.makeFunction(
      'let imports = 0; imports++; let events = 0; export const handler = async () => [imports, ++events];',
    );
    await host.lambda.invoke(name, {});
    expect(await host.lambda.invoke(name, {})).toMatchObject({ payload: [1, 2] });
    expect(host.lambda.environments(name)).toHaveLength(1);
  });

  it('that are killed while they wait are replaced', async () => {
    const name = host.makeFunction('export const handler = async () => process.pid;');
    const first = await host.lambda.invoke(name, {});
    const [waiting] = host.lambda.environments(name);
    process.kill(Number(waiting?.pid), 'SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(Number(waiting?.pid), 0)).toThrow('ESRCH'));

    const second = await host.lambda.invoke(name, {});
    expect(first).toMatchObject({ payload: waiting?.pid });
    expect(second).toMatchObject({ statusCode: 200 });
    expect(second).not.toEqual(first);
  });

  it('are no more than the reserved concurrency: a call over it is throttled, and one after it is not', async () => {
    const name = host.makeFunction(SLOW, { reservedConcurrency: 1 });
    const running = host.lambda.invoke(name, 300);

    await expect(host.lambda.invoke(name, 0)).rejects.toMatchObject({ error: 'Lambda.TooManyRequestsException' });
    await running;
    expect(await host.lambda.invoke(name, 0)).toMatchObject({ statusCode: 200 });
  });

  it('finish their event when nobody waits any more', async () => {
    const name = host.makeFunction(`${SLOW.replace('return process.pid', "console.log('finished')")}`);
    const stop = new AbortController();
    const waiting = host.lambda.invoke(name, 500, { signal: stop.signal });
    stop.abort(new Error('stopped'));

    await expect(waiting).rejects.toThrow('stopped');
    await host.lambda.invoke(name, 600);
    expect(host.logOf(name).match(/finished/g)).toHaveLength(2);
  });

  it('are gone with their temporary files when the service closes, at work or not', async () => {
    const name = host.makeFunction(
      'export const handler = () => { setInterval(() => {}, 1000); return new Promise(() => {}); };',
    );
    const invoked = host.lambda.invoke(name, {});
    const [environment] = host.lambda.environments(name);
    await host.lambda.close();

    expect(await invoked).toMatchObject({ functionError: { errorType: 'Runtime.ExitError' } });
    expect(() => process.kill(Number(environment?.pid), 0)).toThrow('ESRCH');
    expect(readdirSync(join(host.directory, 'tmp'))).toEqual([]);
  });
});

describe('what a function writes', () => {
  it('goes to its log group line by line, standard error included', async () => {
    const name = host.makeFunction(
      `export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };`,
    );
    await host.lambda.invoke(name, {});
    await host.lambda.close();
    for (const line of ['one', 'two', 'three']) expect(host.logOf(name)).toMatch(new RegExp(`\\] ${line}$`, 'm'));
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
    const name = host.makeFunction(
      `export const handler = async () => console.log(${JSON.stringify(JSON.stringify(emf))});`,
    );
    await host.lambda.invoke(name, {});
    await host.lambda.invoke(name, {});
    await host.lambda.close();
    expect(host.logs.metrics.query({ namespace: 'N', name: 'rows' })).toEqual([
      { namespace: 'N', name: 'rows', dimensions: { service: 'sync' }, count: 4, sum: 10, minimum: 2, maximum: 3 },
    ]);
  });
});

describe("Lambda's HTTP API", () => {
  const call = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${host.endpoint.url}${path}`, {
      method: 'POST',
      body,
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/lambda/aws4_request',
        ...headers,
      },
    });

  it('answers Invoke with the result', async () => {
    host.makeFunction('export const handler = async (event) => event;');
    const response = await call('/2015-03-31/functions/tested/invocations', '{"a":1}');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ a: 1 });
  });

  it('marks a function error', async () => {
    host.makeFunction(`export const handler = async () => { throw new RangeError('too far'); };`);
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
