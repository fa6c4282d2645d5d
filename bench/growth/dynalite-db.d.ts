/** The store below dynalite, as far as a ledger is seeded through it. */
declare module 'dynalite/db/index.js' {
  type Item = Readonly<Record<string, import('@aws-sdk/client-dynamodb').AttributeValue>>;

  interface ItemDb {
    batch(operations: readonly { type: 'put'; key: string; value: Item }[], done: (error?: Error) => void): void;
  }

  interface Store {
    readonly db: { close(): Promise<void> };
    getItemDb(table: string): ItemDb;
    getTable(name: string, done: (error: Error | undefined, table: object) => void): void;
  }

  export function create(options: { readonly path: string }): Store;
  export function createKey(item: Item, table: object): string;
}
