import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { afterEach, describe, expect, it } from 'vitest';
import { createBatchWriter } from '../../../../functions/shared/profiles/batch-writer.ts';

const MARK = 'Taro-Yamada-09012345678';
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A writer against a service that answers so; keeps what arrives. */
async function writerAgainst(answer: RequestListener) {
  const seen: { method: string; url: string; body: unknown }[] = [];
  server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    seen.push({ method: request.method ?? '', url: request.url ?? '', body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const client = new CustomerProfilesClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  const target = { client, domainName: 'demo', objectTypeName: 'Customer', timeoutMs: 200 };
  return { seen, writer: createBatchWriter(target) };
}

const answered =
  (body: object): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
const refusedWith =
  (status: number, type: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
    response.end(JSON.stringify({ Message: `about ${MARK}` }));
  };
const taken = (Id: string) => ({ Id, ProfileObjectUniqueKey: 'key' });
const failed = (Id: string, Code: number) => ({ Id, Code, Message: `about ${MARK}` });

it('a batch is one request, each item with an Id of its own', async () => {
  const { seen, writer } = await writerAgainst(answered({ Successful: [taken('0'), taken('1')], Failed: [] }));
  expect(await writer.put(['{"a":1}', '{"b":2}'])).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
  const Items = [
    { Id: '0', Object: '{"a":1}' },
    { Id: '1', Object: '{"b":2}' },
  ];
  const url = '/domains/demo/profiles/objects/batch-put-profile-object';
  expect(seen).toEqual([{ method: 'PUT', url, body: { ObjectTypeName: 'Customer', Items } }]);
});

describe('an item', () => {
  it.each([
    [400, { kind: 'refused', reason: `about ${MARK}` }],
    [413, { kind: 'refused', reason: `about ${MARK}` }],
    [429, { kind: 'throttled' }],
    [500, { kind: 'failed', open: false }],
    [503, { kind: 'failed', open: false }],
    [409, { kind: 'failed', open: false }],
  ])(
    'that failed with %i is as a single call with that status, whatever became of the others',
    async (code, result) => {
      const { writer } = await writerAgainst(answered({ Successful: [taken('0')], Failed: [failed('1', code)] }));
      expect(await writer.put(['{}', '{}'])).toEqual([{ kind: 'accepted' }, result]);
    },
  );

  it.each([
    [403, 'ProfilesAccessDenied', /profile:BatchPutProfileObject on domain demo/],
    [404, 'ProfilesNotFound', /no domain demo/],
  ])('that failed with %i is an error that every other would meet, and quotes nothing', async (code, name, words) => {
    const { writer } = await writerAgainst(answered({ Successful: [taken('1')], Failed: [failed('0', code)] }));
    const results = await writer.put(['{}', '{}']);
    expect(results).toMatchObject([{ name }, { kind: 'accepted' }]);
    const { message } = (results as Error[])[0] ?? new Error();
    expect(message).toMatch(words);
    expect(message).not.toContain(MARK);
  });

  it('that the answer does not name may have been taken', async () => {
    const { writer } = await writerAgainst(answered({ Successful: [taken('0')] }));
    expect(await writer.put(['{}', '{}'])).toEqual([{ kind: 'accepted' }, { kind: 'failed', open: true }]);
  });

  it('that the answer names as taken and failed is failed', async () => {
    const { writer } = await writerAgainst(answered({ Successful: [taken('0')], Failed: [failed('0', 500)] }));
    expect(await writer.put(['{}'])).toEqual([{ kind: 'failed', open: false }]);
  });
});

describe('a whole call', () => {
  it.each([
    ['a throttle', refusedWith(429, 'ThrottlingException'), { kind: 'throttled' }],
    ['a refusal', refusedWith(400, 'BadRequestException'), { kind: 'refused', reason: `about ${MARK}` }],
    ['an internal error', refusedWith(500, 'InternalServerException'), { kind: 'failed', open: false }],
    ['no answer at all', () => {}, { kind: 'failed', open: true }],
    ['a cut connection', (request) => request.socket.destroy(), { kind: 'failed', open: true }],
  ] as [string, RequestListener, unknown][])('with %s has one result', async (_, answer, expected) => {
    const { writer, seen } = await writerAgainst(answer);
    expect(await writer.put(['{}', '{}'])).toEqual(expected);
    expect(seen).toHaveLength(1);
  });

  it('that is denied stops everything with an error that names the action', async () => {
    const { writer } = await writerAgainst(refusedWith(403, 'AccessDeniedException'));
    await expect(writer.put(['{}'])).rejects.toMatchObject({
      name: 'ProfilesAccessDenied',
      message: expect.stringContaining('profile:BatchPutProfileObject'),
    });
  });
});
