import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import { type Entry, type EntryItem, fromItem, toItem } from './entry.ts';

/** BatchGetItem: items per request. DynamoDB API Reference, BatchGetItem, read 2026-11. */
const MAX_BATCH_GET = 100;
const UNPROCESSED_PAUSE_MS = 50;

/** An entry as it was read: what stands there, and the condition under which it may be written. */
export interface Snapshot {
  readonly entry: Entry | undefined;
  /** Undefined if there is no item at all. */
  readonly rev: string | undefined;
}

export const ABSENT: Snapshot = { entry: undefined, rev: undefined };

/** Partition key of an entry, without the customer key at its end. */
export function entryPrefix({
  domainName,
  objectTypeName,
}: {
  readonly domainName: string;
  readonly objectTypeName: string;
}): string {
  return `${domainName}#${objectTypeName}#`;
}

/** The DynamoDB table of what was last sent for each customer key. Every write is conditional on what was read. */
export interface Ledger {
  /** Reads consistently; has a snapshot for every key. */
  read(customerKeys: readonly string[]): Promise<Map<string, Snapshot>>;
  readOne(customerKey: string): Promise<Snapshot>;
  /** Writes the entry if it is still as in `seen`; if another writer came first, tells what stands there now. */
  write(customerKey: string, seen: Snapshot, entry: Entry): Promise<{ written: boolean; snapshot: Snapshot }>;
}

export function createLedger(options: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly domainName: string;
  readonly objectTypeName: string;
  readonly clock: Clock;
}): Ledger {
  const { client, tableName, clock } = options;
  const prefix = entryPrefix(options);

  function snapshot(item: EntryItem): Snapshot {
    const expired = item.ttl * 1000 <= clock.now();
    return { entry: expired ? undefined : fromItem(item), rev: item.rev };
  }

  async function readBatch(customerKeys: readonly string[], found: Map<string, Snapshot>): Promise<void> {
    let keys: Record<string, unknown>[] | undefined = customerKeys.map((key) => ({ pk: prefix + key }));
    for (let round = 0; keys && keys.length > 0; round += 1) {
      if (round > 0) await clock.sleep(UNPROCESSED_PAUSE_MS * 2 ** Math.min(round, 6));
      const answer: BatchGetCommandOutput = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const item of (answer.Responses?.[tableName] ?? []) as EntryItem[]) {
        found.set(item.pk.slice(prefix.length), snapshot(item));
      }
      // Unprocessed keys are not absent: taken so, their rows would be sent again or over newer data.
      keys = answer.UnprocessedKeys?.[tableName]?.Keys;
    }
  }

  async function readOne(customerKey: string): Promise<Snapshot> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: prefix + customerKey }, ConsistentRead: true }),
    );
    return Item ? snapshot(Item as EntryItem) : ABSENT;
  }

  return {
    async read(customerKeys) {
      const distinct = [...new Set(customerKeys)];
      const found = new Map<string, Snapshot>();
      for (let at = 0; at < distinct.length; at += MAX_BATCH_GET) {
        await readBatch(distinct.slice(at, at + MAX_BATCH_GET), found);
      }
      return new Map(distinct.map((key) => [key, found.get(key) ?? ABSENT]));
    },

    readOne,

    async write(customerKey, seen, entry) {
      const rev = randomBytes(9).toString('base64url');
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(prefix + customerKey, rev, entry),
            ...(seen.rev === undefined
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': seen.rev } }),
          }),
        );
        return { written: true, snapshot: { entry, rev } };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK repeats a write whose answer was lost: then the condition failed against our own first try.
        const current = await readOne(customerKey);
        return { written: current.rev === rev, snapshot: current };
      }
    },
  };
}
