import { createFullExports, type FullExports } from '../../functions/shared/ledger/full-exports.ts';
import { createLedger, type Ledger } from '../../functions/shared/ledger/ledger.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';

/** What the deployed system has noted of customers and of full exports, to be read. */
export function deployedLedger({ clients, outputs, clock }: ConnectedStack): {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly fullExports: Pick<FullExports, 'newest'>;
} {
  const { DomainName: domainName, ObjectTypeName: objectTypeName } = outputs;
  const scope = { client: clients.dynamo, domainName, objectTypeName };
  return {
    ledger: createLedger({ ...scope, tableName: outputs.LedgerTableName, clock }),
    fullExports: createFullExports({ ...scope, runTable: outputs.RunTableName }),
  };
}
