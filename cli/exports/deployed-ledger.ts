import { createFullExports, type FullExports } from '../../functions/shared/ledger/full-exports.ts';
import type { Ledger } from '../../functions/shared/ledger/ledger.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from '../connect/ledger.ts';

/** What the deployed system has noted of customers and of full exports, to be read. */
export function deployedLedger(stack: ConnectedStack): {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly fullExports: Pick<FullExports, 'newest'>;
} {
  const { clients, outputs } = stack;
  const { DomainName: domainName, ObjectTypeName: objectTypeName, RunTableName: runTable } = outputs;
  return {
    ledger: openLedger(stack),
    fullExports: createFullExports({ client: clients.dynamo, runTable, domainName, objectTypeName }),
  };
}
