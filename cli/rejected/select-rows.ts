import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { RejectedRows } from './rejected-rows.ts';

export interface RowChoice {
  /** Only rows with this code. */
  readonly code: string | undefined;
  /** How many are listed at most. */
  readonly limit: number;
  /** How many are passed over before these; none by default. */
  readonly skip?: number;
}

export interface RejectedRow {
  readonly row: number;
  readonly code: string;
  readonly reason: string;
  readonly customerKey: string;
}

/** Some rejected rows of a run, and how many there are. */
export interface SelectedRows {
  /** Of all codes. */
  readonly rejected: number;
  readonly byCode: Readonly<Record<string, number>>;
  readonly rows: readonly RejectedRow[];
  /** Rows of the code that was asked for behind those that are listed. */
  readonly more: number;
}

/** Reads all rejected rows of a run once; only those that are listed stay in memory. */
export async function selectRows(
  rejected: RejectedRows,
  mapping: Mapping,
  { code: wanted, limit, skip = 0 }: RowChoice,
): Promise<SelectedRows> {
  const byCode: Record<string, number> = {};
  const rows: RejectedRow[] = [];
  let total = 0;
  let passed = 0;
  let more = 0;
  for await (const { row, code, reason, customerKey } of rejected.lines(mapping)) {
    total++;
    byCode[code] = (byCode[code] ?? 0) + 1;
    if (wanted !== undefined && code !== wanted) continue;
    if (passed < skip) passed++;
    else if (rows.length < limit) rows.push({ row: Number(row), code, reason, customerKey });
    else more++;
  }
  return { rejected: total, byCode, rows, more };
}
