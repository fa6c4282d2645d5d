import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clients, createClients } from '../../../cli/connect/clients.ts';
import type { HistoryView, MachineDrawing, NowView, RunsView, RunView, StackView } from '../../../cli/console/api.ts';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { smallExport, smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';
import { workersEnded } from '../../helpers/workers.ts';
import { type Opened, openConsole } from './opened.ts';

const QUOTA = 100;
const ROWS = 300;
/** Of a run that is at work for some seconds. */
const MANY_ROWS = 900;

let test: TestStack;
/** The console's own: calls of who follows a run are not counted with them. */
let clients: Clients;
let console: Opened;
beforeAll(async () => {
  const settings = { latencyMs: { median: 20, spread: 0.2 } };
  test = await startTestStack({ quota: QUOTA, mapping: smallMappingFile(), settings, timeScale: 0.05 });
  const { url, region, credentials } = test.stack;
  clients = createClients({ endpoint: url, region, credentials });
  console = await openConsole({ ...test.connected, clients, embeddedAt: url });
});
afterAll(async () => {
  await console.close();
  clients.destroy();
  await test.stop();
});

/** Calls of the services' APIs by their names, while something is done. */
async function callsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const { sfn, dynamo, s3, sqs } = clients;
  const spies = [vi.spyOn(sfn, 'send'), vi.spyOn(dynamo, 'send'), vi.spyOn(s3, 'send'), vi.spyOn(sqs, 'send')];
  await work();
  const calls = spies.flatMap(({ mock }) => mock.calls.map(([command]) => command.constructor.name));
  for (const spy of spies) spy.mockRestore();
  return calls.sort();
}

const breakDown = (error: Fault['error'] | undefined) =>
  test.stack.customerProfiles.configure({ fault: error && { error } });
const view = (runId: string) => console.get<RunView>(`/api/runs/${runId}`);
/** Answers are shared for a second. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 2_100));

describe('without any run', () => {
  it('the page gets the stack, the rate, and an empty list', async () => {
    expect(await console.get<StackView>('/api/stack')).toMatchObject({
      name: 'embedded stack',
      isEmbedded: true,
      exportBucket: test.connected.outputs.ExportBucketName,
      customerKeyField: 'id',
      searchedBy: [],
    });
    expect(await console.get<NowView>('/api/now')).toMatchObject({
      rate: { deployed: QUOTA, limit: QUOTA, paused: false },
      runsAtWork: 0,
      callsPerSecond: 0,
    });
    expect(await console.get<RunsView>('/api/runs')).toEqual({ runs: [], hasMore: false });
  });
});

describe('a run', () => {
  let runId: string;

  it('is seen at work: its states, chunks, rate and rows', async () => {
    const running = test.sync('night.csv', smallExport(MANY_ROWS, 'Night'));
    let seen: RunView | undefined;
    while (!seen || seen.chunkCounts['at work'] === 0) {
      const { runs } = await console.get<RunsView>('/api/runs');
      if (runs[0]) seen = await view(runs[0].runId);
    }
    expect(seen).toMatchObject({
      status: 'RUNNING',
      state: 'running',
      key: 'exports/night.csv',
      totalRows: MANY_ROWS,
      canStop: true,
      canRedrive: false,
      hasReport: false,
      redrives: 0,
    });
    expect(seen.machine).toMatchObject({
      Start: 'succeeded',
      SplitExport: 'succeeded',
      SyncChunks: 'running',
      SyncChunk: 'running',
    });
    expect(seen.machine).not.toHaveProperty('End');
    expect(seen.cells.some(({ state }) => state === 'at work')).toBe(true);
    runId = seen.runId;
    await settled();
    const page = () => Promise.all([view(runId), console.get<NowView>('/api/now')]);
    const calls = await callsDuring(() => Promise.all([page(), page(), page()]));
    expect(await view(runId)).toMatchObject({ status: 'RUNNING' });
    // The list and the notices are read less often than every second.
    const seldom = ['ListExecutionsCommand', 'GetQueueAttributesCommand'];
    expect(calls.filter((call) => !seldom.includes(call))).toEqual([
      'DescribeExecutionCommand',
      'GetCommand',
      'GetExecutionHistoryCommand',
      'QueryCommand',
    ]);
    expect(new Set(calls).size).toBe(calls.length);
    await running;
  });

  it('is seen at its end: everything done, and what its summary says', async () => {
    await settled();
    const seen = await view(runId);
    expect(seen).toMatchObject({
      status: 'SUCCEEDED',
      rows: MANY_ROWS,
      synced: MANY_ROWS,
      canStop: false,
      canRedrive: false,
      hasReport: true,
      errors: [],
      summary: { duplicates: 0, lateErrors: 0, rejectedByCode: {} },
    });
    expect(seen.machine).toMatchObject({ SyncChunk: 'succeeded', RunComplete: 'succeeded', End: 'succeeded' });
    expect(Object.values(seen.chunkCounts).reduce((sum, count) => sum + count)).toBe(seen.chunkCounts.done);
    const calls = seen.rate.points.reduce(
      (sum, { calls: rate, from, until }) => sum + (rate * (until - from)) / 1000,
      0,
    );
    expect(calls).toBeCloseTo(seen.calls, 5);
  });

  it('has the state machine that it was started with, and its history in words', async () => {
    const { nodes } = await console.get<MachineDrawing>(`/api/runs/${runId}/machine`);
    expect(nodes.map(({ name }) => name)).toContain('SyncChunk');
    const { events, hasMore } = await console.get<HistoryView>(`/api/runs/${runId}/history`);
    expect(events.at(-1)).toMatchObject({ text: 'The run started.' });
    expect(events[0]).toMatchObject({ text: 'The run succeeded.', isTrouble: false });
    expect(events.map(({ text }) => text)).toContain('All chunks are done.');
    expect(hasMore).toBe(false);
    const short = await console.get<HistoryView>(`/api/runs/${runId}/history?limit=2`);
    expect([short.events.length, short.hasMore]).toEqual([2, true]);
  });

  it('is found by the beginning of its name; a name that none has is a 404', async () => {
    expect(await view(runId.slice(0, 8))).toMatchObject({ runId });
    const missing = await console.fetch('/api/runs/none-has-this');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ message: expect.stringContaining('There is no run none-has-this.') });
  });
});

describe('a run that fails', () => {
  let runId: string;
  it('says what ended it and what to do, and can be redriven', async () => {
    const before = test.stack.customerProfiles.stats().accepted;
    const syncing = test.sync('failing.csv', smallExport(ROWS, 'Failing', 'F'));
    while (test.stack.customerProfiles.stats().accepted - before < ROWS / 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    breakDown('AccessDeniedException');
    runId = (await syncing).runId;
    await workersEnded(test, runId);
    breakDown(undefined);
    await settled();
    const seen = await view(runId);
    expect(seen).toMatchObject({
      status: 'FAILED',
      error: 'ProfilesAccessDenied',
      canRedrive: true,
      errors: [{ name: 'ProfilesAccessDenied', meaning: expect.stringContaining('403') }],
    });
    expect(seen.errors[0]?.chunks.length).toBeGreaterThan(0);
    expect(seen.machine).toMatchObject({ SyncChunks: 'failed', SyncChunk: 'failed' });
    const { events } = await console.get<HistoryView>(`/api/runs/${runId}/history`);
    expect(events[0]).toMatchObject({ text: expect.stringMatching(/^The run failed: /), isTrouble: true });
    const { runs } = await console.get<RunsView>('/api/runs?state=failed');
    expect(runs.map((run) => run.runId)).toEqual([runId]);
  });

  it('is seen redriven: it went on where it had failed', async () => {
    expect(await test.redrive(runId)).toMatchObject({ status: 'SUCCEEDED' });
    await settled();
    const seen = await view(runId);
    expect(seen).toMatchObject({ status: 'SUCCEEDED', redrives: 1, rows: ROWS, errors: [] });
    expect(seen.machine).toMatchObject({ SyncChunks: 'succeeded', SyncChunk: 'succeeded', End: 'succeeded' });
    expect(seen.attempts.some(({ redrive }) => redrive === 1)).toBe(true);
    const { events } = await console.get<HistoryView>(`/api/runs/${runId}/history`);
    expect(events.map(({ text }) => text)).toContain('The run was redriven: what had not succeeded runs again.');
  });
});
