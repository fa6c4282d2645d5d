import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { entryPrefix } from '../../functions/shared/ledger/ledger.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from './ledger-view.ts';

/** Another writer is done with an entry in a moment; one that comes first so often is not to be outrun. */
const MAX_TRIES = 10;

/** The item of a customer in the ledger, also one that has expired and is not deleted yet. */
export interface HeldEntry {
  readonly rev: string;
  /** ISO 8601; set while a worker is sending this customer. */
  readonly sendingUntil?: string;
}

export async function findEntry(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
  customerKey: string,
): Promise<HeldEntry | undefined> {
  const { rev, entry } = await openLedger(stack).readOne(customerKey);
  if (rev === undefined) return undefined;
  const until = entry?.claim?.deadline ?? 0;
  return { rev, ...(until > stack.clock.now() && { sendingUntil: new Date(until).toISOString() }) };
}

/** Deletes the entry, unless a worker is sending the customer: without the entry it could not note what it sent. */
export async function eraseEntry(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
  customerKey: string,
): Promise<void> {
  const { clients, outputs } = stack;
  const { LedgerTableName, DomainName: domainName, ObjectTypeName: objectTypeName } = outputs;
  const pk = entryPrefix({ domainName, objectTypeName }) + customerKey;
  for (let tried = 0; tried < MAX_TRIES; tried += 1) {
    const entry = await findEntry(stack, customerKey);
    if (!entry || entry.sendingUntil !== undefined) return;
    try {
      await clients.dynamo.send(
        new DeleteCommand({
          TableName: LedgerTableName,
          Key: { pk },
          ConditionExpression: 'rev = :rev',
          ExpressionAttributeValues: { ':rev': entry.rev },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
