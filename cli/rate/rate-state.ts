import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import {
  type Asker,
  LIVE_MEMORY_MS,
  limitInForce,
  limitIsBackAt,
  NEW_BUDGET,
} from '../../functions/shared/rate-budget/budget-state.ts';
import type { BudgetItem } from '../../functions/shared/rate-budget/rate-budget.ts';
import type { ApiQuotas, ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { isPaused, operatorsRate } from './operators-rate.ts';

/** The rate of one API that is in force now, and why. Rates are calls per second, times epoch milliseconds. */
export interface RateState {
  readonly api: ApiName;
  /** The deployment's. */
  readonly deployed: number;
  /** An operator's in its place; after the pause, if there is one. */
  readonly set?: number;
  readonly paused: boolean;
  readonly limit: number;
  /** The service throttled, and the limit is not back yet. */
  readonly fallen?: { readonly to: number; readonly at: number; readonly backAt: number };
  /** When a live event asked last, if batch leaves it its reserve since then. */
  readonly liveAskedAt?: number;
}

export type RatedStack = Pick<ConnectedStack, 'clients' | 'outputs' | 'quotas' | 'exportRate' | 'clock'>;

/**
 * @param api by default that of exports.
 * @throws UserError if the deployment does not use the API.
 */
export async function readRate(
  { clients, outputs, quotas, exportRate, clock }: RatedStack,
  api: ApiName = exportRate.api,
): Promise<RateState> {
  const quota = quotaOf(quotas, api);
  const { Item } = await clients.dynamo.send(
    new GetCommand({ TableName: outputs.BudgetTableName, Key: { id: api }, ConsistentRead: true }),
  );
  return { api, ...rateState({ ...NEW_BUDGET, rev: 0, writtenAt: 0, ...Item }, quota, clock.now()) };
}

/**
 * The deployment's calls per second.
 *
 * @throws UserError if it makes no such calls.
 */
export function quotaOf(quotas: ApiQuotas, api: ApiName): number {
  const quota = quotas[api];
  if (quota !== undefined) return quota;
  throw new UserError(`This deployment does not call ${api}. It calls ${Object.keys(quotas).join(', ')}.`);
}

/** @param quota the deployment's. */
function rateState(item: BudgetItem, quota: number, now: number): Omit<RateState, 'api'> {
  // The budget's time is that of the clock furthest ahead.
  const budgetTime = Math.max(now, item.writtenAt);
  // Of an asker only the quota says anything about the limit.
  const asker: Asker = { kind: 'batch', quota, reserve: 0 };
  const operators = operatorsRate(item);
  const set = isPaused(operators) ? operators.quotaAfterPause : operators.quota;
  const backAt = limitIsBackAt(item, asker);
  const { fallenTo, fellAt, liveAskedAt } = item;
  const isFallen = fallenTo !== undefined && fellAt !== undefined && backAt !== undefined && backAt > budgetTime;
  return {
    deployed: quota,
    ...(set !== undefined && { set }),
    paused: isPaused(operators),
    limit: limitInForce(item, asker, budgetTime),
    ...(isFallen && { fallen: { to: fallenTo, at: fellAt, backAt } }),
    ...(liveAskedAt !== undefined && budgetTime - liveAskedAt < LIVE_MEMORY_MS && { liveAskedAt }),
  };
}

/** Why the limit is not the deployment's; undefined if it is. */
export function whyLimited({ deployed, set, paused, fallen }: RateState): string | undefined {
  if (paused) return 'paused';
  if (fallen) return 'fallen, the service throttled';
  return set === undefined || set === deployed ? undefined : 'rate set';
}
