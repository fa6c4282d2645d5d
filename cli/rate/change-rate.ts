import { isDeepStrictEqual } from 'node:util';
import { API_NAMES, type ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { changeOperatorsRate, type OperatorsRate, paused, resumed, withQuota } from './operators-rate.ts';
import { quotaOf, type RateState, readRate } from './rate-state.ts';

/** So many times the deployment's quota, its workers never reach: then the number is a mistake. */
const MAX_TIMES_DEPLOYED = 10;

/** What is in force after a change, and whether the change changed anything. */
export interface ChangedRate {
  readonly changed: boolean;
  readonly rate: RateState;
}

/** @throws UserError if the text is not a rate that can be set. */
export function checkedRate(
  text: string,
  { quotas, exportRate, call }: Pick<ConnectedStack, 'quotas' | 'exportRate' | 'call'>,
  api: ApiName = exportRate.api,
): number {
  const most = quotaOf(quotas, api) * MAX_TIMES_DEPLOYED;
  const rate = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= most) return rate;
  throw new UserError(
    `The rate is "${text}"; it must be a whole number of calls per second from 1 to ${most}, ten times what is deployed. To stop all calls for a while: ${call('pause')}`,
  );
}

/** Sets an API's calls per second of everyone, from the next second on; while paused, those after the pause. */
export function setRate(stack: ConnectedStack, quota: number, api?: ApiName): Promise<ChangedRate> {
  return change(stack, (rate) => withQuota(rate, quota), api);
}

/** Gives the deployment's quota back; while paused, after the pause. */
export function resetRate(stack: ConnectedStack, api?: ApiName): Promise<ChangedRate> {
  return change(stack, (rate) => withQuota(rate, undefined), api);
}

/** Stops all calls from the next second on, of every API. */
export function pauseRate(stack: ConnectedStack): Promise<ChangedRate> {
  return changeAll(stack, paused);
}

/** Ends a pause: the rate that was set before or during it is in force, else the deployment's. */
export function resumeRate(stack: ConnectedStack): Promise<ChangedRate> {
  return changeAll(stack, resumed);
}

type Change = (rate: OperatorsRate) => OperatorsRate;

async function change(stack: ConnectedStack, next: Change, api = stack.exportRate.api): Promise<ChangedRate> {
  quotaOf(stack.quotas, api);
  return { changed: await changesItem(stack, next, api), rate: await readRate(stack, api) };
}

/**
 * Changes the budgets of APIs that this deployment does not call, too: the next one may, and another system that shares
 * the table.
 */
async function changeAll(stack: ConnectedStack, next: Change): Promise<ChangedRate> {
  const changes = await Promise.all(API_NAMES.map((api) => changesItem(stack, next, api)));
  return { changed: changes.includes(true), rate: await readRate(stack) };
}

async function changesItem({ clients, outputs }: ConnectedStack, next: Change, api: ApiName): Promise<boolean> {
  const budget = { tableName: outputs.BudgetTableName, api };
  const { before, after } = await changeOperatorsRate(clients.dynamo, budget, next);
  return !isDeepStrictEqual(before, after);
}
