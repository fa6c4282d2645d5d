import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Endpoint, openEndpoint } from '../../local/endpoint.ts';
import type { Caller, Service } from '../../local/service.ts';

let endpoint: Endpoint;

beforeEach(async () => {
  endpoint = await openEndpoint(0);
});
afterEach(() => endpoint.close());

/** Answers with its name and who called. */
function echo(signingName: string): Service {
  return {
    signingName,
    handle: async (_request, response, caller: Caller) => void response.end(`${signingName} for ${caller.accessKeyId}`),
    close: async () => {},
  };
}

const signed = (service: string, accessKeyId = 'local') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('a request', () => {
  it('goes to the service that its signature names, with who signed it', async () => {
    endpoint.mount(echo('states'));
    endpoint.mount(echo('profile'));
    const response = await fetch(endpoint.url, { headers: signed('profile', 'fn-sync-chunk') });
    expect(await response.text()).toBe('profile for fn-sync-chunk');
  });

  it('may carry its signature in the query, as presigned URLs do', async () => {
    endpoint.mount(echo('s3'));
    const response = await fetch(
      `${endpoint.url}/bucket/key?X-Amz-Credential=local%2F20260101%2Fus-east-1%2Fs3%2Faws4_request`,
    );
    expect(await response.text()).toBe('s3 for local');
  });

  it.each([
    ['SendMessage', 'sqs', { 'x-amz-target': 'AmazonSQS.SendMessage' }, '{}'],
    ['ListUsers', 'iam', {}, 'Action=ListUsers&Version=2010-05-08'],
    ['POST /applications', 'kinesis', {}, '{}'],
  ])(
    'of an operation %s of the service %s, which is not there, is answered with 501 and their names',
    async (...call) => {
      const [operation, service, headers, body] = call;
      endpoint.mount(echo('s3'));
      const response = await fetch(`${endpoint.url}/applications`, {
        method: 'POST',
        body,
        headers: { ...signed(service), ...headers },
      });
      expect(response.status).toBe(501);
      const message = `does not support ${operation} of the service '${service}'. It has the services: s3.`;
      expect(await response.text()).toContain(message);
    },
  );

  it('without a signature is told how to sign', async () => {
    const response = await fetch(endpoint.url);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('AWS_ACCESS_KEY_ID=local');
  });

  it('that fails inside a service is answered, and the next one is served', async () => {
    const message = 'Taro Yamada';
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failing: Service = { ...echo('s3'), handle: () => Promise.reject(new Error(message)) };
    endpoint.mount(failing);
    endpoint.mount(echo('sns'));
    const response = await fetch(endpoint.url, { headers: signed('s3') });

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(message);
    expect(logged.mock.calls.flat().join()).toMatch(/Error\n {4}at /);
    expect(logged.mock.calls.flat().join()).not.toContain(message);
    logged.mockRestore();
    expect((await fetch(endpoint.url, { headers: signed('sns') })).status).toBe(200);
  });

  it('of the AWS SDK finds its way', async () => {
    endpoint.mount({
      ...echo('s3'),
      handle: async (_request, response) =>
        void response.end('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>'),
    });
    const client = new S3Client({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    expect((await client.send(new ListBucketsCommand())).$metadata.httpStatusCode).toBe(200);
    client.destroy();
  });
});

describe('the address', () => {
  it('is on loopback', () => {
    expect(endpoint.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('has another port if the one asked for is taken', async () => {
    const other = await openEndpoint(Number(new URL(endpoint.url).port));
    other.mount(echo('s3'));
    expect(other.url).not.toBe(endpoint.url);
    expect((await fetch(other.url, { headers: signed('s3') })).status).toBe(200);
    await other.close();
  });
});
