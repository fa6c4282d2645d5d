import { optionalEnv, requiredNumberEnv } from './env.ts';
import type { OtherApiRates } from './rate-budget/api-rates.ts';
import { type RatePlan, ratePlan } from './rate-plan.ts';

/** The environment variables that give a function the rate plan of its deployment. */
export function rateVariables({ quota, reserve, rates }: RatePlan): Record<string, string> {
  const { PutProfileObject: _, ...others } = rates;
  return {
    RATE_QUOTA: String(quota),
    RATE_RESERVE: String(reserve),
    ...(Object.keys(others).length > 0 && { RATES_OF_OTHER_APIS: JSON.stringify(others) }),
  };
}

/** @throws InvalidConfiguration naming the variable that is missing or wrong. */
export function deployedRatePlan(): RatePlan {
  const others: OtherApiRates = JSON.parse(optionalEnv('RATES_OF_OTHER_APIS') ?? '{}');
  return ratePlan(requiredNumberEnv('RATE_QUOTA'), requiredNumberEnv('RATE_RESERVE'), others);
}
