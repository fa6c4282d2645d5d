import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { rateVariables } from '../functions/shared/rate-environment.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import { alsoOnDomain, clearProfiles, putProfileObjects, type Unused, useTable } from './permissions.ts';
import type { System } from './system.ts';

/** The settings and the permissions that a part of a function's code needs. */
export interface Needs {
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly PolicyStatement[];
  /** @default - an ordinary run uses all of the permissions. */
  readonly unused?: readonly Unused[];
}

/** The ledger, with what the code does to its entries. */
export function useLedger({ domainName, tables }: Pick<System, 'domainName' | 'tables'>, ...actions: string[]): Needs {
  return {
    environment: { DOMAIN_NAME: domainName, LEDGER_TABLE: tables.ledger.tableName },
    permissions: useTable(tables.ledger, ...actions),
  };
}

/** The actions that sending takes, all of them on what an ordinary run does not use. */
const SENDING: Readonly<Record<RatePlan['exportApi'], readonly Unused[]>> = {
  PutProfileObject: [alsoOnDomain('profile:PutProfileObject')],
  BatchPutProfileObject: [
    alsoOnDomain('profile:BatchPutProfileObject'),
    { action: 'profile:PutProfileObject', reason: 'AWS lists no action of the batch yet: it may ask for this one.' },
  ],
};

/**
 * Syncing records, of a chunk or of live events: the one code path of functions/shared/sync.
 *
 * @param api that they are sent with.
 */
export function syncRecords(
  scope: Construct,
  system: Pick<System, 'domainName' | 'objectTypeName' | 'plan' | 'tables'>,
  api: RatePlan['exportApi'],
): Needs {
  const { domainName, objectTypeName, tables, plan } = system;
  const ledger = useLedger(system, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem');
  const sending = SENDING[api];
  return {
    environment: {
      ...ledger.environment,
      BUDGET_TABLE: tables.budget.tableName,
      RUN_TABLE: tables.run.tableName,
      ...rateVariables(plan),
    },
    permissions: [
      ...ledger.permissions,
      ...useTable(tables.run, 'dynamodb:GetItem', 'dynamodb:PutItem'),
      ...useTable(tables.budget, 'dynamodb:GetItem', 'dynamodb:PutItem'),
      putProfileObjects(
        Stack.of(scope),
        domainName,
        objectTypeName,
        sending.map(({ action }) => action),
      ),
      ...(plan.rates.UpdateProfile ? [clearProfiles(Stack.of(scope), domainName)] : []),
    ],
    unused: [
      { action: 'dynamodb:GetItem', reason: 'Reads an entry again that another worker wrote first.' },
      ...sending,
    ],
  };
}
