import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { INVOKING, lines, MACHINE_ARN, mapping, PASSING, type Served, type ServedSetting, serve } from './served.ts';

const RUN_ARN = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:run`;
const never = () => new Promise(() => {});
const broken = (): never => {
  throw Object.assign(new Error('no domain'), { name: 'ProfilesNotFound' });
};

let served: Served;
afterEach(() => served.close());

async function startRun(definition: object, setting: ServedSetting): Promise<void> {
  served = await serve(setting);
  served.machine(definition);
  await served.client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run', input: '{"a":1}' }));
}

const redrive = (clientToken?: string, executionArn = RUN_ARN) =>
  served.client.send(new RedriveExecutionCommand({ executionArn, clientToken }));
const stop = () => served.client.send(new StopExecutionCommand({ executionArn: RUN_ARN }));

async function mapRunArn(): Promise<string> {
  const { mapRuns } = await served.client.send(new ListMapRunsCommand({ executionArn: RUN_ARN }));
  expect(mapRuns).toHaveLength(1);
  return mapRuns?.[0]?.mapRunArn ?? '';
}

const describeMapRun = async () => served.client.send(new DescribeMapRunCommand({ mapRunArn: await mapRunArn() }));

/** Inputs of the Map Run's children that the filter lets through, sorted. */
async function childrenWith(filter: Partial<ListExecutionsCommandInput>): Promise<number[]> {
  const list = new ListExecutionsCommand({ mapRunArn: await mapRunArn(), ...filter });
  const { executions = [] } = await served.client.send(list);
  const inputs = executions.map(async ({ executionArn }) => {
    const { input } = await served.client.send(new DescribeExecutionCommand({ executionArn }));
    return Number(input);
  });
  return (await Promise.all(inputs)).sort();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('RedriveExecution', () => {
  it('runs the execution again under its ARN; description, history and events tell of it', async () => {
    let fail = true;
    await startRun(INVOKING, { lambda: (input) => (fail ? broken() : input) });
    expect(await served.ended(RUN_ARN)).toMatchObject({
      status: 'FAILED',
      redriveCount: 0,
      redriveStatus: 'REDRIVABLE',
    });
    fail = false;
    const { redriveDate } = await redrive();
    const ended = await served.ended(RUN_ARN);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', redriveCount: 1, redriveDate });
    expect(ended.error).toBeUndefined();
    const { events = [] } = await served.client.send(new GetExecutionHistoryCommand({ executionArn: RUN_ARN }));
    const redriven = events.find(({ type }) => type === 'ExecutionRedriven');
    expect(redriven?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
    expect(served.events.map(({ detail }) => detail)).toMatchObject([
      { status: 'RUNNING', redriveCount: 0 },
      { status: 'FAILED', redriveCount: 0, redriveDate: null, redriveStatus: 'REDRIVABLE' },
      { status: 'RUNNING', redriveCount: 1, stopDate: null, error: null, redriveStatus: 'NOT_REDRIVABLE' },
      { status: 'SUCCEEDED', redriveCount: 1, redriveDate: redriveDate?.toISOString() },
    ]);
  });

  it('uses the definition that the execution started with, whatever the machine’s is now', async () => {
    let fail = true;
    await startRun(INVOKING, { lambda: () => (fail ? broken() : 'by the old definition') });
    await served.ended(RUN_ARN);
    fail = false;
    served.machine(PASSING);
    await redrive();
    expect((await served.ended(RUN_ARN)).output).toBe('"by the old definition"');
  });

  it('goes on with a stopped execution', async () => {
    let calls = 0;
    await startRun(INVOKING, { lambda: () => (++calls === 1 ? never() : 'done') });
    await until(() => calls === 1);
    await stop();
    await redrive();
    expect(await served.ended(RUN_ARN)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  it('does nothing more for a token that it knows', async () => {
    await startRun(INVOKING, { lambda: broken });
    await served.ended(RUN_ARN);
    const { redriveDate } = await redrive('token');
    await served.ended(RUN_ARN);
    expect((await redrive('token')).redriveDate).toEqual(redriveDate);
    expect((await served.ended(RUN_ARN)).redriveCount).toBe(1);
    await redrive('another');
    expect((await served.ended(RUN_ARN)).redriveCount).toBe(2);
  });

  it('refuses what can’t be redriven, and says why', async () => {
    await startRun(mapping(), { object: lines(2), lambda: (n) => (n === 0 ? broken() : never()) });
    await served.ended(RUN_ARN);
    const { executions } = await served.client.send(new ListExecutionsCommand({ mapRunArn: await mapRunArn() }));
    const refused = { name: 'ExecutionNotRedrivable' };
    await expect(redrive(undefined, executions?.[0]?.executionArn)).rejects.toMatchObject({
      ...refused,
      message: 'A child of a Map Run is redriven by its parent execution: redrive that one.',
    });
    await expect(redrive(undefined, `${RUN_ARN}-2`)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    await expect(redrive(undefined, MACHINE_ARN)).rejects.toMatchObject({ name: 'InvalidArn' });
    await expect(redrive('white space')).rejects.toMatchObject({ name: 'ValidationException' });

    served.machine(PASSING);
    const start = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'passing' });
    const { executionArn } = await served.client.send(start);
    await served.ended(executionArn);
    await expect(redrive(undefined, executionArn)).rejects.toMatchObject({
      ...refused,
      message: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });
});

describe('a Map Run', () => {
  it('is redriven with its ARN, lists which children were, and counts them', async () => {
    let fail = true;
    await startRun(mapping({ MaxConcurrency: 2 }), {
      object: lines(4),
      lambda: (n) => (fail && n === 1 ? broken() : n),
    });
    await served.ended(RUN_ARN);
    const before = await mapRunArn();
    fail = false;
    await redrive();
    expect((await served.ended(RUN_ARN)).output).toBe('[0,1,2,3]');
    expect(await mapRunArn()).toBe(before);
    const described = await describeMapRun();
    expect(described).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, itemCounts: { succeeded: 4, total: 4 } });
    expect(described.redriveDate).toBeInstanceOf(Date);
    expect(await childrenWith({ redriveFilter: 'REDRIVEN' })).toContain(1);
    expect(await childrenWith({ redriveFilter: 'NOT_REDRIVEN' })).toContain(0);
    const all = [
      ...(await childrenWith({ redriveFilter: 'REDRIVEN' })),
      ...(await childrenWith({ redriveFilter: 'NOT_REDRIVEN' })),
    ];
    expect(all.sort()).toEqual([0, 1, 2, 3]);
    const { events = [] } = await served.client.send(new GetExecutionHistoryCommand({ executionArn: RUN_ARN }));
    const redriven = events.find(({ type }) => type === 'MapRunRedriven');
    expect(redriven?.mapRunRedrivenEventDetails).toEqual({ mapRunArn: before, redriveCount: 1 });
  });

  it('lets no more children work than its MaxConcurrency, as it was changed last: the others wait', async () => {
    let calls = 0;
    await startRun(mapping({ MaxConcurrency: 3 }), {
      object: lines(4),
      lambda: () => {
        calls += 1;
        return never();
      },
    });
    await until(() => calls === 3);
    await served.client.send(new UpdateMapRunCommand({ mapRunArn: await mapRunArn(), maxConcurrency: 1 }));
    await stop();
    await redrive();
    await until(() => calls === 4);
    expect(await describeMapRun()).toMatchObject({
      status: 'RUNNING',
      maxConcurrency: 1,
      itemCounts: { running: 1, pendingRedrive: 2, pending: 1, aborted: 0, total: 4 },
    });
    expect(await childrenWith({ statusFilter: 'PENDING_REDRIVE' })).toEqual([1, 2]);

    // What still waited when it was stopped again is what it was before.
    await stop();
    expect(await describeMapRun()).toMatchObject({
      status: 'ABORTED',
      itemCounts: { running: 0, pendingRedrive: 0, pending: 1, aborted: 3 },
    });
  });

  it('starts more children at once when its MaxConcurrency is raised', async () => {
    let calls = 0;
    await startRun(mapping({ MaxConcurrency: 1 }), {
      object: lines(5),
      lambda: () => {
        calls += 1;
        return never();
      },
    });
    await until(() => calls === 1);
    await served.client.send(new UpdateMapRunCommand({ mapRunArn: await mapRunArn(), maxConcurrency: 4 }));
    await until(() => calls === 4);
    expect((await describeMapRun()).itemCounts).toMatchObject({ running: 4, pending: 1 });
    await stop();
    const update = new UpdateMapRunCommand({ mapRunArn: await mapRunArn(), maxConcurrency: 1 });
    await expect(served.client.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([{ redriveFilter: 'REDRIVEN' }, { statusFilter: 'PENDING_REDRIVE' }] as const)(
    'is what the filter %o needs',
    async (filter) => {
      await startRun(PASSING, {});
      const list = new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, ...filter });
      await expect(served.client.send(list)).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );
});
