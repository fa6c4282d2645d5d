import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClients } from '../../../cli/connect/clients.ts';
import { startConsole } from '../../../cli/console/console-server.ts';
import { createRecall } from '../../../cli/console/recall.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';
import { type Opened, openConsole } from './opened.ts';

let test: TestStack;
let console: Opened;
beforeAll(async () => {
  test = await startTestStack({ quota: 100, mapping: smallMappingFile() });
  console = await openConsole(test.connected);
});
afterAll(async () => {
  await console.close();
  await test.stop();
});

/** As no browser and no fetch would send it. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: console.console.port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('the link that is printed', () => {
  it('gives the browser its key as a cookie, and leaves it out of the address bar', async () => {
    const landed = await fetch(console.console.link, { redirect: 'manual' });
    expect([landed.status, landed.headers.get('location')]).toEqual([303, '/']);
    expect(landed.headers.get('set-cookie')).toMatch(/^console-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('is another one for the browser that a command opens, good for once: all users of a machine see what programs are called with', async () => {
    const link = console.console.linkOnce();
    expect(link).not.toContain(new URL(console.console.link).searchParams.get('key'));
    const open = async () => (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie');
    expect(await open()).toMatch(/^console-\d+=/);
    expect(await open()).toBeNull();
    expect(console.console.linkOnce()).not.toBe(link);
  });

  it('has another key each time that a console starts', async () => {
    const other = await openConsole(test.connected);
    expect(new URL(other.console.link).searchParams.get('key')).not.toBe(
      new URL(console.console.link).searchParams.get('key'),
    );
    await other.close();
  });

  it('is of another port if the one that was asked for is taken', async () => {
    const host = { stack: test.connected, recall: createRecall(systemClock), folder: console.folder };
    const other = await startConsole(host, {}, console.console.port);
    expect(other.port).not.toBe(console.console.port);
    await other.close();
  });

  it('with a wrong key shows the page, which gets nothing', async () => {
    const page = await fetch(`${console.base}/?key=wrong`, { redirect: 'manual' });
    expect([page.status, page.headers.get('set-cookie')]).toEqual([200, null]);
    const refused = await fetch(`${console.base}/api/runs`);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ message: expect.stringContaining('Open the link') });
  });
});

describe('over HTTP', () => {
  it.each([
    ['a foreign Host', '/', { host: 'evil.example' }, 'GET', 403],
    ['a foreign Origin', '/api/runs', { origin: 'https://evil.example' }, 'GET', 403],
    ['no header that only the page sends', '/api/runs/x/stop', { 'content-type': 'application/json' }, 'POST', 403],
    ['another method', '/api/runs', {}, 'DELETE', 405],
    ['an address that nothing has', '/api/nothing', {}, 'GET', 404],
    ['a file that nothing has', '/package.json', {}, 'GET', 404],
    ['a path out of the page', '/../../package.json', {}, 'GET', 404],
    ['an encoded path out of the page', '/%2e%2e/%2e%2e/package.json', {}, 'GET', 404],
    ['a path out of the runs', '/runs/..%2f..%2fsecret/report.html', {}, 'GET', 400],
    ['a run named as no run can be', '/api/runs/a%2Fb', {}, 'GET', 400],
    ['percent signs that mean nothing', '/api/runs/%zz', {}, 'GET', 400],
    ['a name of an object', '/api/constructor', {}, 'GET', 404],
    ['a limit that is no number', '/api/runs?limit=many', {}, 'GET', 400],
    ['a state that there is not', '/api/runs?state=lost', {}, 'GET', 400],
  ])('%s is refused', async (_, path, headers, method, status) => {
    expect(await raw(path, { cookie: console.cookie, ...headers }, method)).toBe(status);
  });

  it('every answer forbids what the page does not need, and is kept by nobody', async () => {
    for (const path of ['/', '/api/now', '/api/nothing']) {
      const { headers } = await console.fetch(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });
});

describe('with the service away', () => {
  it('says so with 502, and in words', async () => {
    const clients = createClients({
      endpoint: 'http://127.0.0.1:9',
      region: test.stack.region,
      credentials: test.stack.credentials,
    });
    const away = await openConsole({ ...test.connected, clients });
    const answered = await away.fetch('/api/runs');
    expect(answered.status).toBe(502);
    expect(await answered.json()).toMatchObject({ message: expect.stringContaining("The service can't be reached") });
    await away.close();
    clients.destroy();
  });
});
