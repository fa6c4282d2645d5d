import { parse } from 'csv-parse/sync';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import { inLettersOf, type SampleEncoding } from '../../samples/encode.ts';
import { exportCsv } from '../../samples/export-csv.ts';

const BLOCK_ROWS = 10_000;
const KEY_DIGITS = 7;
/** Where the number of a customer is in a line. A bad row has none, or a longer one, which no block changes. */
const KEY = { csv: /^C-(\d{7}),/gm, jsonl: /^{"customer_id":"C-(\d{7})"/gm } as const;

export type ExportType = keyof typeof KEY;

export interface LargeExport {
  readonly bytes: number;
  readonly rows: number;
  /** Each is a buffer of its own. */
  blocks(): Generator<Buffer>;
}

/**
 * An export of at least so many bytes, as the sample's generator makes it: some values in quotes, repeated customers and
 * bad rows. It repeats one block of rows with other customers' keys, since the generator itself would take minutes.
 *
 * @param letters with letters of this encoding alone.
 */
export function largeExport(type: ExportType, atLeastBytes: number, letters: SampleEncoding = 'utf-8'): LargeExport {
  const csv = inLettersOf(letters, [...exportCsv({ rows: BLOCK_ROWS, seed: 1, night: 1, churn: 1 })].join(''));
  const headerEnd = csv.indexOf('\n') + 1;
  const header = type === 'csv' ? csv.slice(0, headerEnd) : '';
  const text = type === 'csv' ? csv.slice(headerEnd) : jsonLines(csv);
  const block = Buffer.from(text, 'utf8');
  // In Latin-1 a character is a byte, so that positions in the text are those in the block.
  const keys = [...block.toString('latin1').matchAll(KEY[type])].map(({ 0: line, 1: digits = '', index }) => ({
    position: index + line.indexOf(digits),
    customer: Number(digits),
  }));
  const blocks = Math.ceil((atLeastBytes - header.length) / block.length);
  return {
    bytes: header.length + blocks * block.length,
    rows: blocks * BLOCK_ROWS,
    *blocks() {
      yield Buffer.from(header);
      for (let number = 0; number < blocks; number++) {
        const renewed = Buffer.from(block);
        for (const { position, customer } of keys) {
          renewed.write(String(customer + number * BLOCK_ROWS).padStart(KEY_DIGITS, '0'), position, 'latin1');
        }
        yield renewed;
      }
    },
  };
}

/** A ragged row loses what is beyond the header, or lacks what it lacks. */
function jsonLines(csv: string): string {
  const [names = [], ...rows] = parse(csv, csvDialect(',')) as unknown as string[][];
  const objects = rows.map((fields) =>
    Object.fromEntries(names.map((name, column) => [name, fields[column]]).filter(([, value]) => value !== undefined)),
  );
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
