import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SyncChunkInput } from '../shared/contracts.ts';
import { MappingChanged } from '../shared/errors.ts';
import type { ExportRecord } from '../shared/export/record.ts';
import { parseChunk } from '../shared/export/records.ts';
import type { RateBudget } from '../shared/rate-budget/rate-budget.ts';
import { runItemExpiry } from '../shared/run-items.ts';
import { outcomeByExport, recordToSync } from '../shared/sync/export-record.ts';
import { openBudget, openSync, type SyncEnvironment } from '../shared/sync/open-sync.ts';
import { DELETE_NOT_APPROVED, type Outcome, type RecordToSync } from '../shared/sync/outcome.ts';
import { afterAttempt, counted, createFailureStore, isAlone, isPoison } from '../shared/sync/poison.ts';
import { createPool } from '../shared/sync/pool.ts';
import type { UsageMeter } from '../shared/usage/usage-meter.ts';
import { ChunkTally } from './chunk-tally.ts';
import { createLiveMetrics } from './live-metrics.ts';
import { createProgress, type Progress } from './progress.ts';
import { readChunk } from './read-chunk.ts';
import { writeRejectedFile, writeResult } from './results.ts';
import { unfinished, unlessHiccup } from './unfinished.ts';

/** Blocks of records that ask the ledger at once: unchanged rows wait for nothing else, and one answer takes longer than its work. */
const BLOCKS_AT_ONCE = 4;

export interface SyncChunkEnvironment extends SyncEnvironment {
  readonly s3: S3Client;
  readonly runBucket: string;
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
  /** @default - the notes of the attempt do not say what it used. */
  readonly meter?: UsageMeter;
}

/**
 * Syncs the records of one chunk: those that an earlier attempt synced are found in the ledger and not sent again.
 *
 * @param endsAt epoch milliseconds when Lambda ends this invocation.
 * @throws MappingChanged, ExportChanged, ProfilesAccessDenied, ProfilesNotFound: every row would fail.
 * @throws ItemsThrottled, NoPermit, ChunkUnfinished: rows are left over for the next attempt. Whatever is thrown, no call
 * is under way any more.
 */
export async function syncChunk(
  input: SyncChunkInput,
  environment: SyncChunkEnvironment,
  endsAt: number,
): Promise<void> {
  const { dynamo, clock, mapping, tables } = environment;
  const used = environment.meter?.start();
  const expiresAt = runItemExpiry(clock.now());
  const budget = openBudget(environment, environment.plan.exportApi, 'batch');
  const limit = () => budget.limit;
  const progress = createProgress({ client: dynamo, runTable: tables.run, input, clock, expiresAt, limit, used });
  await progress.begin();
  try {
    if (input.export.mappingHash !== mapping.hash) {
      throw new MappingChanged(
        'The deployed mapping is not the one that this run was split with. Start the export again: rows that were already synced with the same mapping cost no call.',
      );
    }
    const tally = await syncRecords(input, environment, endsAt, { progress, budget });
    const rejectedFile = await writeRejectedFile(environment, input, tally.rejected());
    await writeResult(environment, input.runId, tally.result(input.chunk.chunk, rejectedFile));
    await progress.end('done');
  } catch (caught) {
    const error = unlessHiccup(input.chunk, caught);
    await progress.end(error instanceof Error ? error.name : 'unknown');
    throw error;
  }
}

/** Gives every record of the chunk its outcome, or throws with what is left over. */
async function syncRecords(
  input: SyncChunkInput,
  environment: SyncChunkEnvironment,
  endsAt: number,
  { progress, budget }: { readonly progress: Progress; readonly budget: RateBudget },
): Promise<ChunkTally> {
  const { dynamo, clock, mapping, tables } = environment;
  const { runId, resync, chunk } = input;
  const expiresAt = runItemExpiry(clock.now());
  const key = { run: runId, item: `failures#${String(chunk.chunk).padStart(6, '0')}` };
  const failures = createFailureStore({ client: dynamo, runTable: tables.run, key, expiresAt });
  const [budgetAtStart, failuresBefore, body] = await Promise.all([
    budget.look(),
    failures.load(),
    readChunk(environment.s3, input.export.source, chunk),
  ]);
  const live = createLiveMetrics({ metrics: environment.metrics, clock, limit: () => budget.limit });
  const memory = counted(failuresBefore, budgetAtStart);

  const clearBudget = environment.clearer && openBudget(environment, 'UpdateProfile', 'batch');
  const { deletes } = input.export;
  const deleter = deletes?.allowed ? environment.deleter : undefined;
  const deleteBudget = deleter && openBudget(environment, 'DeleteProfile', 'batch');
  const tally = new ChunkTally();
  const underWay = new Map<number, ExportRecord>();
  let progressed = false;
  const settle = (record: ExportRecord, outcome: Outcome): void => {
    underWay.delete(record.row);
    tally.add(record, outcome);
    const hasCleared = outcome.kind === 'synced' && outcome.cleared.length > 0;
    progress.count('rows', outcome.kind, ...(hasCleared ? (['cleared'] as const) : []));
  };
  const sync = openSync(environment, {
    runId,
    resync,
    budget,
    endsAt,
    isPoison: (row) => isPoison(memory, row),
    isAlone: (row) => isAlone(memory, row),
    onOutcome: ({ row }, outcome) => {
      const record = underWay.get(row);
      if (record) settle(record, outcome);
    },
    onCall(result) {
      progressed ||= result === 'accepted' || result === 'refused';
      progress.count('calls', ...(result === 'throttled' ? (['throttled'] as const) : []));
      live.addCall(result);
    },
    clearing: clearBudget && {
      budget: clearBudget,
      onClear(result) {
        progressed ||= result === 'cleared';
        live.addClear(result);
      },
    },
    ...(deletes && !deletes.allowed && { refuseDeletes: DELETE_NOT_APPROVED }),
    deleting: deleteBudget && {
      budget: deleteBudget,
      onDelete(result) {
        progressed ||= result === 'deleted' || result === 'ambiguous' || result === 'refused';
        live.addDelete(result);
      },
    },
  });

  const superseded = new Set(chunk.superseded);
  const from = {
    exportTime: Date.parse(input.export.exportTime),
    uploadTime: Date.parse(input.export.uploadTime),
  };
  let allRead = true;
  // Calls may be under way: they are answered and noted before the attempt ends.
  const breakOff = (error: Error): void => {
    allRead = false;
    sync.stop(error);
  };
  const submitting = createPool(BLOCKS_AT_ONCE);
  try {
    for await (const block of parseChunk(body, input.export.format, mapping, chunk.firstRow)) {
      if (sync.stopped) {
        allRead = false;
        break;
      }
      const toSync: RecordToSync[] = [];
      for (const record of block) {
        const outcome = outcomeByExport(record, superseded);
        if (outcome) settle(record, outcome);
        else {
          underWay.set(record.row, record);
          toSync.push(recordToSync(record, from));
        }
      }
      await submitting.start(() => sync.submit(toSync).catch(breakOff));
    }
  } catch (error) {
    breakOff(error as Error);
  }
  await submitting.drained();
  const leftOver = await sync.finish().finally(() => live.end());

  const failedRows = leftOver.filter(({ reason }) => reason === 'failed').map(({ row }) => row);
  if (failedRows.length > 0) {
    const { total: totalAtEnd } = await budget.look();
    const permits = { totalAtStart: budgetAtStart.total, totalAtEnd, taken: budget.taken };
    await failures.save(afterAttempt(memory, failedRows, clock.now(), permits));
  }
  if (leftOver.length > 0 || !allRead) {
    throw unfinished({ chunk, done: tally.rows, progressed, leftOver, stopped: sync.stopped });
  }
  return tally;
}
