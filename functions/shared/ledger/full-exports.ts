import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MappingDefinition } from '../mapping/types.ts';

/**
 * The newest full export that a run was split from. An unchanged row of a full export writes nothing, so an older full
 * export that still runs could not see that a newer one confirmed the old content: it asks here before each call.
 * [E1 says F1, the newer E2 says F0 as before, both running: E1 must not win]
 */
export interface FullExports {
  /** Epoch milliseconds of an export time; versions never go back. */
  register(exportTime: number): Promise<void>;
  /** Read consistently; undefined if none was registered. */
  newest(): Promise<number | undefined>;
}

export function createFullExports(options: {
  readonly client: DynamoDBDocumentClient;
  readonly runTable: string;
  readonly domainName: string;
  readonly objectTypeName: string;
}): FullExports {
  const { client, runTable } = options;
  const Key = { run: `full#${options.domainName}#${options.objectTypeName}`, item: 'newest' };
  return {
    async register(exportTime) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: runTable,
            Key,
            UpdateExpression: 'SET exportTime = :time',
            ConditionExpression: 'attribute_not_exists(exportTime) OR exportTime < :time',
            ExpressionAttributeValues: { ':time': exportTime },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async newest() {
      const { Item } = await client.send(new GetCommand({ TableName: runTable, Key, ConsistentRead: true }));
      return Item?.exportTime as number | undefined;
    },
  };
}

/** Only without `updatedAt` can an older full export be newer than all that the ledger holds. */
export function isGuardedByFullExports({ exports, updatedAt }: MappingDefinition): boolean {
  return exports.contains === 'full' && updatedAt === undefined;
}

/** Whether what an export of this time would send is held back by a newer full export. */
export function isOutdated(exportTime: number, newestFullExport: number | undefined): boolean {
  return newestFullExport !== undefined && newestFullExport > exportTime;
}
