import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createFullExports } from '../../../../functions/shared/ledger/full-exports.ts';
import { createLedger, type Ledger } from '../../../../functions/shared/ledger/ledger.ts';
import type { Mapping } from '../../../../functions/shared/mapping/types.ts';
import type { ProfileWriter } from '../../../../functions/shared/profiles/profile-writer.ts';
import type { ApiName } from '../../../../functions/shared/rate-budget/api-rates.ts';
import { createPermitQueue, type PermitQueue } from '../../../../functions/shared/rate-budget/permit-queue.ts';
import { createRateBudget, type RateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { createClaims } from '../../../../functions/shared/sync/claims.ts';
import type { Outcome } from '../../../../functions/shared/sync/outcome.ts';
import { createRecordSync, type RecordSyncOptions } from '../../../../functions/shared/sync/record-sync.ts';
import { createTurns } from '../../../../functions/shared/sync/turns.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { startTables, TABLES } from '../../../helpers/tables.ts';

/** Calls per second of each API. */
export const QUOTA = 80;

/** What the calls of an API are made at the rate of. */
interface Rated {
  readonly budget: RateBudget;
  readonly permits: PermitQueue;
}

export interface AttemptOptions {
  readonly mapping: Mapping;
  readonly exportTime: number;
  /** @default - one run for each export time. */
  readonly runId?: string | undefined;
  readonly resync?: boolean | undefined;
  readonly isPoison?: ((row: number) => boolean) | undefined;
  /** Milliseconds in which calls may start. */
  readonly time?: number | undefined;
  readonly put: ProfileWriter['put'];
  /** Puts faults before the ledger. */
  readonly ledger?: ((ledger: Ledger) => Partial<Ledger>) | undefined;
  /** The calls besides those that put. */
  readonly others?: (ofApi: (api: ApiName) => Rated) => Partial<RecordSyncOptions>;
}

/** Attempts of workers, one after the other: real tables, a clock that stands still, and a domain of its own for each test. */
export interface SyncStage {
  readonly client: DynamoDBDocumentClient;
  readonly clock: FakeClock;
  readonly domainName: string;
  /** One attempt over these rows, by the columns of the mapping. Outcomes are by customer key, or `row N` without one. */
  attempt(
    rows: readonly string[],
    options: AttemptOptions,
  ): Promise<{
    readonly kinds: Readonly<Record<string, Outcome['kind']>>;
    readonly outcomes: Readonly<Record<string, Outcome>>;
    readonly leftOver: readonly { readonly row: number; readonly reason: string }[];
    readonly stopped: Error | undefined;
  }>;
}

/** For a test file: it sets the stage before each of its tests. */
export function syncStage(): SyncStage {
  let tables: Awaited<ReturnType<typeof startTables>>;
  let clock: FakeClock;
  let domains = 0;
  const domainName = () => `domain${domains}`;

  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.stop());
  beforeEach(() => {
    domains += 1;
    clock = createFakeClock(1_800_000_000_000 + domains * 1_000_000);
  });

  return {
    get client() {
      return tables.client;
    },
    get clock() {
      return clock;
    },
    get domainName() {
      return domainName();
    },
    async attempt(rows, { mapping, exportTime, put, time = 300_000, others, ...options }) {
      const { client } = tables;
      const scope = { client, domainName: domainName(), objectTypeName: 'Customer' };
      const sound = createLedger({ ...scope, tableName: TABLES.ledger, clock });
      const ledger = { ...sound, ...options.ledger?.(sound) };
      const until = clock.now() + time;
      const ofApi = (api: ApiName): Rated => {
        const asker = { kind: 'batch', quota: QUOTA, reserve: 0 } as const;
        const budget = createRateBudget({ client, tableName: TABLES.budget, api, asker, clock });
        return { budget, permits: createPermitQueue({ budget, clock, until }) };
      };
      const { budget, permits } = ofApi('PutProfileObject');
      const outcomes: Record<string, Outcome> = {};
      const recordSync = createRecordSync({
        mapping,
        ledger,
        claims: createClaims({ ledger, clock, expirationDays: 100, deadline: until + 60_000 }),
        budget,
        turns: createTurns({ permits, onCall: () => {}, writer: { put } }),
        ...others?.(ofApi),
        fullExports: createFullExports({ ...scope, runTable: TABLES.run }),
        clock,
        runId: options.runId ?? `run-${exportTime}`,
        resync: options.resync ?? false,
        maxCallsInFlight: 8,
        until,
        isPoison: options.isPoison ?? (() => false),
        onOutcome: ({ row, values: [id] }, outcome) => {
          outcomes[id || `row ${row}`] = outcome;
        },
      });
      const records = rows.map((line, index) => ({
        row: index + 2,
        values: line.split(','),
        version: { exportTime, uploadTime: exportTime, row: index + 2 },
      }));
      const leftOver = await clock.until(
        (async () => {
          await recordSync.submit(records);
          return recordSync.finish();
        })(),
      );
      const kinds = Object.fromEntries(Object.entries(outcomes).map(([id, { kind }]) => [id, kind]));
      return { kinds, outcomes, leftOver, stopped: recordSync.stopped };
    },
  };
}
