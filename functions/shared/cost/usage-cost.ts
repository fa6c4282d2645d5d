import type { RunUsage } from '../contracts.ts';
import { cost, type PriceName } from './prices.ts';

/** What is billed by use, in the words of the bill. */
export const BILLED: readonly (readonly [of: keyof RunUsage, price: PriceName, what: string])[] = [
  ['readUnits', 'dynamoRead', 'DynamoDB read units'],
  ['writeUnits', 'dynamoWrite', 'DynamoDB write units'],
  ['stateTransitions', 'transition', 'state transitions'],
  ['gbSeconds', 'lambdaTime', 'Lambda GB-seconds'],
  ['invocations', 'lambdaRequest', 'Lambda invocations'],
  ['s3Puts', 's3Put', 'S3 PUT and LIST requests'],
  ['s3Gets', 's3Get', 'S3 GET requests'],
];

export interface BilledUse {
  readonly of: keyof RunUsage;
  readonly what: string;
  readonly amount: number;
  /** US dollars at list prices. */
  readonly usd: number;
}

export function billed(usage: RunUsage): readonly BilledUse[] {
  return BILLED.map(([of, price, what]) => ({ of, what, amount: usage[of], usd: cost(price, usage[of]) }));
}

/** US dollars at list prices; Amazon Connect itself is not in it. */
export function costOfUsage(usage: RunUsage): number {
  return billed(usage).reduce((sum, { usd }) => sum + usd, 0);
}
