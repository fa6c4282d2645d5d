import { RedriveExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import type { ChunkProgress } from '../../../functions/shared/contracts.ts';
import { readSchedule } from '../../../functions/watch-runs/schedule.ts';
import { type WatchResult, watchRuns } from '../../../functions/watch-runs/watch-runs.ts';
import { attempt } from '../../helpers/attempt.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { INVOKING, MACHINE_ARN, type Served, serve } from '../../local/step-functions/served.ts';

export const MINUTE = 60_000;
const DATE = '2026-11-10';

/** Runs on the embedded Step Functions in a night of which the test tells the time, UTC. */
export interface WatchedNight {
  readonly states: Served;
  /** Moves the clock: `23:00` is the evening before the night, `02:00+1` the night after it. */
  at(time: string): void;
  /** Starts a run for an export, by hand if it has no version; it runs until `end`. Returns its ARN. */
  start(key: string, versionId?: string): Promise<string>;
  end(executionArn: string, how: 'SUCCEEDED' | 'FAILED'): Promise<void>;
  redrive(executionArn: string): Promise<void>;
  /** Notes what SplitExport does: how many rows the run has. */
  cut(executionArn: string, rows: number): Promise<void>;
  /** Notes what the one worker has done by now. */
  work(executionArn: string, progress: Pick<ChunkProgress, 'rows' | 'startedAt'>): Promise<void>;
  look(): Promise<WatchResult>;
  close(): Promise<void>;
}

/**
 * Exports are expected by 02:00 each night, and their runs done by 06:00.
 *
 * @param deployedAt when the system was, as `at` has it: by default long before.
 */
export async function startWatchedNight(deployedAt = '00:00+-30'): Promise<WatchedNight> {
  vi.useFakeTimers({ toFake: ['Date'], now: timeOf(deployedAt) });
  const tables = await startTables();
  const running = new Map<string, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const states = await serve({
    lambda: (payload) =>
      new Promise((resolve, reject) => {
        running.set(JSON.stringify(payload), { resolve, reject });
      }),
  });
  states.machine(INVOKING);
  const inputs = new Map<string, string>();
  const schedule = readSchedule({
    exportBy: '02:00',
    doneBy: '06:00',
    timeZone: 'UTC',
    days: 'MON,TUE,WED,THU,FRI,SAT,SUN',
  });
  const put = (executionArn: string, item: string, more: object) => {
    const run = executionArn.split(':').pop();
    return tables.client.send(new PutCommand({ TableName: TABLES.run, Item: { run, item, ...more } }));
  };

  return {
    states,
    at(time) {
      vi.setSystemTime(timeOf(time));
    },
    async start(key, versionId) {
      const object = { key, 'version-id': versionId };
      const input = JSON.stringify({ detail: { bucket: { name: 'b' }, object }, nr: inputs.size });
      const { executionArn = '' } = await states.client.send(
        new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: `run-${inputs.size}`, input }),
      );
      inputs.set(executionArn, input);
      return executionArn;
    },
    async end(executionArn, how) {
      const task = await vi.waitFor(() => {
        const waiting = running.get(inputs.get(executionArn) ?? '');
        if (!waiting) throw new Error('The run has not begun.');
        return waiting;
      });
      running.delete(inputs.get(executionArn) ?? '');
      if (how === 'SUCCEEDED') task.resolve({});
      else task.reject(Object.assign(new Error('as asked'), { name: 'InvalidExport' }));
      await states.ended(executionArn);
    },
    async redrive(executionArn) {
      await states.client.send(new RedriveExecutionCommand({ executionArn }));
    },
    async cut(executionArn, rows) {
      await put(executionArn, 'split', { rows, chunks: 1 });
    },
    async work(executionArn, { rows, startedAt }) {
      const done = attempt({ rows, synced: rows, startedAt, updatedAt: Date.now() });
      await put(executionArn, 'progress#000000#000000#000000', done);
    },
    look: () =>
      watchRuns({
        sfn: states.client,
        dynamo: tables.client,
        stateMachineArn: MACHINE_ARN,
        runTable: TABLES.run,
        schedule,
        clock: { now: Date.now },
      }),
    async close() {
      for (const { resolve } of running.values()) resolve({});
      await states.close();
      await tables.stop();
      vi.useRealTimers();
    },
  };
}

/** A run that began its work at 02:00 and has so many of its 10,000 rows done at 02:30. Returns its ARN. */
export async function halfAnHourOfWork(night: WatchedNight, rows: number): Promise<string> {
  night.at('02:00');
  const run = await night.start('a.csv');
  await night.cut(run, 10_000);
  const startedAt = Date.now();
  night.at('02:30');
  await night.work(run, { rows, startedAt });
  return run;
}

/** Epoch milliseconds. */
function timeOf(time: string): number {
  const [clock = '', later = '0'] = time.split('+');
  const evening = clock >= '12:00' && later === '0' ? -1 : 0;
  return Date.parse(`${DATE}T${clock}:00Z`) + (evening + Number(later)) * 86_400_000;
}
