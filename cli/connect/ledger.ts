import { createLedger, type Ledger } from '../../functions/shared/ledger/ledger.ts';
import type { ConnectedStack } from './connected-stack.ts';

/** The deployed ledger. */
export function openLedger({ clients, outputs, clock }: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>): Ledger {
  return createLedger({
    client: clients.dynamo,
    tableName: outputs.LedgerTableName,
    domainName: outputs.DomainName,
    objectTypeName: outputs.ObjectTypeName,
    clock,
  });
}
