import { tmpdir } from 'node:os';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import type { Chunk, ChunkResult } from '../../functions/shared/contracts.ts';
import { ItemsThrottled } from '../../functions/shared/errors.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { createFullExports, type FullExports } from '../../functions/shared/ledger/full-exports.ts';
import { createLedger, type Ledger } from '../../functions/shared/ledger/ledger.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { PutResult } from '../../functions/shared/profiles/profile-writer.ts';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { splitExport } from '../../functions/split-export/split-export.ts';
import { syncChunk } from '../../functions/sync-chunk/sync-chunk.ts';
import { EXPORTS, RUNS, startBuckets } from '../functions/split-export/buckets.ts';
import { CapturedMetrics } from './captured-metrics.ts';
import type { FakeClock } from './fake-clock.ts';
import { startTables, TABLES } from './tables.ts';

const PLAN = ratePlan(1_000, 100, {
  UpdateProfile: { quota: 1_000, reserve: 0 },
  DeleteProfile: { quota: 1_000, reserve: 0 },
});

export interface UploadedRun {
  readonly key: string;
  readonly body: string;
  /** Object metadata. */
  readonly asOf?: string | undefined;
  readonly resync?: boolean;
  /** The service's answer to each profile object. */
  readonly answer: (object: string) => PutResult;
}

export type RunTotals = Pick<ChunkResult, 'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected' | 'rejectedByCode'> & {
  readonly calls: number;
  /** Rows for which fields were cleared. */
  readonly cleared: number;
  readonly deleted: number;
};

/** One domain: a ledger of its own, in which runs are made of SplitExport and SyncChunk without a state machine. */
export interface System {
  readonly ledger: Ledger;
  readonly fullExports: FullExports;
  run(upload: UploadedRun): Promise<RunTotals>;
}

export interface Systems {
  open(domainName: string, mapping: Mapping, clock: FakeClock): System;
  /** Everything that the tables hold. */
  contents(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Buckets and tables over real HTTP, for many small runs. */
export async function startSystems(): Promise<Systems> {
  const buckets = await startBuckets();
  const tables = await startTables();
  let runs = 0;

  function open(domainName: string, mapping: Mapping, clock: FakeClock): System {
    const scope = { client: tables.client, domainName, objectTypeName: mapping.definition.objectType.name };
    const ledger = createLedger({ ...scope, tableName: TABLES.ledger, clock });
    const fullExports = createFullExports({ ...scope, runTable: TABLES.run });
    const common = { s3: buckets.s3, dynamo: tables.client, mapping, runBucket: RUNS };

    async function run({ key, body, asOf, resync = false, answer }: UploadedRun): Promise<RunTotals> {
      const runId = `run-${++runs}`;
      const time = vi.spyOn(Date, 'now').mockImplementation(clock.now);
      await buckets.put(EXPORTS, key, body, asOf === undefined ? {} : { 'as-of': asOf });
      time.mockRestore();
      const split = await splitExport(
        { runId, resync, bucket: EXPORTS, key },
        {
          ...common,
          fullExports,
          ratePlan: PLAN,
          runTable: TABLES.run,
          tempDirectory: tmpdir(),
          now: clock.now,
        },
      );
      let calls = 0;
      const put = async (object: string) => {
        calls += 1;
        return answer(object);
      };
      const environment = {
        ...common,
        clock,
        domainName,
        plan: PLAN,
        tables: TABLES,
        metrics: new CapturedMetrics(),
        writer: { put },
        clearer: { clear: async () => ({ kind: 'cleared' }) as const },
        deleter: { delete: async () => ({ kind: 'deleted' }) as const },
      };
      const totals = { rows: 0, synced: 0, unchanged: 0, stale: 0, rejected: 0, cleared: 0, deleted: 0 };
      const rejectedByCode: Record<string, number> = {};
      for (const chunk of await chunksOf(runId)) {
        for (let retry = 0; ; retry += 1) {
          try {
            const attempt = { redrive: 0, retry };
            const input = { runId, attempt, resync, export: split.export, chunk };
            await clock.until(syncChunk(input, environment, clock.now() + 360_000));
            break;
          } catch (error) {
            if (!(error instanceof ItemsThrottled)) throw error;
            await clock.until(clock.sleep(2_000));
          }
        }
        const result = JSON.parse(await buckets.text(RUNS, runFiles.result(runId, chunk.chunk))) as ChunkResult;
        for (const name of ['rows', 'synced', 'unchanged', 'stale', 'rejected'] as const) totals[name] += result[name];
        totals.cleared += result.cleared ?? 0;
        totals.deleted += result.deleted ?? 0;
        for (const [code, rows] of Object.entries(result.rejectedByCode)) {
          rejectedByCode[code] = (rejectedByCode[code] ?? 0) + rows;
        }
      }
      return { ...totals, rejectedByCode, calls };
    }
    return { ledger, fullExports, run };
  }

  async function chunksOf(runId: string): Promise<Chunk[]> {
    const lines = (await buckets.text(RUNS, runFiles.chunks(runId))).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Chunk);
  }

  return {
    open,
    async contents() {
      const all = Object.values(TABLES).map(async (TableName) => {
        const { Items } = await tables.client.send(new ScanCommand({ TableName }));
        return [TableName, Items];
      });
      return Object.fromEntries(await Promise.all(all));
    },
    async stop() {
      await buckets.stop();
      await tables.stop();
    },
  };
}
