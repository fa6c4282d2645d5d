import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  paginateListExecutions,
  paginateListMapRuns,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../cli/runs/follow-run.ts';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { workersEnded } from '../helpers/workers.ts';

const QUOTA = 100;
/** Chunks of 25 rows, nine of them at work at once: some succeed before the fault comes, and some never start. */
const ROWS = 400;
const FAULT_AFTER = 250;

let test: TestStack;
let stateMachineArn: string;
beforeAll(async () => {
  const settings = { latencyMs: { median: 20, spread: 0.2 } };
  test = await startTestStack({ quota: QUOTA, mapping: smallMappingFile(), settings, timeScale: 0.05 });
  stateMachineArn = test.stack.outputs.StateMachineArn ?? '';
});
afterAll(() => test.stop());
afterEach(() => breakDown(undefined));

const breakDown = (error: Fault['error'] | undefined) =>
  test.stack.customerProfiles.configure({ fault: error && { error } });
const accepted = () => test.stack.customerProfiles.stats().accepted;
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const executionOf = (runId: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;

async function children(runId: string, filter: Partial<ListExecutionsCommandInput> = {}): Promise<ExecutionListItem[]> {
  const { sfn } = test.clients;
  const found: ExecutionListItem[] = [];
  for await (const { mapRuns = [] } of paginateListMapRuns({ client: sfn }, { executionArn: executionOf(runId) })) {
    expect(mapRuns).toHaveLength(1);
    const mapRunArn = mapRuns[0]?.mapRunArn;
    for await (const page of paginateListExecutions({ client: sfn }, { mapRunArn, ...filter })) {
      found.push(...(page.executions ?? []));
    }
  }
  return found;
}

const arnsOf = (executions: readonly ExecutionListItem[]) => executions.map(({ executionArn }) => executionArn).sort();

/** Error names of the children that failed. */
async function errorsOf(runId: string): Promise<(string | undefined)[]> {
  const failed = await children(runId, { statusFilter: 'FAILED' });
  const described = failed.map(({ executionArn }) =>
    test.clients.sfn.send(new DescribeExecutionCommand({ executionArn })),
  );
  return (await Promise.all(described)).map(({ error }) => error);
}

/** Syncs an export whose run must not succeed; `meanwhile` sees to that. */
async function breakOff(name: string, content: string, meanwhile: () => Promise<void>): Promise<RunResult> {
  const [result] = await Promise.all([test.sync(name, content), meanwhile()]);
  expect(result.status).not.toBe('SUCCEEDED');
  return result;
}

function summaryOf(result: RunResult) {
  if (!('summary' in result)) throw new Error(JSON.stringify(result));
  return result.summary;
}

describe('a run that every row would fail', () => {
  it.each<[Fault['error'], string]>([
    ['AccessDeniedException', 'ProfilesAccessDenied'],
    ['ResourceNotFoundException', 'ProfilesNotFound'],
  ])('for %s fails with %s; once repaired, its redrive sends only what is missing', async (error, name) => {
    const before = accepted();
    const { runId, status } = await breakOff(`${name}.csv`, smallExport(ROWS, 'First', name), async () => {
      await until(() => accepted() - before > FAULT_AFTER);
      breakDown(error);
    });
    expect(status).toBe('FAILED');
    expect(new Set(await errorsOf(runId))).toEqual(new Set([name]));
    const done = await children(runId, { statusFilter: 'SUCCEEDED' });
    const started = await children(runId);
    expect(done.length).toBeGreaterThan(0);

    breakDown(undefined);
    const summary = summaryOf(await test.redrive(runId));
    expect(summary).toMatchObject({ runId, rows: ROWS, synced: ROWS, rejected: 0, accounted: true });
    expect(accepted() - before).toBe(ROWS);
    const redriven = await children(runId, { redriveFilter: 'REDRIVEN' });
    expect(redriven).toHaveLength(started.length - done.length);
    expect(arnsOf(redriven)).not.toEqual(expect.arrayContaining(arnsOf(done)));
    expect(await children(runId, { statusFilter: 'SUCCEEDED' })).toHaveLength(summary.chunks);
  });
});

describe('a run that was stopped', () => {
  it('is redriven at once, beside workers that still send: every row arrives, hardly one of them twice', async () => {
    const before = accepted();
    const { runId, status } = await breakOff('stopped.csv', smallExport(ROWS, 'First', 'Stopped'), async () => {
      await until(() => accepted() - before > ROWS / 3);
      const { sfn } = test.clients;
      const running = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
      await sfn.send(new StopExecutionCommand({ executionArn: running.executions?.[0]?.executionArn }));
    });
    expect(status).toBe('ABORTED');
    const summary = summaryOf(await test.redrive(runId));
    expect(summary).toMatchObject({ rows: ROWS, synced: ROWS, rejected: 0, accounted: true });
    // Of the calls that were in flight when the run was stopped, some may be made again.
    expect(accepted() - before).toBeLessThanOrEqual(ROWS + QUOTA / 2);
    const [last] = await findProfiles(test.stack, SMALL_KEY, `Stopped${ROWS - 1}`);
    expect(last?.FirstName).toBe(`First ${ROWS - 1}`);
  });
});

describe('an outage longer than the retries', () => {
  const rows = 100;

  beforeAll(async () => {
    // As the template has it, but for the number of retries: an hour of them is too long for a test.
    const { sfn } = test.clients;
    const machine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const { definition = '', name = '', roleArn = '' } = machine;
    const impatient = definition.replaceAll(/"MaxAttempts":\s*(160|3000)/g, '"MaxAttempts": 3');
    expect(impatient).not.toBe(definition);
    test.stack.stepFunctions.createStateMachine({ name, arn: stateMachineArn, roleArn, definition: impatient });
  });

  it.each<Fault['error']>(['InternalServerException', 'ThrottlingException'])(
    'of %s fails the run with ItemsThrottled; its redrive sends only what is missing',
    async (error) => {
      const before = accepted();
      const { runId, status } = await breakOff(`${error}.csv`, smallExport(rows, 'First', error), async () => {
        await until(() => accepted() - before > rows / 2);
        breakDown(error);
      });
      expect(status).toBe('FAILED');
      expect(new Set(await errorsOf(runId))).toEqual(new Set(['ItemsThrottled']));
      await workersEnded(test, runId);
      const sent = accepted() - before;

      breakDown(undefined);
      expect(summaryOf(await test.redrive(runId))).toMatchObject({ rows, synced: rows, rejected: 0, accounted: true });
      expect(sent).toBeLessThan(rows);
      expect(accepted() - before).toBe(rows);
    },
  );
});
