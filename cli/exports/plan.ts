import type { MarkedDeletes } from '../../functions/shared/contracts.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import type { RejectCode } from '../../functions/shared/rejection.ts';
import { DELETE_NOT_APPROVED } from '../../functions/shared/sync/outcome.ts';
import { guardDeletes } from '../../functions/split-export/deletes-guard.ts';
import { type JudgedRow, type JudgeOptions, openRowJudge, type RowJudge } from './judge-rows.ts';
import { chunksOfFile, readRecords, type ScanOptions, withLocalExport } from './local-export.ts';

/** Blocks of rows that the ledger is asked about at once, so that a far Region does not make it slow. */
const BLOCKS_AT_ONCE = 8;
/** Of all rejected rows, so that memory stays flat. */
const MAX_REJECTED_KEPT = 50;

/** What a run of a file would do now. Always rows = synced + unchanged + stale + rejected + deleted + waiting. */
export interface Plan {
  /** Epoch milliseconds. */
  readonly exportTime: number;
  readonly rows: number;
  /** Would be sent, or have fields cleared that were owed before. */
  readonly synced: number;
  /** Of these, those that would be sent. */
  readonly sent: number;
  /** Of these, those for which fields of the profile would be cleared. */
  readonly cleared: number;
  readonly unchanged: number;
  readonly stale: number;
  /** Of the stale rows, those whose key comes again in the export. */
  readonly duplicates: number;
  readonly rejected: number;
  readonly deleted: number;
  /** Set if the mapping deletes. */
  readonly deletes?: MarkedDeletes | undefined;
  readonly rejectedByCode: Readonly<Partial<Record<RejectCode, number>>>;
  /** Locked by a worker that may be sending the same customer now: it decides about them. */
  readonly waiting: number;
  /** The first of them in the file. The reasons may hold the service's words. */
  readonly firstRejected: readonly RejectedRow[];
}

export interface RejectedRow {
  readonly row: number;
  readonly code: RejectCode;
  readonly reason: string;
}

export interface PlanOptions extends JudgeOptions, ScanOptions {
  readonly onRows: (rows: number, totalRows: number) => void;
}

/**
 * Judges every row of a file by the ledger as it is now, and changes nothing. Any size, with flat memory.
 *
 * @throws InvalidExport, ExportTooLarge, as the run would.
 */
export function planExport(path: string, options: PlanOptions): Promise<Plan> {
  const { mapping, signal } = options;
  return withLocalExport(path, options, async (file) => {
    const { records: totalRows } = file.scanned.plan;
    const deletes = guardDeletes(mapping, file.scanned.marked, totalRows);
    const refuseDeletes = deletes?.allowed === false ? DELETE_NOT_APPROVED : undefined;
    const judge = await openRowJudge({ ...options, refuseDeletes, from: file });
    const tally = new PlanTally();
    for (const chunk of chunksOfFile(file)) {
      const superseded = new Set(chunk.superseded);
      for await (const blocks of inGroups(readRecords(file, chunk, mapping))) {
        signal.throwIfAborted();
        for (const rows of await judgeAll(judge, blocks, superseded)) tally.add(rows);
        options.onRows(tally.rows, totalRows);
      }
    }
    return { ...tally.plan(file.exportTime, file.scanned.superseded.count), deletes };
  });
}

function judgeAll(
  judge: RowJudge,
  blocks: readonly ExportRecord[][],
  superseded: ReadonlySet<number>,
): Promise<readonly (readonly JudgedRow[])[]> {
  return Promise.all(blocks.map((block) => judge(block, superseded)));
}

async function* inGroups(blocks: AsyncIterable<ExportRecord[]>): AsyncGenerator<ExportRecord[][]> {
  let group: ExportRecord[][] = [];
  for await (const block of blocks) {
    group.push(block);
    if (group.length < BLOCKS_AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

class PlanTally {
  readonly #counts = { synced: 0, unchanged: 0, stale: 0, rejected: 0, deleted: 0, waiting: 0 };
  #sent = 0;
  #cleared = 0;
  readonly #byCode: Partial<Record<RejectCode, number>> = {};
  readonly #firstRejected: RejectedRow[] = [];

  get rows(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add(judged: readonly JudgedRow[]): void {
    for (const { record, verdict, clears } of judged) {
      if (verdict.kind === 'send') this.#sent += 1;
      if (clears) this.#cleared += 1;
      if (verdict.kind === 'send' || verdict.kind === 'clear') this.#counts.synced += 1;
      else if (verdict.kind === 'delete') this.#counts.deleted += 1;
      else if (verdict.kind === 'wait') this.#counts.waiting += 1;
      else {
        const { outcome } = verdict;
        this.#counts[outcome.kind] += 1;
        if (outcome.kind === 'rejected') this.#reject({ row: record.row, ...outcome.rejection });
      }
    }
  }

  plan(exportTime: number, duplicates: number): Plan {
    const { rows } = this;
    const rejected = { rejectedByCode: this.#byCode, firstRejected: this.#firstRejected };
    return { exportTime, rows, ...this.#counts, sent: this.#sent, cleared: this.#cleared, duplicates, ...rejected };
  }

  #reject({ row, code, reason }: RejectedRow): void {
    this.#byCode[code] = (this.#byCode[code] ?? 0) + 1;
    if (this.#firstRejected.length < MAX_REJECTED_KEPT) this.#firstRejected.push({ row, code, reason });
  }
}
