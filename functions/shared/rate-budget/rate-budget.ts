import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import { isTransient } from '../transient.ts';
import type { ApiName } from './api-rates.ts';
import {
  type Asker,
  afterThrottle,
  type BudgetState,
  FALL_AT_MOST_EVERY_MS,
  grant,
  limitInForce,
  NEW_BUDGET,
} from './budget-state.ts';

/** Tries to write before the budget gives nothing; each lost try means that another worker got permits. */
const MAX_TRIES = 8;
/** Milliseconds between tries at most: about one write's time, so that the workers spread. */
const TRY_PAUSE_MS = 15;

/** Epoch milliseconds from which each call may start, ascending; empty if there is nothing to give out now. */
export type Permits = readonly number[];

/** The shared per-second allowance of one API's calls, held in DynamoDB: an item of the API's name. */
export interface RateBudget {
  readonly api: ApiName;
  take(wanted: number): Promise<Permits>;
  /** Notes that the service throttled a call: the limit falls for everyone, once per 2 s at most. */
  throttled(): Promise<void>;
  /** Notes that the service accepted a call now; written with the next `take` or `flush`. */
  accepted(): void;
  /** Writes what is noted. */
  flush(): Promise<void>;
  /** Reads the item: the limit in force, permits ever given, and when anybody's call was last accepted. */
  look(): Promise<{ limit: number; total: number; acceptedAt: number | undefined }>;
  /** Permits that this worker was given. */
  readonly taken: number;
  /** The limit that was in force when this worker last read the item, calls per second; undefined before. */
  readonly limit: number | undefined;
}

export interface BudgetItem extends BudgetState {
  readonly rev: number;
  /** Epoch milliseconds by the writer's clock. */
  readonly writtenAt: number;
}

export function createRateBudget(options: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly api: ApiName;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly random?: () => number;
}): RateBudget {
  const { client, tableName, api, asker, clock, random = Math.random } = options;
  let acceptedAt = 0;
  let throttleNotedAt = 0;
  let taken = 0;
  let clockBehind = 0;
  let limit: number | undefined;

  /** The budget's time is that of the clock furthest ahead: a worker with a slower one would find all permits given out. */
  function budgetTime(): number {
    return clock.now() + clockBehind;
  }

  async function read(): Promise<BudgetItem> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { id: api }, ConsistentRead: true }),
    );
    const item: BudgetItem = { ...NEW_BUDGET, rev: 0, writtenAt: 0, ...Item };
    clockBehind = Math.max(clockBehind, item.writtenAt - clock.now());
    limit = limitInForce(item, asker, budgetTime());
    return item;
  }

  async function write(seen: BudgetItem, next: BudgetState): Promise<boolean> {
    const { rev, quota } = seen;
    const noted = Math.max(acceptedAt, next.acceptedAt ?? 0);
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...next,
            id: api,
            rev: rev + 1,
            writtenAt: budgetTime(),
            ...(noted > 0 && { acceptedAt: noted }),
          },
          // An operator makes the item with no more than a quota, or sets the quota of one: that counts no rev.
          ConditionExpression:
            quota === undefined
              ? '(attribute_not_exists(rev) OR rev = :rev) AND attribute_not_exists(quota)'
              : '(attribute_not_exists(rev) OR rev = :rev) AND quota = :quota',
          ExpressionAttributeValues: { ':rev': rev, ...(quota !== undefined && { ':quota': quota }) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Reads, changes and writes until no other worker came between; a change of undefined leaves all as it is. */
  async function change<Next extends { state: BudgetState }>(
    next: (state: BudgetState, now: number) => Next | undefined,
  ): Promise<Next | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      if (attempt > 0) await clock.sleep(random() * TRY_PAUSE_MS * attempt);
      try {
        const seen = await read();
        const wanted = next(seen, budgetTime());
        if (!wanted) return undefined;
        if (await write(seen, wanted.state)) return wanted;
      } catch (error) {
        // A budget that can't be reached gives nothing; the asker comes again, as after a refusal.
        if (!isTransient(error)) throw error;
        return undefined;
      }
    }
    return undefined;
  }

  return {
    api,
    async take(wanted) {
      const given = await change((state, now) => grant(state, asker, wanted, now));
      if (!given) return [];
      taken += given.times.length;
      return given.times.map((time) => time - clockBehind);
    },
    async throttled() {
      // In a storm every call in flight says the same: one of them asks the item whether the limit has to fall.
      if (clock.now() - throttleNotedAt < FALL_AT_MOST_EVERY_MS) return;
      throttleNotedAt = clock.now();
      await change((state, now) => {
        const fallen = afterThrottle(state, asker, now);
        return fallen && { state: fallen };
      });
    },
    accepted() {
      acceptedAt = clock.now();
    },
    async flush() {
      await change((state) => (acceptedAt > (state.acceptedAt ?? 0) ? { state } : undefined));
    },
    async look() {
      const state = await read();
      return { limit: limitInForce(state, asker, budgetTime()), total: state.total, acceptedAt: state.acceptedAt };
    },
    get taken() {
      return taken;
    },
    get limit() {
      return limit;
    },
  };
}
