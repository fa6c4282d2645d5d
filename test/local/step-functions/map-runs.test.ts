import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { lines, MACHINE_ARN, mapping, type Served, type ServedSetting, serve } from './served.ts';

let served: Served;
afterEach(() => served.close());

/** Starts a Map over this many lines. */
async function startMap(count: number, lambda: ServedSetting['lambda'], more = {}) {
  served = await serve({ object: lines(count), ...(lambda && { lambda }) });
  served.machine(mapping(more));
  const { executionArn } = await served.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run' }),
  );
  return executionArn;
}

async function mapRunOf(executionArn: string | undefined) {
  const { mapRuns } = await served.client.send(new ListMapRunsCommand({ executionArn }));
  expect(mapRuns).toHaveLength(1);
  return mapRuns?.[0]?.mapRunArn;
}

const describeRun = (mapRunArn: string | undefined) => served.client.send(new DescribeMapRunCommand({ mapRunArn }));
const children = (mapRunArn: string | undefined, more = {}) =>
  served.client.send(new ListExecutionsCommand({ mapRunArn, ...more }));

describe('a Map Run', () => {
  it('is described with its counts, its children listed with their own histories', async () => {
    const executionArn = await startMap(3, (n) => n, { MaxConcurrency: 2 });
    expect((await served.ended(executionArn)).output).toBe('[0,1,2]');
    const mapRunArn = await mapRunOf(executionArn);
    const described = await describeRun(mapRunArn);
    const counts = {
      pending: 0,
      running: 0,
      succeeded: 3,
      failed: 0,
      timedOut: 0,
      aborted: 0,
      total: 3,
      resultsWritten: 0,
    };
    expect(described).toMatchObject({
      executionArn,
      mapRunArn,
      status: 'SUCCEEDED',
      maxConcurrency: 2,
      itemCounts: counts,
      executionCounts: counts,
    });
    expect(described.stopDate).toBeInstanceOf(Date);

    const { executions = [] } = await children(mapRunArn);
    expect(executions).toHaveLength(3);
    const child = await served.client.send(new DescribeExecutionCommand({ executionArn: executions[0]?.executionArn }));
    expect(child).toMatchObject({
      mapRunArn,
      status: 'SUCCEEDED',
      stateMachineArn: `${MACHINE_ARN}/SyncChunks`,
      input: '2',
      output: '2',
    });
    const { events } = await served.client.send(new GetExecutionHistoryCommand({ executionArn: child.executionArn }));
    expect(events?.map(({ type }) => type)).toContain('TaskSucceeded');
  });

  it('fails with its first failing child: what it is, and what was aborted or never started, stays visible', async () => {
    const executionArn = await startMap(
      4,
      (n) => {
        if (n === 1) throw Object.assign(new Error('403'), { name: 'ProfilesAccessDenied' });
        return new Promise(() => {});
      },
      { MaxConcurrency: 2 },
    );
    expect(await served.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      redriveStatus: 'REDRIVABLE',
    });
    const mapRunArn = await mapRunOf(executionArn);
    const { status, itemCounts } = await describeRun(mapRunArn);
    expect({ status, itemCounts }).toMatchObject({
      status: 'FAILED',
      itemCounts: { pending: 2, failed: 1, aborted: 1, total: 4 },
    });
    const { executions } = await children(mapRunArn, { statusFilter: 'FAILED' });
    expect(executions).toHaveLength(1);
    const failed = await served.client.send(
      new DescribeExecutionCommand({ executionArn: executions?.[0]?.executionArn }),
    );
    expect(failed).toMatchObject({ error: 'ProfilesAccessDenied', input: '1', redriveStatus: 'REDRIVABLE_BY_MAP_RUN' });
  });

  it('is stopped with its execution, its running children too', async () => {
    let calls = 0;
    const executionArn = await startMap(
      5,
      () => {
        calls += 1;
        return new Promise(() => {});
      },
      { MaxConcurrency: 3 },
    );
    while (calls < 3) await new Promise((resolve) => setImmediate(resolve));
    const mapRunArn = await mapRunOf(executionArn);
    expect((await describeRun(mapRunArn)).itemCounts).toMatchObject({ running: 3, pending: 2 });
    await served.client.send(new StopExecutionCommand({ executionArn }));
    const { status, itemCounts } = await describeRun(mapRunArn);
    expect({ status, itemCounts }).toMatchObject({
      status: 'ABORTED',
      itemCounts: { aborted: 3, pending: 2, running: 0 },
    });
  });

  it('lists many children page by page, none twice', async () => {
    const executionArn = await startMap(25, (n) => n, { MaxConcurrency: 5, Output: {} });
    await served.ended(executionArn);
    const mapRunArn = await mapRunOf(executionArn);
    const seen = new Set<string | undefined>();
    let nextToken: string | undefined;
    do {
      const page = await children(mapRunArn, { maxResults: 10, nextToken });
      for (const { executionArn: arn } of page.executions ?? []) seen.add(arn);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen.size).toBe(25);
  });

  it('keeps out of the status events, which are its execution’s alone', async () => {
    const executionArn = await startMap(2, (n) => n);
    await served.ended(executionArn);
    expect(served.events.map(({ detail }) => (detail as { status: string }).status)).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  it('answers ResourceNotFound for a Map Run that does not exist', async () => {
    await startMap(0, undefined);
    const none = 'arn:aws:states:us-east-1:000000000000:mapRun:profile-sync/SyncChunks:none';
    await expect(describeRun(none)).rejects.toMatchObject({ name: 'ResourceNotFound' });
    await expect(children(none)).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('is billed for its children: the start of each, its states, and what they try again', async () => {
    let calls = 0;
    const { ItemProcessor } = mapping().States.SyncChunks;
    const { SyncChunk } = ItemProcessor.States;
    const retried = { ...SyncChunk, Retry: [{ ErrorEquals: ['States.ALL'] }] };
    const executionArn = await startMap(
      3,
      (n) => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        return n;
      },
      { ItemProcessor: { ...ItemProcessor, States: { SyncChunk: retried } } },
    );
    await served.ended(executionArn);
    expect(served.usage()).toEqual({
      'profile-sync': { transitions: 1 + 1 },
      'profile-sync/SyncChunks': { transitions: 3 + 3 + 1 },
    });
  });
});
