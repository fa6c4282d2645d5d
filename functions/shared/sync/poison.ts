import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RateBudget } from '../rate-budget/rate-budget.ts';

/** Attempts in which the service failed on a record and after which it accepted some call of the whole system. */
const MAX_FAILURES_BESIDE_SUCCESSES = 5;
/** Attempts in which the service failed on a record while nobody else called. */
const MAX_FAILURES_ALONE = 10;

/** Attempts in which a row may fail in calls that it shares: well below the two above, so that it then fails by itself. */
const MAX_FAILURES_TOGETHER = 2;

/** How often the service failed on one row, over the attempts of its chunk or event. */
export interface RowFailures {
  /** Attempts after which some call was accepted. */
  readonly besideSuccesses: number;
  /** Attempts while nobody else called. */
  readonly alone: number;
  /** Epoch milliseconds of the last failure; absent once it is counted under one of the two. */
  readonly lastAt?: number;
}

/** One DynamoDB item per chunk or live event, kept across attempts. */
export interface FailureMemory {
  readonly rows: Readonly<Record<string, RowFailures>>;
  /** Permits ever given when the last attempt ended, and whether only that attempt had taken any meanwhile. */
  readonly totalAtEnd: number;
  readonly aloneSoFar: boolean;
}

export const NO_FAILURES: FailureMemory = { rows: {}, totalAtEnd: 0, aloneSoFar: false };

type BudgetView = Awaited<ReturnType<RateBudget['look']>>;

/** The memory at the start of an attempt, with what happened since the last one counted. */
export function counted(memory: FailureMemory, budget: BudgetView): FailureMemory {
  const nobodyElse = memory.aloneSoFar && budget.total === memory.totalAtEnd;
  const rows = Object.entries(memory.rows).map(([row, { besideSuccesses, alone, lastAt }]) => {
    if (lastAt === undefined) return [row, { besideSuccesses, alone }] as const;
    if ((budget.acceptedAt ?? 0) > lastAt) return [row, { besideSuccesses: besideSuccesses + 1, alone }] as const;
    if (nobodyElse) return [row, { besideSuccesses, alone: alone + 1 }] as const;
    return [row, { besideSuccesses, alone, lastAt }] as const;
  });
  return { ...memory, rows: Object.fromEntries(rows) };
}

/** One poison record must not block others: it is rejected, and as the ledger does not know it, the next run sends it. */
export function isPoison(memory: FailureMemory, row: number): boolean {
  const failures = memory.rows[row];
  if (!failures) return false;
  return failures.besideSuccesses >= MAX_FAILURES_BESIDE_SUCCESSES || failures.alone >= MAX_FAILURES_ALONE;
}

/**
 * True for a row that failed more than once: its next call is its own. A call that fails says nothing of which of its records it failed
 * on, and those that were only in the same call must not become poison with it.
 */
export function isAlone(memory: FailureMemory, row: number): boolean {
  const failures = memory.rows[row];
  return failures !== undefined && failures.besideSuccesses + failures.alone >= MAX_FAILURES_TOGETHER;
}

/** The memory at the end of an attempt. Rows that did not fail this time keep their counts: they may not have been tried. */
export function afterAttempt(
  memory: FailureMemory,
  failedRows: readonly number[],
  now: number,
  budget: { readonly totalAtStart: number; readonly totalAtEnd: number; readonly taken: number },
): FailureMemory {
  const failedNow = failedRows.map((row) => {
    const { besideSuccesses = 0, alone = 0 } = memory.rows[row] ?? {};
    return [row, { besideSuccesses, alone, lastAt: now }] as const;
  });
  return {
    rows: { ...memory.rows, ...Object.fromEntries(failedNow) },
    totalAtEnd: budget.totalAtEnd,
    aloneSoFar: budget.totalAtEnd - budget.totalAtStart === budget.taken,
  };
}

export interface FailureStore {
  load(): Promise<FailureMemory>;
  save(memory: FailureMemory): Promise<void>;
}

export function createFailureStore(options: {
  readonly client: DynamoDBDocumentClient;
  readonly runTable: string;
  readonly key: { readonly run: string; readonly item: string };
  /** Epoch seconds. */
  readonly expiresAt: number;
}): FailureStore {
  const { client, runTable: TableName, key: Key, expiresAt } = options;
  return {
    async load() {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item ? (Item.memory as FailureMemory) : NO_FAILURES;
    },
    async save(memory) {
      await client.send(new PutCommand({ TableName, Item: { ...Key, memory, ttl: expiresAt } }));
    },
  };
}
