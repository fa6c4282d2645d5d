import type { Count } from '../meter.ts';
import { READS, tablesOf } from './access.ts';

interface Answer {
  readonly __type?: string;
  /** Of a batch, one for each table. */
  readonly ConsumedCapacity?: Consumed | readonly Consumed[];
}

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

const FAILED_CONDITION = 'ConditionalCheckFailedException';

/** The request with the wish to be told its units; of members with the same name the last one counts. */
export function askingForUnits(body: string): string {
  return body.replace(/([^{\s])\s*\}\s*$/, '$1,"ReturnConsumedCapacity":"TOTAL"}');
}

/**
 * Counts the units that dynalite tells. It tells none of a write whose condition fails: AWS bills it all the same, by the
 * item's size, which is one unit for up to 1 KB.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html, read 2026-11
 */
export function countUnits(operation: string, body: string, answer: string, count: Count<'dynamodb'>): void {
  const { __type = '', ConsumedCapacity = [] } = parsed(answer);
  const unit = READS.includes(operation) ? 'reads' : 'writes';
  for (const { TableName, CapacityUnits } of [ConsumedCapacity].flat()) count(TableName, unit, CapacityUnits);
  if (__type.endsWith(FAILED_CONDITION)) for (const table of tablesOf(body)) count(table, 'writes');
}

function parsed(answer: string): Answer {
  // An error that dynalite meets before it knows the operation may have another form, or no body.
  return answer.startsWith('{') ? (JSON.parse(answer) as Answer) : {};
}
