import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

export const TABLES = { ledger: 'ledger', budget: 'budget', run: 'runs' } as const;

const KEYS: Record<string, readonly string[]> = {
  [TABLES.ledger]: ['pk'],
  [TABLES.budget]: ['id'],
  [TABLES.run]: ['run', 'item'],
};

/** The product's tables in a DynamoDB in memory, over real HTTP. */
export async function startTables(): Promise<{ client: DynamoDBDocumentClient; stop: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const [TableName, names] of Object.entries(KEYS)) {
    const KeySchema = names.map(
      (AttributeName, index): KeySchemaElement => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }),
    );
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema,
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    client: DynamoDBDocumentClient.from(client),
    async stop() {
      client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
