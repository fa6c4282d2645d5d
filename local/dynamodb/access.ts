import { arn } from '../cloudformation/resource-type.ts';
import type { Access } from '../iam/access.ts';

/** The members of a request that say which tables it is about. */
interface Tables {
  readonly TableName?: string;
  readonly IndexName?: string;
  /** Of a batch. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** An operation is an action of the same name, on every table that it names; on none if it names none. */
export function accessesOf(operation: string, body: string): Access[] {
  const { TableName, IndexName, RequestItems = {} } = parsed(body);
  const action = `dynamodb:${operation}`;
  const tables = TableName === undefined ? Object.keys(RequestItems) : [TableName];
  if (tables.length === 0) return [{ action, resource: '*' }];
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  return tables.map((table) => ({ action, resource: `${tableArn(table)}${index}` }));
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
