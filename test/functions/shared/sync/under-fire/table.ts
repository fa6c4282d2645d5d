import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Tape } from './tape.ts';
import type { Worker, World } from './world.ts';

type Item = Readonly<Record<string, unknown>>;
export type Command = object;
/** What carries a command out: the table in memory below, or a real client. */
export type Execute = (command: Command) => unknown;

const CONDITIONS: Readonly<Record<string, (item: Item | undefined, values: Item) => boolean>> = {
  'attribute_not_exists(pk)': (item) => item === undefined,
  'rev = :rev': (item, values) => item?.rev === values[':rev'],
  'attribute_not_exists(exportTime) OR exportTime < :time': (item, values) =>
    item === undefined || Number(item.exportTime) < Number(values[':time']),
};

/** The part of DynamoDB that the ledger uses, without the network; anything else is an error. */
export function createTable(): Execute {
  const items = new Map<string, Item>();
  const idOf = (table: string | undefined, { pk, run, item }: Item) => JSON.stringify([table, pk, run, item]);

  function check(id: string, condition: string | undefined, values: Item = {}): void {
    const holds = CONDITIONS[condition ?? ''];
    if (!holds) throw new TypeError(`The table does not know the condition ${condition}.`);
    if (!holds(items.get(id), values)) throw new ConditionalCheckFailedException({ message: '', $metadata: {} });
  }

  return (command) => {
    if (command instanceof GetCommand) {
      const { TableName, Key = {} } = command.input;
      return { Item: structuredClone(items.get(idOf(TableName, Key))) };
    }
    if (command instanceof BatchGetCommand) {
      const requests = Object.entries(command.input.RequestItems ?? {});
      const found = ([table, { Keys = [] }]: (typeof requests)[number]) =>
        Keys.map((key) => items.get(idOf(table, key))).filter((item) => item !== undefined);
      return {
        Responses: Object.fromEntries(requests.map((request) => [request[0], structuredClone(found(request))])),
      };
    }
    if (command instanceof PutCommand) {
      const { TableName, Item = {}, ConditionExpression, ExpressionAttributeValues } = command.input;
      const id = idOf(TableName, Item);
      check(id, ConditionExpression, ExpressionAttributeValues);
      items.set(id, structuredClone(Item));
      return {};
    }
    if (command instanceof UpdateCommand) {
      const { TableName, Key = {}, ConditionExpression, ExpressionAttributeValues } = command.input;
      const id = idOf(TableName, Key);
      check(id, ConditionExpression, ExpressionAttributeValues);
      items.set(id, { ...Key, exportTime: ExpressionAttributeValues?.[':time'] });
      return {};
    }
    throw new TypeError(`The table does not know ${command.constructor.name}.`);
  };
}

/** A client with no more than `send`. */
export function clientOf(send: (command: Command) => unknown): DynamoDBDocumentClient {
  return { send } as unknown as DynamoDBDocumentClient;
}

/** A worker's client: every command is two steps of the world, and may fail before or after it took effect. */
export function faultyClient(world: World, worker: Worker, tape: Tape, execute: Execute): DynamoDBDocumentClient {
  const failure = (name: string) => Object.assign(new Error(name), { name });

  async function effect(command: Command): Promise<unknown> {
    switch (tape.fate({ done: 16, requestLost: 1, answerLost: 1, repeated: 1, throttled: 1, inPart: 2 })) {
      case 'requestLost':
        throw failure('TimeoutError');
      case 'throttled':
        throw failure('ProvisionedThroughputExceededException');
      case 'answerLost':
        await execute(command);
        throw failure('TimeoutError');
      case 'repeated':
        await execute(command);
        return execute(command);
      case 'inPart':
        return command instanceof BatchGetCommand ? inPart(command, execute) : execute(command);
      case 'done':
        return execute(command);
    }
  }

  return clientOf((command) => world.request(worker, () => effect(command)));
}

/** Answers the first key only; the others are unprocessed. */
async function inPart({ input }: BatchGetCommand, execute: Execute): Promise<unknown> {
  const [table, { Keys = [] }] = Object.entries(input.RequestItems ?? {})[0] ?? ['', {}];
  const [first, ...others] = Keys;
  if (!first || others.length === 0) return execute(new BatchGetCommand(input));
  const answer = await execute(
    new BatchGetCommand({ RequestItems: { [table]: { Keys: [first], ConsistentRead: true } } }),
  );
  return { ...(answer as object), UnprocessedKeys: { [table]: { Keys: others, ConsistentRead: true } } };
}
