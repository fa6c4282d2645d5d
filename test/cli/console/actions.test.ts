import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type {
  CustomerView,
  NoticesView,
  ProblemView,
  RedriveView,
  RejectedView,
  RunView,
  StartedView,
  StoppedView,
  UploadedView,
} from '../../../cli/console/api.ts';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';
import { workersEnded } from '../../helpers/workers.ts';
import { type Opened, openConsole } from './opened.ts';

/** Of no run but by mistake: nothing that the console logs may hold it. */
const SECRET = 'Zebedee';
const FIELDS = [
  { name: 'id', column: 'id', required: true },
  { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
  {
    name: 'email',
    column: 'email',
    target: '_profile.EmailAddress',
    contentType: 'EMAIL_ADDRESS',
    normalize: 'email',
    searchKey: '_email',
  },
];

let test: TestStack;
let console: Opened;
const logged: string[] = [];
beforeAll(async () => {
  test = await startTestStack({ quota: 100, mapping: smallMappingFile({ fields: FIELDS }), timeScale: 0.05 });
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    logged.push(chunk.toString());
    done();
  };
  const stream = new Writable({ write }) as unknown as NodeJS.WriteStream;
  console = await openConsole({ ...test.connected, stream });
});
afterAll(async () => {
  await console.close();
  await test.stop();
});

const breakDown = (error: Fault['error'] | undefined, extraLatencyMs = 0) =>
  test.stack.customerProfiles.configure({ fault: error && { error, extraLatencyMs } });
const customers = (rows: number, prefix: string) =>
  [
    'id,name,email',
    ...Array.from({ length: rows }, (_, n) => `${prefix}${n},${SECRET} ${n},${prefix}${n}@x.example`),
  ].join('\n');
const runOf = async ({ key, versionId, startedAt }: UploadedView): Promise<string> => {
  const query = new URLSearchParams({ key, since: String(startedAt), ...(versionId && { versionId }) });
  for (;;) {
    const { runId } = await console.get<StartedView>(`/api/started?${query}`);
    if (runId !== undefined) return runId;
  }
};
const until = async (runId: string, is: (run: RunView) => boolean): Promise<RunView> => {
  for (;;) {
    const run = await console.get<RunView>(`/api/runs/${runId}`);
    if (is(run)) return run;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const upload = (name: string, content: string, more = '') =>
  console.post<UploadedView & ProblemView>(`/api/exports?name=${encodeURIComponent(name)}${more}`, content);

describe('an export that is dropped on the page', () => {
  it('is uploaded, starts its run, and leaves nothing on this machine', async () => {
    const { status, body } = await upload('dropped.csv', customers(20, 'D'));
    expect([status, body.key]).toEqual([200, 'exports/dropped.csv']);
    expect(readdirSync(console.folder)).toEqual([]);
    const run = await until(await runOf(body), ({ status }) => status !== 'RUNNING');
    expect(run).toMatchObject({ status: 'SUCCEEDED', key: 'exports/dropped.csv', synced: 20 });
  });

  it('again as a resync sends every row, and is started at once', async () => {
    const { body } = await upload('again.csv', customers(20, 'D'), '&resync=true');
    expect(body.runId).toEqual(expect.any(String));
    const run = await until(body.runId ?? '', ({ status }) => status !== 'RUNNING');
    expect(run).toMatchObject({ status: 'SUCCEEDED', resync: true, synced: 20, unchanged: 0 });
  });

  it.each([
    ['customers.txt', 'id,name,email\n', 'customers.txt ends in ".txt"'],
    ['wrong.csv', 'number,label\n1,a\n', 'wrong.csv: '],
    ['../up.csv', 'id,name,email\n', '../up.csv is no name for an export'],
    ['$&.csv', 'other\n1\n', '$&.csv: '],
    ['resubmit/x.csv', 'id,name,email\n', 'are corrected rejected files'],
    ['', 'id,name,email\n', 'name is missing'],
  ])('named %j that is none is refused in words, and nothing is kept', async (name, content, message) => {
    const { status, body } = await upload(name, content);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
    expect(body.message).not.toContain(console.folder);
    expect(readdirSync(console.folder)).toEqual([]);
  });

  it('that says it is too large is refused before it is read', async () => {
    const headers = {
      cookie: console.cookie,
      'x-console': '1',
      'content-type': 'application/octet-stream',
      'content-length': String(1e12),
    };
    const port = console.console.port;
    const status = await new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port, path: '/api/exports?name=a.csv', method: 'POST', headers },
        (answer) => {
          resolve(answer.statusCode);
          asked.destroy();
        },
      );
      asked.on('error', reject);
      asked.write('id,name');
    });
    expect(status).toBe(400);
    expect(readdirSync(console.folder)).toEqual([]);
  });

  it('whose page goes away in the middle leaves nothing behind', async () => {
    const gone = new AbortController();
    const body = new ReadableStream({
      async pull(stream) {
        stream.enqueue(Buffer.alloc(64 * 1024, 'a'));
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    const headers = { 'x-console': '1', 'content-type': 'application/octet-stream' };
    const uploading = console
      .fetch('/api/exports?name=half.csv', {
        method: 'POST',
        headers,
        body,
        signal: gone.signal,
        duplex: 'half',
      } as RequestInit)
      .catch(() => 'gone');
    while (readdirSync(console.folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    expect(await uploading).toBe('gone');
    while (readdirSync(console.folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('a run at work', () => {
  it('is stopped, seen so, and redriven with the words of the command', async () => {
    breakDown('InternalServerException', 200);
    const { body } = await upload('stopped.csv', customers(40, 'S'));
    const runId = await runOf(body);
    await until(runId, (run) => run.chunkCounts['at work'] > 0);
    const obstacle = await console.get<RedriveView>(`/api/runs/${runId}/redrive`);
    expect(obstacle.obstacle).toContain('is at work: there is nothing to redrive');
    const refused = await console.post<ProblemView>(`/api/runs/${runId}/redrive`, { evenIfItFails: true });
    expect([refused.status, refused.body.message]).toEqual([400, obstacle.obstacle]);

    const stopped = await console.post<StoppedView>(`/api/runs/${runId}/stop`, {});
    expect(stopped).toMatchObject({ status: 200, body: { text: expect.stringContaining(`Run ${runId} is stopped.`) } });
    const again = await console.post<ProblemView>(`/api/runs/${runId}/stop`, {});
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining('has ended: stopped')]);
    const run = await console.get<RunView>(`/api/runs/${runId}`);
    expect(run).toMatchObject({ state: 'stopped', canRedrive: true, canStop: false });
    expect(run.machine).toMatchObject({ SyncChunks: 'stopped', SyncChunk: 'stopped' });
    await workersEnded(test, runId);
    breakDown(undefined);

    const { notices } = await console.get<NoticesView>('/api/notices');
    expect(notices[0]).toMatchObject({
      runId,
      is: 'open',
      severity: 'failed',
      subject: 'Profile sync: a run was stopped',
    });
    expect(notices[0]?.message).toContain(`npx profile-sync redrive ${runId}`);

    const plan = await console.get<RedriveView>(`/api/runs/${runId}/redrive`);
    expect(plan.text).toContain('What runs again');
    expect(plan).not.toHaveProperty('obstacle');
    expect(plan).not.toHaveProperty('failsAgain');
    expect(await console.post(`/api/runs/${runId}/redrive`, { evenIfItFails: false })).toEqual({
      status: 200,
      body: {},
    });
    const done = await until(runId, ({ status }) => status !== 'RUNNING');
    expect(done).toMatchObject({ status: 'SUCCEEDED', redrives: 1, rows: 40 });
    const told = await console.get<NoticesView>('/api/notices');
    expect(told.notices.filter((notice) => notice.runId === runId)).toMatchObject([
      { is: 'over', subject: 'Profile sync: a run was stopped', message: expect.stringContaining('redriven since') },
    ]);
  });

  it('a redrive that was not asked for properly is none', async () => {
    for (const body of [{}, { evenIfItFails: 'yes' }]) {
      expect((await console.post('/api/runs/x/redrive', body)).status).toBe(400);
    }
  });
});

describe('a run whose error comes again', () => {
  it('is redriven only if that is said', async () => {
    const { runId } = await test.sync('headless.csv', 'number,label\n1,a\n');
    const plan = await console.get<RedriveView>(`/api/runs/${runId}/redrive`);
    expect(plan.failsAgain).toContain(`A redrive does not help run ${runId}, which failed with InvalidExport.`);
    expect(plan.failsAgain).not.toContain('--yes');
    const refused = await console.post<ProblemView>(`/api/runs/${runId}/redrive`, { evenIfItFails: false });
    expect([refused.status, refused.body.message]).toEqual([400, plan.failsAgain]);
    expect((await console.post(`/api/runs/${runId}/redrive`, { evenIfItFails: true })).status).toBe(200);
    await until(runId, ({ status }) => status === 'FAILED');
  });
});

describe('rejected rows', () => {
  let runId: string;
  beforeAll(async () => {
    const rows = Array.from({ length: 130 }, (_, n) =>
      n < 60 ? `,${SECRET},` : n < 125 ? `R${n},,` : `R${n},${SECRET},`,
    );
    runId = (await test.sync('rejected.csv', `id,name,email\n${rows.join('\n')}\n`)).runId;
  });
  const rejected = (query = '') => console.get<RejectedView>(`/api/runs/${runId}/rejected${query}`);

  it('come by pages, each row once, with what their codes mean', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => rejected(`?page=${page}`)));
    expect(pages.map(({ rows }) => rows.length)).toEqual([50, 50, 25]);
    expect(pages.flatMap(({ rows }) => rows.map(({ row }) => row))).toEqual(
      Array.from({ length: 125 }, (_, n) => n + 2),
    );
    expect(pages[0]).toMatchObject({ extent: 'all', rejected: 125, page: 1, pages: 3 });
    expect(pages[0]?.codes).toEqual([
      { code: 'MISSING_VALUE', rows: 65, meaning: expect.any(String), whatToDo: expect.any(String) },
      { code: 'MISSING_KEY', rows: 60, meaning: 'The customer key is empty.', whatToDo: expect.any(String) },
    ]);
  });

  it('of one code alone have pages of their own', async () => {
    const first = await rejected('?code=MISSING_KEY');
    const second = await rejected('?code=MISSING_KEY&page=2');
    expect([first.rows.length, second.rows.length, first.pages]).toEqual([50, 10, 2]);
    expect(new Set([...first.rows, ...second.rows].map(({ code }) => code))).toEqual(new Set(['MISSING_KEY']));
    expect((await rejected('?page=9')).rows).toEqual([]);
    expect((await console.fetch(`/api/runs/${runId}/rejected?code=NO_CODE`)).status).toBe(400);
  });

  it('come as the file, corrected, back to their run', async () => {
    const file = await console.fetch(`/runs/${runId}/rejected-file`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="rejected-${runId}.csv"`);
    const lines = (await file.text()).split('\r\n');
    expect(lines[0]).toBe('_row,_code,_reason,_version,id,name,email');
    const corrected = [lines[0], lines[61]?.replace(/,,$/, ',Amy,')].join('\n');
    const { status, body } = await console.post<UploadedView>(
      `/api/runs/${runId}/resubmission?name=corrected.csv`,
      corrected,
    );
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.note).toContain('1 rejected row corrected.');
    await until(await runOf(body), (run) => run.status === 'SUCCEEDED');
    const { resubmissions } = await until(runId, (run) => run.resubmissions.length > 0);
    expect(resubmissions).toMatchObject([{ key: `exports/resubmit/${runId}/corrected.csv` }]);
  });

  it('that are not of the run are refused, and so are those that nobody corrected', async () => {
    const post = (content: string) =>
      console.post<ProblemView>(`/api/runs/${runId}/resubmission?name=other.csv`, content);
    expect(await post('id,name,email\n1,Ann,\n')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('other.csv is no rejected file') },
    });
    const untouched = await (await console.fetch(`/runs/${runId}/rejected-file`)).text();
    expect(await post(untouched)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('No row of other.csv was corrected') },
    });
  });

  it('that are many are noticed as the alarm told, until the run of their correction succeeded', async () => {
    const alarm = async () => {
      const { notices } = await console.get<NoticesView>('/api/notices');
      return notices.find((notice) => notice.runId === runId);
    };
    await expect.poll(async () => (await alarm())?.is, { timeout: 60_000 }).toBe('over');
    expect(await alarm()).toMatchObject({
      severity: 'attention',
      subject: 'Profile sync: 125 of 130 rows rejected',
      message: expect.stringContaining('MISSING_VALUE 65'),
    });
  });
});

describe('files of a run', () => {
  it('come with the report in a sandbox of its own, and the summary as a file', async () => {
    const { runId } = await test.succeed('files.csv', customers(3, 'P'));
    const report = await console.fetch(`/runs/${runId}/report.html`);
    expect(report.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(report.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(await report.text()).toContain(runId);
    const summary = await console.fetch(`/runs/${runId}/summary.json`);
    expect(await summary.json()).toMatchObject({ runId, rows: 3 });
    const none = await console.fetch(`/runs/${runId}/rejected-file`);
    expect([none.status, ((await none.json()) as ProblemView).message]).toEqual([404, `Run ${runId} rejected no row.`]);
  });

  it.each(['HEAD', 'GET'])('are let go of when nobody reads them to their end: %s', async (method) => {
    const { runId } = await test.succeed('left.csv', customers(1, 'L'));
    const opened: Readable[] = [];
    const send = vi.spyOn(test.clients.s3, 'send').mockImplementation(async () => {
      const endless = new Readable({ read: (size) => endless.push(Buffer.alloc(size)) });
      opened.push(endless);
      return { Body: endless };
    });
    try {
      const leaving = new AbortController();
      await console.fetch(`/runs/${runId}/summary.json`, { method, signal: leaving.signal });
      leaving.abort();
      await vi.waitFor(() => expect(opened.map(({ destroyed }) => destroyed)).toEqual([true]));
    } finally {
      send.mockRestore();
    }
  });
});

describe('a customer', () => {
  const search = (text: string) => console.get<CustomerView>(`/api/customers?search=${encodeURIComponent(text)}`);

  it('is found by the customer key, with what happened', async () => {
    const { runId } = await test.succeed('one.csv', 'id,name,email\nK1,Kim,kim@x.example\n');
    const found = await search(' K1 ');
    expect(found.explanation).toMatchObject({ customerKey: 'K1', ledger: { known: { runId } } });
    expect(found.verdict.isUnknown).toBe(false);
    expect(found.history).toEqual([{ at: expect.any(Number), what: 'Sent, and accepted.', runId, isTrouble: false }]);
    expect(found.candidates).toEqual([]);
  });

  it('is found by e-mail address, however it is written', async () => {
    const { candidates, verdict } = await search('KIM@x.example');
    expect(verdict.isUnknown).toBe(true);
    expect(candidates).toEqual([{ customerKey: 'K1', profileId: expect.any(String), foundBy: 'e-mail address' }]);
  });

  it('whom nobody knows is said to be unknown', async () => {
    expect(await search('nobody')).toMatchObject({ verdict: { isUnknown: true }, candidates: [], history: [] });
    expect((await console.fetch('/api/customers?search=')).status).toBe(400);
  });
});

it('logs nothing of customers, whatever is done', () => {
  expect(logged.join('')).toContain('redriven');
  expect(logged.join('')).not.toMatch(new RegExp(`${SECRET}|x\\.example|dropped|Kim`));
});
