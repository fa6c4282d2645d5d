import { isDeepStrictEqual } from 'node:util';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { changeOperatorsRate, type OperatorsRate, paused, resumed, withQuota } from './operators-rate.ts';
import { type RateState, readRate } from './rate-state.ts';

/** So many times the deployment's quota, its workers never reach: then the number is a mistake. */
const MAX_TIMES_DEPLOYED = 10;

/** What is in force after a change, and whether the change changed anything. */
export interface ChangedRate {
  readonly changed: boolean;
  readonly rate: RateState;
}

/** @throws UserError if the text is not a rate that can be set. */
export function checkedRate(text: string, { quota, call }: Pick<ConnectedStack, 'quota' | 'call'>): number {
  const most = quota * MAX_TIMES_DEPLOYED;
  const rate = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= most) return rate;
  throw new UserError(
    `The rate is "${text}"; it must be a whole number of calls per second from 1 to ${most}, ten times what is deployed. To stop all calls for a while: ${call('pause')}`,
  );
}

/** Sets the calls per second of everyone, from the next second on; while paused, those after the pause. */
export function setRate(stack: ConnectedStack, quota: number): Promise<ChangedRate> {
  return change(stack, (rate) => withQuota(rate, quota));
}

/** Gives the deployment's quota back; while paused, after the pause. */
export function resetRate(stack: ConnectedStack): Promise<ChangedRate> {
  return change(stack, (rate) => withQuota(rate, undefined));
}

/** Stops all calls from the next second on. */
export function pauseRate(stack: ConnectedStack): Promise<ChangedRate> {
  return change(stack, paused);
}

/** Ends a pause: the rate that was set before or during it is in force, else the deployment's. */
export function resumeRate(stack: ConnectedStack): Promise<ChangedRate> {
  return change(stack, resumed);
}

async function change(stack: ConnectedStack, next: (rate: OperatorsRate) => OperatorsRate): Promise<ChangedRate> {
  const { before, after } = await changeOperatorsRate(stack.clients.dynamo, stack.outputs.BudgetTableName, next);
  return { changed: !isDeepStrictEqual(before, after), rate: await readRate(stack) };
}
