import { arn } from '../cloudformation/resource-type.ts';
import type { Access } from '../iam/access.ts';

/** The members of a request that say which tables it is about. */
interface Tables {
  readonly TableName?: string;
  readonly IndexName?: string;
  /** Of a batch. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

const ON_TABLES: readonly string[] = ['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables'];
export const READS: readonly string[] = ['BatchGetItem', 'GetItem', 'Query', 'Scan'];
const WRITES: readonly string[] = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'];
export const ON_ITEMS: readonly string[] = [...READS, ...WRITES];

/** Operations that dynalite answers; any other gets 501 and its name. */
export const OPERATIONS: readonly string[] = [...ON_TABLES, ...ON_ITEMS];

/**
 * An operation is an action of the same name, on every table that it names; on none if it names none. To read an item
 * and to write one takes the right to decrypt with the table's key.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html, and for writes
 * https://github.com/aws/aws-cdk/issues/10010, read 2026-11
 */
export function accessesOf(operation: string, body: string): Access[] {
  const { IndexName } = parsed(body);
  const action = `dynamodb:${operation}`;
  const tables = tablesOf(body);
  if (tables.length === 0) return [{ action, resource: '*' }];
  const keyUse = ON_ITEMS.includes(operation) ? (['kms:Decrypt'] as const) : [];
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  return tables.map((table) => ({ action, resource: `${tableArn(table)}${index}`, keyUse }));
}

/** As the request names them. */
export function tablesOf(body: string): readonly string[] {
  const { TableName, RequestItems = {} } = parsed(body);
  return TableName === undefined ? Object.keys(RequestItems) : [TableName];
}

const tableArn = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : arn('dynamodb', `table/${nameOrArn}`);

function parsed(body: string): Tables {
  try {
    return (JSON.parse(body) ?? {}) as Tables;
  } catch {
    // DynamoDB itself says what is wrong with it.
    return {};
  }
}
