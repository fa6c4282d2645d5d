import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession, type Session, type SessionOptions } from '../../local/session.ts';

const HOST = fileURLToPath(new URL('host-process.ts', import.meta.url));
/** Shared by all tests that need the project's template: it is synthesized once. */
const TEMPLATES = '.local/cdk.out';

let stateDirectory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'session-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(stateDirectory, { recursive: true, force: true, maxRetries: 5 });
});

const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({
  stateDirectory,
  templates: TEMPLATES,
  context: { domainName: 'demo' },
  port: 0,
  ...more,
});

interface Other {
  readonly url: string;
  readonly hosts: boolean;
  readonly process: ChildProcess;
  /** Closes its session; resolves when the process is gone. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

/** Opens a session in another process. */
async function otherProcess(more: Partial<SessionOptions> = {}): Promise<Other> {
  const child = spawn(process.execPath, [HOST, JSON.stringify(options(more))], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.done) throw new Error('The other process ended before it had a session.');
  return {
    ...(JSON.parse(first.value) as { url: string; hosts: boolean }),
    process: child,
    end() {
      child.stdin.end();
      return exited;
    },
    kill() {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

function client(session: Session): S3Client {
  const { url, region, credentials } = session;
  return new S3Client({ endpoint: url, region, credentials });
}

const OBJECT = { Key: 'kept.txt', Bucket: '' };

async function put(session: Session): Promise<void> {
  const Bucket = session.outputs.ExportBucketName;
  await client(session).send(new PutObjectCommand({ ...OBJECT, Bucket, Body: 'x' }));
}

const isKept = (session: Session): Promise<boolean> =>
  client(session)
    .send(new HeadObjectCommand({ ...OBJECT, Bucket: session.outputs.ExportBucketName }))
    .then(
      () => true,
      () => false,
    );

describe('a session', () => {
  it("has the outputs of the project's template", async () => {
    const session = await openSession(options());
    expect(session.outputs).toMatchObject({
      DomainName: 'demo',
      ExportPrefix: 'exports/',
      StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:profile-sync',
    });
    await session.close();
    expect(existsSync(join(stateDirectory, 'endpoint.json'))).toBe(false);
  });

  it('joins the stack that another process hosts, which waits for its end', async () => {
    const host = await otherProcess();
    const session = await openSession(options());
    expect(host.hosts).toBe(true);
    expect(session.stack).toBeUndefined();
    expect(session.url).toBe(host.url);

    const ended = host.end().then(() => 'ended');
    await put(session);
    expect(await isKept(session)).toBe(true);
    expect(host.process.exitCode).toBe(null);
    await session.close();
    expect(await ended).toBe('ended');
  });

  it('hosts anew where a killed process left its address, with all it had kept', async () => {
    const host = await otherProcess();
    const guest = await openSession(options());
    await put(guest);
    await host.kill();
    await guest.close();

    const session = await openSession(options());
    expect(session.stack).toBeDefined();
    expect(await isKept(session)).toBe(true);
    await session.close();
  });

  it('joins a host whatever it was started with, but for what is insisted on', async () => {
    const host = await otherProcess({ context: { domainName: 'demo', quota: '40' } });
    const session = await openSession(options({ insistsOn: [] }));
    expect(session).toMatchObject({ url: host.url, asked: { domainName: 'demo', quota: '40' } });
    await session.close();
    const other = openSession(options({ context: { domainName: 'demo', quota: '20' }, insistsOn: ['quota'] }));
    await expect(other).rejects.toThrow('quota is 40 there and 20 here');
    await host.end();
  });

  it('hosts as it was hosted last time, but for what is insisted on', async () => {
    const first = await openSession(options({ context: { domainName: 'demo', quota: '40' } }));
    await first.close();
    const again = await openSession(options({ asLastTime: true }));
    expect(again.asked).toMatchObject({ quota: '40' });
    await again.close();
    const context = { domainName: 'other', quota: '20' };
    const third = await openSession(options({ context, asLastTime: true, insistsOn: ['quota'] }));
    expect(third.asked).toMatchObject({ domainName: 'demo', quota: '20' });
    await third.close();
  });

  it('hosts with what is asked for where nothing was hosted before', async () => {
    const session = await openSession(options({ asLastTime: true }));
    expect(session.asked).toMatchObject({ domainName: 'demo' });
    await session.close();
  });

  it('forgets what was kept if it is asked to start afresh', async () => {
    const first = await openSession(options());
    await put(first);
    await first.close();
    writeFileSync(join(stateDirectory, 'report.html'), '');

    const second = await openSession(options({ fresh: true }));
    expect(await isKept(second)).toBe(false);
    expect(existsSync(join(stateDirectory, 'report.html'))).toBe(false);
    await second.close();
  });

  it.each<[string, Partial<SessionOptions>, string]>([
    ['forgetting what it keeps', { fresh: true }, "its state can't be forgotten"],
    ['another template', { context: { domainName: 'other' } }, 'domainName is demo there and other here'],
    [
      'another rate of the service',
      { settings: { putRatePerSecond: 10 } },
      'putRatePerSecond is not set there and 10 here',
    ],
  ])('is refused %s while another process hosts the stack', async (_, more, message) => {
    const host = await otherProcess();
    const { pid } = host.process;
    await expect(openSession(options(more))).rejects.toThrow(message);
    await expect(openSession(options(more))).rejects.toThrow(`Process ${pid}`);
    await host.end();
  });

  it('leaves no claim behind if its template cannot be synthesized', async () => {
    const wrong = { context: { domainName: 'not a name' }, templates: join(stateDirectory, 'templates') };
    await expect(openSession(options(wrong))).rejects.toThrow('domainName is "not a name"');
    const session = await openSession(options());
    await session.close();
  });

  it('is hosted by exactly one of many processes that start at once', async () => {
    const all = await Promise.all([otherProcess(), otherProcess(), otherProcess()]);
    expect(all.filter(({ hosts }) => hosts)).toHaveLength(1);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    await Promise.all(all.map((each) => each.end()));
  });
});
