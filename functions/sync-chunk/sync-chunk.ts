import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import type { SyncChunkInput } from '../shared/contracts.ts';
import { ChunkUnfinished, ItemsThrottled, MappingChanged, NoPermit } from '../shared/errors.ts';
import type { ExportRecord } from '../shared/export/record.ts';
import { parseChunk } from '../shared/export/records.ts';
import { createFullExports } from '../shared/ledger/full-exports.ts';
import { createLedger } from '../shared/ledger/ledger.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { CALL_TIMEOUT_MS } from '../shared/profiles/client.ts';
import type { ProfileWriter } from '../shared/profiles/profile-writer.ts';
import { createPermitQueue } from '../shared/rate-budget/permit-queue.ts';
import { createRateBudget } from '../shared/rate-budget/rate-budget.ts';
import type { RatePlan } from '../shared/rate-plan.ts';
import { runItemExpiry } from '../shared/run-items.ts';
import { createClaims } from '../shared/sync/claims.ts';
import type { LeftOverReason, Outcome, RecordToSync } from '../shared/sync/outcome.ts';
import { createRecordSync } from '../shared/sync/record-sync.ts';
import { ChunkTally } from './chunk-tally.ts';
import { afterAttempt, counted, createFailureStore, isPoison } from './poison.ts';
import { createProgress } from './progress.ts';
import { readChunk } from './read-chunk.ts';
import { writeRejectedFile, writeResult } from './results.ts';

/** Milliseconds before the end of the invocation in which no call starts: one call's time-out, and the notes after it. */
const LAST_CALL_BEFORE_END_MS = CALL_TIMEOUT_MS + 5_000;
/** Milliseconds for which clocks of two workers may differ. */
const CLOCK_MARGIN_MS = 2_000;
/** Permits are taken in blocks of this part of a second's: a few writes per second, however many workers ask. */
const BLOCKS_PER_SECOND = 8;

export interface SyncChunkDependencies {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly writer: ProfileWriter;
  readonly clock: Clock;
  readonly mapping: Mapping;
  readonly plan: RatePlan;
  readonly domainName: string;
  readonly runBucket: string;
  readonly tables: { readonly run: string; readonly ledger: string; readonly budget: string };
  /** Epoch milliseconds when Lambda ends this invocation. */
  readonly endsAt: number;
}

/**
 * Syncs the records of one chunk: those that an earlier attempt synced are found in the ledger and not sent again.
 *
 * @throws MappingChanged, ExportChanged, ProfilesAccessDenied, ProfilesNotFound: every row would fail.
 * @throws ItemsThrottled, NoPermit, ChunkUnfinished: rows are left over for the next attempt.
 */
export async function syncChunk(input: SyncChunkInput, dependencies: SyncChunkDependencies): Promise<void> {
  const { dynamo, clock, mapping, plan, tables, domainName } = dependencies;
  const expiresAt = runItemExpiry(clock.now());
  const progress = createProgress({ client: dynamo, runTable: tables.run, input, clock, expiresAt });
  try {
    if (input.export.mappingHash !== mapping.hash) {
      throw new MappingChanged(
        'The deployed mapping is not the one that this run was split with. Start the export again: rows that were already synced with the same mapping cost no call.',
      );
    }
    await syncRecords();
    await progress.end('done');
  } catch (error) {
    await progress.end(error instanceof Error ? error.name : 'unknown');
    throw error;
  }

  async function syncRecords(): Promise<void> {
    const { chunk } = input.chunk;
    const { endsAt } = dependencies;
    const until = endsAt - LAST_CALL_BEFORE_END_MS;
    const scope = { client: dynamo, domainName, objectTypeName: mapping.definition.objectType.name };
    const ledger = createLedger({ ...scope, tableName: tables.ledger, clock });
    const asker = { kind: 'batch', quota: plan.quota, reserve: plan.reserve } as const;
    const budget = createRateBudget({ client: dynamo, tableName: tables.budget, asker, clock });
    const failures = createFailureStore({ client: dynamo, runTable: tables.run, runId: input.runId, chunk, expiresAt });

    const budgetAtStart = await budget.look();
    const memory = counted(await failures.load(), budgetAtStart);
    const tally = new ChunkTally();
    const records = new Map<number, ExportRecord>();

    function settle(record: ExportRecord, outcome: Outcome): void {
      records.delete(record.row);
      tally.add(record, outcome);
      progress.count('rows', outcome.kind);
    }

    const sync = createRecordSync({
      mapping,
      ledger,
      claims: createClaims({
        ledger,
        clock,
        expirationDays: mapping.definition.objectType.expirationDays,
        deadline: endsAt + CLOCK_MARGIN_MS,
      }),
      budget,
      permits: createPermitQueue({ budget, clock, blockSize: Math.ceil(plan.quota / BLOCKS_PER_SECOND), until }),
      writer: dependencies.writer,
      fullExports: createFullExports({ ...scope, runTable: tables.run }),
      clock,
      runId: input.runId,
      resync: input.resync,
      maxCallsInFlight: plan.maxCallsInFlight,
      until,
      isPoison: (row) => isPoison(memory, row),
      onOutcome: ({ row }, outcome) => {
        const record = records.get(row);
        if (record) settle(record, outcome);
      },
      onCall: (result) => (result === 'throttled' ? progress.count('calls', 'throttled') : progress.count('calls')),
    });

    const body = await readChunk(dependencies.s3, input.export.source, input.chunk);
    const superseded = new Set(input.chunk.superseded);
    let allRead = true;
    for await (const block of parseChunk(body, input.export.format, mapping, input.chunk.firstRow)) {
      if (sync.stopped) {
        allRead = false;
        break;
      }
      const toSync: RecordToSync[] = [];
      for (const record of block) {
        if (superseded.has(record.row)) settle(record, { kind: 'stale' });
        else if (record.fault) settle(record, { kind: 'rejected', rejection: record.fault });
        else {
          records.set(record.row, record);
          toSync.push(recordToSync(record));
        }
      }
      await sync.submit(toSync);
    }
    const leftOver = await sync.finish();

    const failedRows = leftOver.filter(({ reason }) => reason === 'failed').map(({ row }) => row);
    if (failedRows.length > 0) {
      const { total: totalAtEnd } = await budget.look();
      const permits = { totalAtStart: budgetAtStart.total, totalAtEnd, taken: budget.taken };
      await failures.save(afterAttempt(memory, failedRows, clock.now(), permits));
    }
    if (leftOver.length > 0 || !allRead) throw unfinished(leftOver, sync.stopped);

    const rejectedFile = await writeRejectedFile(dependencies, input, tally.rejected());
    await writeResult(dependencies, input.runId, tally.result(chunk, rejectedFile));
  }

  function recordToSync({ row, values, original }: ExportRecord): RecordToSync {
    const { exportTime, uploadTime } = input.export;
    return {
      row,
      values,
      version: original ?? { exportTime: Date.parse(exportTime), uploadTime: Date.parse(uploadTime), row },
    };
  }

  /** The error whose Retry fits: why the attempt stopped, else the rows that are left over. */
  function unfinished(leftOver: readonly { reason: LeftOverReason }[], stopped: Error | undefined): Error {
    const { rows, calls } = progress.totals;
    const count = (reason: LeftOverReason) => leftOver.filter((left) => left.reason === reason).length;
    const where = `Chunk ${input.chunk.chunk}: ${input.chunk.rows - rows} of ${input.chunk.rows} rows are left over (${count('throttled')} throttled, ${count('failed')} after service errors, ${count('locked')} locked by another worker). The next attempt sends only these.`;
    if (stopped instanceof NoPermit) return new NoPermit(`${stopped.message} ${where}`);
    if (stopped instanceof ChunkUnfinished && calls > 0) return new ChunkUnfinished(`${stopped.message} ${where}`);
    if (stopped && !(stopped instanceof ChunkUnfinished)) return stopped;
    return new ItemsThrottled(where);
  }
}
