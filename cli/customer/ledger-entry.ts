import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { entryPrefix } from '../../functions/shared/ledger/ledger.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from '../connect/ledger.ts';

/** Another writer is done with an entry in a moment; one that comes first so often is not to be outrun. */
const MAX_TRIES = 10;

/** The item of a customer in the ledger, also one that has expired and is not deleted yet. */
export interface HeldEntry {
  readonly rev: string;
  /** ISO 8601; set while a worker is sending this customer. */
  readonly sendingUntil?: string;
  /** Epoch milliseconds when the last call for this customer was answered, or may have been; undefined if there was none. */
  readonly calledAt?: number;
}

export async function findEntry(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
  customerKey: string,
): Promise<HeldEntry | undefined> {
  const { rev, entry } = await openLedger(stack).readOne(customerKey);
  if (rev === undefined) return undefined;
  const { known, claim } = entry ?? {};
  const now = stack.clock.now();
  const calledAt = Math.max(known?.sentAt ?? 0, Math.min(claim?.deadline ?? 0, now));
  return {
    rev,
    ...(claim && claim.deadline > now && { sendingUntil: new Date(claim.deadline).toISOString() }),
    ...(calledAt > 0 && { calledAt }),
  };
}

/**
 * Deletes the entry, unless a worker is sending the customer: without the entry it could not note what it sent.
 *
 * @returns the entry as it was last seen; undefined if there was none.
 */
export async function eraseEntry(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
  customerKey: string,
): Promise<HeldEntry | undefined> {
  const { clients, outputs } = stack;
  const { LedgerTableName, DomainName: domainName, ObjectTypeName: objectTypeName } = outputs;
  const pk = entryPrefix({ domainName, objectTypeName }) + customerKey;
  let entry = await findEntry(stack, customerKey);
  for (let tried = 0; tried < MAX_TRIES && entry && entry.sendingUntil === undefined; tried += 1) {
    try {
      await clients.dynamo.send(
        new DeleteCommand({
          TableName: LedgerTableName,
          Key: { pk },
          ConditionExpression: 'rev = :rev',
          ExpressionAttributeValues: { ':rev': entry.rev },
        }),
      );
      return entry;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const current = await findEntry(stack, customerKey);
      if (!current) return entry;
      entry = current;
    }
  }
  return entry;
}
