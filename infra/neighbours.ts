import { isDeepStrictEqual } from 'node:util';
import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IConstruct } from 'constructs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { API_NAMES, type ApiRate, type ApiRates, type BatchRate } from '../functions/shared/rate-budget/api-rates.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import { checkLateErrors, type LateErrorReader } from './late-error-readers.ts';
import { isSameResource } from './same-resource.ts';

/** What must be true between two systems of one account and Region. */
export interface Neighbour extends LateErrorReader {
  readonly name: string;
  readonly objectTypeName: string;
  readonly plan: RatePlan;
  readonly budgetTable: ITable;
}

/**
 * The quota is the account's in a Region: systems that don't take their calls from one budget would overrun it together.
 *
 * @throws InvalidConfiguration naming both systems and what to do.
 */
export function checkNeighbours(system: Neighbour, others: readonly Neighbour[]): void {
  const near = others.filter((other) => mayShareQuota(system.construct, other.construct));
  for (const other of near) checkPair(system, other);
  checkLateErrors(system, near);
}

/** Whether two systems are neighbours can't be seen of stacks without an env. */
const ELSEWHERE = 'If they go to different accounts or Regions, give their stacks (or Stages) an env.';

function checkPair(system: Neighbour, other: Neighbour): void {
  const both = `${other.construct.node.path} and ${system.construct.node.path}`;
  if (system.name === other.name) {
    throw new InvalidConfiguration(
      `${both} both have the name ${system.name}, in one account and Region; state machine, event bus and logs would collide. Give one of them another name. ${ELSEWHERE}`,
    );
  }
  if (system.domainName === other.domainName && system.objectTypeName === other.objectTypeName) {
    throw new InvalidConfiguration(
      `${both} both sync into the object type ${system.objectTypeName} of the domain ${system.domainName}; each has a ledger of its own, so older data of one would overwrite newer of the other. Use one system, or another object type. ${ELSEWHERE}`,
    );
  }
  if (!isSameResource(system.budgetTable, other.budgetTable, (table) => table.tableName)) {
    throw new InvalidConfiguration(
      `${both} do not share a budget table; together they would call faster than the quota of the account and Region. Give the one the other's as budgetTable: system.tables.budget. ${ELSEWHERE}`,
    );
  }
  checkRates(both, system.plan.rates, other.plan.rates);
}

function checkRates(both: string, of: ApiRates, others: ApiRates): void {
  for (const api of API_NAMES) {
    const [one, other] = [of[api], others[api]];
    if (!one || !other || isDeepStrictEqual(one, other)) continue;
    const ofApi = api === 'PutProfileObject' ? '' : ` of ${api}`;
    throw new InvalidConfiguration(
      `${both} share a budget table, but not what is in it: ${words(other)}, and ${words(one)}${ofApi}. Give both the same, that of all of them together.`,
    );
  }
}

function words(rate: ApiRate | BatchRate): string {
  const permits = 'permitFor' in rate ? ` and a permit for each ${rate.permitFor}` : '';
  return `quota ${rate.quota} with reserve ${rate.reserve}${permits}`;
}

/** Two stacks without an env go wherever the deployment says, so to the same place. */
function mayShareQuota(one: IConstruct, other: IConstruct): boolean {
  const [a, b] = [Stack.of(one), Stack.of(other)];
  return !(['account', 'region'] as const).some(
    (part) => Token.compareStrings(a[part], b[part]) === TokenComparison.DIFFERENT,
  );
}
