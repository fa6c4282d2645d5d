import { createHash } from 'node:crypto';
import type { RejectedLine } from './rejected-lines.ts';

/** A rejected row of the run, as little of it as tells whether it was corrected: some 200 bytes. */
interface KnownRow {
  readonly code: string;
  readonly version: string;
  readonly content: string;
  readonly width: number;
}

/** What was done with the rejected rows of a run in a file. Rows are numbered as in that file. */
export interface Comparison {
  /** Some row has the `_row` that every rejected row has. */
  readonly isRejectedFile: boolean;
  readonly corrected: number;
  /** As they were: they will be rejected again. */
  readonly unchanged: readonly number[];
  /** As they were, but only the service failed on them: they are tried once more. */
  readonly triedAgain: number;
  /** Ragged rows that only got empty fields at their end, as a spreadsheet does by itself when it saves. */
  readonly filledUp: readonly number[];
  /** Without `_version`: new data. */
  readonly added: number;
  /** Rejected rows of the run that are not in the file. */
  readonly leftOut: number;
  /** With a `_row` that the run did not reject. */
  readonly foreign: readonly number[];
  /** With another `_version` than the run's rejected file has. */
  readonly editedVersion: readonly number[];
}

/** @param firstRow number of the first row of the corrected file. */
export async function compare(
  rejected: AsyncIterable<RejectedLine>,
  corrected: AsyncIterable<RejectedLine>,
  firstRow: number,
): Promise<Comparison> {
  const known = new Map<string, KnownRow>();
  for await (const { row, code, version, record } of rejected) known.set(row, { code, version, ...contentOf(record) });

  const found = new Set<string>();
  const counts = { corrected: 0, triedAgain: 0, added: 0 };
  const rows: Record<'unchanged' | 'filledUp' | 'foreign' | 'editedVersion', number[]> = {
    unchanged: [],
    filledUp: [],
    foreign: [],
    editedVersion: [],
  };
  let number = firstRow;
  let isRejectedFile = false;
  for await (const line of corrected) {
    const is = verdict(line, known.get(line.row));
    if (is === 'corrected' || is === 'triedAgain' || is === 'added') counts[is]++;
    else rows[is].push(number);
    if (is !== 'foreign') found.add(line.row);
    isRejectedFile ||= line.row !== '';
    number++;
  }
  const leftOut = [...known.keys()].filter((row) => !found.has(row)).length;
  return { isRejectedFile, ...counts, ...rows, leftOut };
}

function verdict(
  { version, record }: RejectedLine,
  row: KnownRow | undefined,
): Exclude<keyof Comparison, 'leftOut' | 'isRejectedFile'> {
  if (version === '') return 'added';
  if (!row) return 'foreign';
  const { content, width } = contentOf(record);
  // Here the version is what there is to correct.
  if (row.code === 'BAD_VERSION') return version === row.version ? 'unchanged' : 'corrected';
  if (version !== row.version) return 'editedVersion';
  if (content !== row.content) return 'corrected';
  if (row.code === 'RAGGED_ROW' && width !== row.width) return 'filledUp';
  return row.code === 'SERVICE_ERROR' ? 'triedAgain' : 'unchanged';
}

/** Without the empty fields at the end. */
function contentOf(record: RejectedLine['record']): { readonly content: string; readonly width: number } {
  const fields = typeof record === 'string' ? [record] : record;
  const filled = fields.slice(0, fields.findLastIndex((field) => field !== '') + 1);
  return {
    content: createHash('sha256').update(JSON.stringify(filled)).digest('base64'),
    width: fields.length,
  };
}
