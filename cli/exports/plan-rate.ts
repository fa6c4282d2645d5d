import { createRateBudget } from '../../functions/shared/rate-budget/rate-budget.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { RateInForce } from './plan-result.ts';

/** The limit that a run would have now: the deployment's or an operator's, or where throttles have brought it. */
export async function rateInForce({ clients, outputs, clock, quota }: ConnectedStack): Promise<RateInForce> {
  const asker = { kind: 'batch', quota, reserve: 0 } as const;
  const budget = createRateBudget({ client: clients.dynamo, tableName: outputs.BudgetTableName, asker, clock });
  const { limit } = await budget.look();
  return { quota, limit };
}
