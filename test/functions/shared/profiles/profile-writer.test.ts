import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { afterEach, describe, expect, it } from 'vitest';
import { createProfileWriter } from '../../../../functions/shared/profiles/profile-writer.ts';

const MARK = 'Taro-Yamada-09012345678';
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A writer against a service that answers so; counts what arrives. */
async function writerAgainst(answer: RequestListener) {
  const seen = { requests: 0 };
  server = createServer((request, response) => {
    seen.requests += 1;
    request.resume();
    request.on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const client = new CustomerProfilesClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  return {
    seen,
    writer: createProfileWriter({ client, domainName: 'demo', objectTypeName: 'Customer', timeoutMs: 200 }),
  };
}

function error(status: number, type: string): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
    response.end(JSON.stringify({ Message: `about ${MARK}` }));
  };
}

function stalled(status: number): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{');
  };
}

describe('an answer of the service', () => {
  it.each([
    ['a throttle by status', error(429, 'ThrottlingException'), { kind: 'throttled' }],
    ['a throttle by name', error(400, 'ThrottlingException'), { kind: 'throttled' }],
    ['a refusal', error(400, 'BadRequestException'), { kind: 'refused', reason: `about ${MARK}` }],
    ['a body that is too large', error(413, ''), { kind: 'refused', reason: `about ${MARK}` }],
    ['an internal error', error(500, 'InternalServerException'), { kind: 'failed', open: false }],
    ['an unnamed 503', error(503, ''), { kind: 'failed', open: false }],
    ['no answer at all', () => {}, { kind: 'failed', open: true }],
    ['an answer that stops in the middle', stalled(200), { kind: 'failed', open: true }],
    ['a refusal that stops in the middle', stalled(400), { kind: 'failed', open: true }],
    ['a cut connection', (request) => request.socket.destroy(), { kind: 'failed', open: true }],
  ] as [string, RequestListener, unknown][])('%s', async (_, answer, expected) => {
    const { writer } = await writerAgainst(answer);
    expect(await writer.put('{}')).toEqual(expected);
  });

  it.each([
    [403, 'AccessDeniedException', 'ProfilesAccessDenied'],
    [404, 'ResourceNotFoundException', 'ProfilesNotFound'],
  ])('%i stops everything with an error that says what to do and quotes nothing', async (status, type, name) => {
    const { writer } = await writerAgainst(error(status, type));
    const thrown = await writer.put('{}').catch((caught: Error) => caught);
    expect(thrown).toMatchObject({ name });
    expect((thrown as Error).message).toMatch(/domain demo.*redrive/s);
    expect((thrown as Error).message).not.toContain(MARK);
  });

  it('is never asked for twice: the one place of retries is the state machine', async () => {
    const { writer, seen } = await writerAgainst(error(500, 'InternalServerException'));
    await writer.put('{}');
    expect(seen.requests).toBe(1);
  });
});

it('a service that nobody listens at was not reached, so the call can not arrive later', async () => {
  const { writer } = await writerAgainst(() => {});
  await new Promise((resolve) => server?.close(resolve));
  expect(await writer.put('{}')).toEqual({ kind: 'failed', open: false });
});
