import { promisify } from 'node:util';
import { marshall } from '@aws-sdk/util-dynamodb';
import { create, createKey } from 'dynalite/db/index.js';
import { type EntryItem, toItem } from '../../functions/shared/ledger/entry.ts';
import { confirmed } from '../../functions/shared/ledger/rules.ts';
import type { NightCustomer } from './night.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

/**
 * Writes what the ledger would hold after a run that sent these customers, straight into the store below the embedded
 * DynamoDB: one conditional write after the other would take longer than all that is measured.
 *
 * @param store.directory of the embedded DynamoDB, which is not running.
 * @returns the number of entries.
 */
export async function seedLedger(
  customers: ReadonlyMap<string, NightCustomer>,
  store: { readonly directory: string; readonly tableName: string; readonly prefix: string },
  sentAt: number,
): Promise<number> {
  const opened = create({ path: store.directory });
  const table = await promisify(opened.getTable)(store.tableName);
  const items = opened.getItemDb(store.tableName);
  const write = promisify(items.batch);
  let batch: EntryItem[] = [];
  let entries = 0;

  async function flush(): Promise<void> {
    const puts = batch.map((item) => {
      const value = marshall(item, { removeUndefinedValues: true });
      return { type: 'put' as const, key: createKey(value, table), value };
    });
    await write(puts);
    entries += batch.length;
    batch = [];
  }

  for (const [customerKey, { candidate, filled }] of customers) {
    const { version, fingerprint, runId } = candidate;
    const claim = { id: 'seeded', version, fingerprint, deadline: sentAt };
    const entry = confirmed(undefined, { claim, runId, filled }, sentAt, Math.floor((sentAt + 300 * DAY_MS) / 1000));
    if (entry) batch.push(toItem(store.prefix + customerKey, `rev-${entries + batch.length}`, entry));
    if (batch.length === BATCH) await flush();
  }
  await flush();
  await opened.db.close();
  return entries;
}
