import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { compileMapping } from '../../functions/shared/mapping/compile.ts';
import { parseMapping } from '../../functions/shared/mapping/definition.ts';
import customer from '../../mappings/customer.json' with { type: 'json' };

/** The product's own mapping code: what is compared is how rows are sent, not what is made of them. */
export const MAPPING = compileMapping(parseMapping(JSON.stringify(customer), 'customer.json'));

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

export interface MappedRow {
  readonly customerKey: string;
  /** Epoch milliseconds: when the record was updated. */
  readonly sourceTime: number;
  /** JSON text of the profile object. */
  readonly object: string;
}

/** The rows of an export that have as many fields as its header; csv-parse leaves out the others, where one asks it to. */
export function readRows(csv: Readable): AsyncIterable<Row> {
  return csv.pipe(parse({ columns: true, skip_records_with_error: true }));
}

/** Undefined if the mapping takes no such row: it is not sent. */
export function mapRow(row: Row): MappedRow | undefined {
  const values = MAPPING.columns.map((column) => row[column] ?? '');
  const identity = MAPPING.identify(values, Date.now());
  if (!identity.ok) return undefined;
  const mapped = MAPPING.toObject(values);
  if (!mapped.ok) return undefined;
  const { customerKey, sourceTime = 0 } = identity;
  return { customerKey, sourceTime, object: mapped.object };
}
