import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../../../functions/shared/clock.ts';

type Item = Readonly<Record<string, unknown>>;

/** The one item of the budget table on a simulated clock: answers take time, writes are conditional, and things fail. */
export interface SimulatedTable {
  readonly item: Item | undefined;
  readonly reads: number;
  readonly writes: number;
  /** Writes that another worker's came before. */
  readonly lost: number;
  /** While it is down, every request is answered by a 500. */
  goDown(): void;
  comeUp(): void;
  /** As an operator does; undefined takes the quota away again. */
  setQuota(quota: number | undefined): void;
  /** A client that waits on the worker's clock: one that died gets no answer any more. */
  clientOf(clock: Clock): DynamoDBDocumentClient;
}

/** As much of condition expressions as the budget uses: `a AND (b OR c)` of equal and absent attributes. */
function holds(condition: string, item: Item | undefined, values: Item): boolean {
  const term = (text: string): boolean => {
    const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(text) ?? [];
    if (absent) return item?.[absent] === undefined;
    const [, name, value] = /^(\w+) = (:\w+)$/.exec(text) ?? [];
    if (name && value) return item?.[name] === values[value];
    throw new TypeError(`This condition is not simulated: ${text}`);
  };
  return condition.split(' AND ').every((part) => {
    const [, alternatives] = /^\((.* OR .*)\)$/.exec(part) ?? [];
    return (alternatives ?? part).split(' OR ').some(term);
  });
}

export function createSimulatedTable(options: {
  readonly random: () => number;
  /** Milliseconds of one request, at least and at most. */
  readonly requestMs: readonly [number, number];
  /** The share of writes whose answer is lost: the SDK writes again, and the condition fails although the write was done. */
  readonly lostAnswers?: number | undefined;
}): SimulatedTable {
  const { random, lostAnswers = 0 } = options;
  const [least, most] = options.requestMs;

  let item: Item | undefined;
  let isDown = false;
  const count = { reads: 0, writes: 0, lost: 0 };

  function write({ Item, ConditionExpression = '', ExpressionAttributeValues = {} }: PutCommand['input']): void {
    const done = holds(ConditionExpression, item, ExpressionAttributeValues);
    count.writes += 1;
    if (done) item = structuredClone(Item);
    else count.lost += 1;
    if (!done || random() < lostAnswers) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
  }

  async function send(command: unknown, clock: Clock): Promise<object> {
    const halfWay = (least + random() * (most - least)) / 2;
    await clock.sleep(halfWay);
    try {
      if (isDown) throw Object.assign(new Error(), { name: 'InternalServerError' });
      if (command instanceof PutCommand) {
        write(command.input);
        return {};
      }
      if (!(command instanceof GetCommand)) throw new TypeError('The budget only gets and puts.');
      count.reads += 1;
      return { Item: structuredClone(item) };
    } finally {
      await clock.sleep(halfWay);
    }
  }

  return {
    get item() {
      return item;
    },
    get reads() {
      return count.reads;
    },
    get writes() {
      return count.writes;
    },
    get lost() {
      return count.lost;
    },
    goDown() {
      isDown = true;
    },
    comeUp() {
      isDown = false;
    },
    setQuota(quota) {
      item = { ...item, quota };
    },
    clientOf: (clock) => ({ send: (command: unknown) => send(command, clock) }) as unknown as DynamoDBDocumentClient,
  };
}
