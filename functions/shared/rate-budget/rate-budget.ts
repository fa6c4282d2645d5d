import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import { isTransient } from '../transient.ts';
import {
  type Asker,
  afterGrant,
  afterThrottle,
  type BudgetState,
  FALL_AT_MOST_EVERY_MS,
  type Grant,
  grant,
  limitInForce,
  NEW_BUDGET,
  permitTime,
} from './budget-state.ts';

/** The service's quota is per account and Region and per API, so this is the one item of a budget table. */
const BUDGET_ID = 'PutProfileObject';
/** Tries to write before the asker comes again in the next second; each lost try means that another worker got permits. */
const MAX_TRIES = 8;
/** Milliseconds between tries at most: about one write's time, so that the workers spread. */
const TRY_PAUSE_MS = 15;

/** Epoch milliseconds from which each call may start, ascending; empty if there is nothing to give out now. */
export type Permits = readonly number[];

/** The shared per-second allowance of API calls, held in DynamoDB. */
export interface RateBudget {
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
}

type BudgetItem = BudgetState & { readonly rev: number };

export function createRateBudget(options: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly random?: () => number;
}): RateBudget {
  const { client, tableName, asker, clock, random = Math.random } = options;
  let acceptedAt = 0;
  let throttleNotedAt = 0;
  let taken = 0;

  async function read(): Promise<BudgetItem> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { id: BUDGET_ID }, ConsistentRead: true }),
    );
    return { ...NEW_BUDGET, rev: 0, ...Item };
  }

  async function write(seen: BudgetItem, next: BudgetState): Promise<boolean> {
    const noted = Math.max(acceptedAt, next.acceptedAt ?? 0);
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...next, id: BUDGET_ID, rev: seen.rev + 1, ...(noted > 0 && { acceptedAt: noted }) },
          // An operator may have made the item, with no more than a quota.
          ConditionExpression: 'attribute_not_exists(rev) OR rev = :rev',
          ExpressionAttributeValues: { ':rev': seen.rev },
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
        const wanted = next(seen, clock.now());
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
    async take(wanted) {
      const given = await change<{ state: BudgetState; grant: Grant }>((state, now) => {
        const grantNow = grant(state, asker, wanted, now);
        return grantNow && { state: afterGrant(state, asker, grantNow, now), grant: grantNow };
      });
      if (!given) return [];
      taken += given.grant.count;
      return Array.from({ length: given.grant.count }, (_, k) => permitTime(given.grant, k));
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
      return { limit: limitInForce(state, asker, clock.now()), total: state.total, acceptedAt: state.acceptedAt };
    },
    get taken() {
      return taken;
    },
  };
}
