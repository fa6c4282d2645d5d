import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import type { ChunkProgress, FunctionUse, SyncChunkInput } from '../shared/contracts.ts';
import { logger } from '../shared/telemetry.ts';
import { withMore } from '../shared/usage/function-use.ts';
import { createRateNotes } from './attempt-rate.ts';

/** Milliseconds between two writes of one worker: a few writes per second for a whole run. */
const WRITE_EVERY_MS = 2_000;

/** Two write units where much was throttled for minutes. */
const THIS_NOTE = { writes: 1 };

type Counter = 'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted' | 'cleared' | 'calls' | 'throttled';

/** The attempt's totals, for progress bars and for the summary's calls; rows and outcomes come from results/ there. */
export interface Progress {
  readonly totals: Readonly<Record<Counter, number>>;
  /** Adds one to each counter and, every few seconds, writes the item in the background. */
  count(...counters: Counter[]): void;
  /** The first write: an attempt that crashes was one all the same. */
  begin(): Promise<void>;
  /** The last write of the attempt. @param ended `done`, or the name of the error. */
  end(ended: string): Promise<void>;
}

export function createProgress(options: {
  readonly client: DynamoDBDocumentClient;
  readonly runTable: string;
  readonly input: SyncChunkInput;
  readonly clock: Clock;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Calls per second in force, as far as the worker knows. */
  readonly limit: () => number | undefined;
  /** What the attempt used so far. */
  readonly used?: (() => FunctionUse) | undefined;
}): Progress {
  const { client, clock, input } = options;
  const { chunk } = input.chunk;
  const { redrive, retry } = input.attempt;
  const startedAt = clock.now();
  const totals: Record<Counter, number> = {
    rows: 0,
    synced: 0,
    unchanged: 0,
    stale: 0,
    rejected: 0,
    deleted: 0,
    cleared: 0,
    calls: 0,
    throttled: 0,
  };
  const rate = createRateNotes(options);
  let writtenAt = startedAt;
  let writing: Promise<void> = Promise.resolve();

  /** Progress is worth less than the run: a write that fails is logged and the next one has the newer totals. */
  async function write(ended?: string): Promise<void> {
    const updatedAt = clock.now();
    const { deleted, cleared, ...counts } = totals;
    const progress: ChunkProgress = {
      ...{ chunk, redrive, retry, ...counts, startedAt, updatedAt },
      ...(deleted > 0 && { deleted }),
      ...(cleared > 0 && { cleared }),
      rate: rate.noted(),
      ...(options.used && { use: withMore(options.used(), THIS_NOTE) }),
      ...(ended && { ended }),
    };
    const item = `progress#${[chunk, redrive, retry].map((part) => String(part).padStart(6, '0')).join('#')}`;
    try {
      await client.send(
        new PutCommand({
          TableName: options.runTable,
          Item: { run: input.runId, item, ...progress, ttl: options.expiresAt },
        }),
      );
    } catch (error) {
      logger.warn('Progress could not be written.', { chunk, error: error instanceof Error ? error.name : 'unknown' });
    }
  }

  return {
    totals,
    count(...counters) {
      for (const counter of counters) totals[counter] += 1;
      if (counters.includes('calls')) rate.addCall({ isThrottled: counters.includes('throttled') });
      if (clock.now() - writtenAt < WRITE_EVERY_MS) return;
      writtenAt = clock.now();
      writing = writing.then(() => write());
    },
    begin: () => write(),
    async end(ended) {
      await writing;
      await write(ended);
    },
  };
}
