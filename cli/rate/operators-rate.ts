import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import { type BudgetState, operatorsQuota } from '../../functions/shared/rate-budget/budget-state.ts';
import { UserError } from '../user-error.ts';

/** Two operators may change the rate at once; with more lost tries than this, something else is wrong. */
const MAX_TRIES = 5;
const NAMES = ['quota', 'quotaAfterPause'] as const;

/** The item of one API's budget. */
export interface BudgetKey {
  readonly tableName: string;
  readonly api: ApiName;
}

/** What operators set in the budget's item, calls per second. */
export interface OperatorsRate {
  /** In place of the deployment's. 0: paused. */
  readonly quota?: number;
  /** What `quota` is when the pause ends; absent: the deployment's. */
  readonly quotaAfterPause?: number;
}

export function operatorsRate(item: Pick<BudgetState, 'quota' | 'quotaAfterPause'>): OperatorsRate {
  const quota = operatorsQuota(item);
  const afterPause = operatorsQuota({ quota: item.quotaAfterPause });
  if (quota === undefined) return {};
  return quota === 0 && afterPause !== undefined ? { quota, quotaAfterPause: afterPause } : { quota };
}

export function isPaused({ quota }: OperatorsRate): boolean {
  return quota === 0;
}

export function paused(rate: OperatorsRate): OperatorsRate {
  if (isPaused(rate)) return rate;
  return { quota: 0, ...(rate.quota !== undefined && { quotaAfterPause: rate.quota }) };
}

export function resumed(rate: OperatorsRate): OperatorsRate {
  if (!isPaused(rate)) return rate;
  return rate.quotaAfterPause === undefined ? {} : { quota: rate.quotaAfterPause };
}

/** A pause goes on: it ends by `resume` alone, whatever rate is set meanwhile. @param quota undefined: the deployment's. */
export function withQuota(rate: OperatorsRate, quota: number | undefined): OperatorsRate {
  if (isPaused(rate)) return { quota: 0, ...(quota !== undefined && { quotaAfterPause: quota }) };
  return quota === undefined ? {} : { quota };
}

/**
 * Changes what operators set, for everyone from the next second on.
 *
 * @throws UserError if others change it all the time.
 */
export async function changeOperatorsRate(
  client: DynamoDBDocumentClient,
  budget: BudgetKey,
  change: (rate: OperatorsRate) => OperatorsRate,
): Promise<{ readonly before: OperatorsRate; readonly after: OperatorsRate }> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { Item: seen = {} } = await client.send(new GetCommand({ ...keyOf(budget), ConsistentRead: true }));
    const before = operatorsRate(seen);
    const after = change(before);
    if (isDeepStrictEqual(before, after) || (await update(client, budget, seen, after))) return { before, after };
  }
  throw new UserError('Somebody else changes the rate at the same time. Look at it with `rate show` and try again.');
}

function keyOf({ tableName, api }: BudgetKey): { readonly TableName: string; readonly Key: { readonly id: string } } {
  return { TableName: tableName, Key: { id: api } };
}

/** False if the item's values are no longer those that were seen. */
async function update(
  client: DynamoDBDocumentClient,
  budget: BudgetKey,
  seen: Readonly<Record<string, unknown>>,
  rate: OperatorsRate,
): Promise<boolean> {
  const set = NAMES.filter((name) => rate[name] !== undefined).map((name) => `${name} = :${name}`);
  const removed = NAMES.filter((name) => rate[name] === undefined);
  const unchanged = NAMES.map((name) =>
    seen[name] === undefined ? `attribute_not_exists(${name})` : `${name} = :seen_${name}`,
  );
  const values = [
    ...NAMES.map((name) => [`:${name}`, rate[name]]),
    ...NAMES.map((name) => [`:seen_${name}`, seen[name]]),
  ].filter(([, value]) => value !== undefined);
  try {
    await client.send(
      new UpdateCommand({
        ...keyOf(budget),
        UpdateExpression: [
          ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
          ...(removed.length > 0 ? [`REMOVE ${removed.join(', ')}`] : []),
          // A worker that read the item before writes it whole: its write must fail, even if `quota` stays 0.
          'ADD rev :one',
        ].join(' '),
        ConditionExpression: unchanged.join(' AND '),
        ExpressionAttributeValues: { ...Object.fromEntries(values), ':one': 1 },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
