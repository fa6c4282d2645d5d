import type { ChunkResult } from '../shared/contracts.ts';
import type { ExportRecord } from '../shared/export/record.ts';
import type { Rejection } from '../shared/rejection.ts';
import { FirstRows, NamedCounts } from '../shared/run-counts.ts';
import type { Outcome } from '../shared/sync/outcome.ts';

/** A rejected row, for the rejected file. */
export interface RejectedRecord {
  readonly record: ExportRecord;
  readonly rejection: Rejection;
}

/** The outcomes of a chunk's rows in one attempt. */
export class ChunkTally {
  synced = 0;
  unchanged = 0;
  stale = 0;
  deleted = 0;
  cleared = 0;
  notCleared = 0;
  notNormalized = 0;
  readonly #clearedByField = new NamedCounts();
  readonly #notClearedByField = new NamedCounts();
  readonly #rejected: RejectedRecord[] = [];

  add(record: ExportRecord, outcome: Outcome): void {
    if (outcome.kind === 'rejected') {
      this.#rejected.push({ record, rejection: outcome.rejection });
      return;
    }
    this[outcome.kind] += 1;
    if (outcome.kind === 'stale' || outcome.kind === 'deleted') return;
    this.notCleared += outcome.notCleared.length > 0 ? 1 : 0;
    for (const field of outcome.notCleared) this.#notClearedByField.add(field);
    if (outcome.kind === 'unchanged') return;
    this.cleared += outcome.cleared.length > 0 ? 1 : 0;
    for (const field of outcome.cleared) this.#clearedByField.add(field);
    this.notNormalized += outcome.notNormalized;
  }

  get rows(): number {
    return this.synced + this.unchanged + this.stale + this.deleted + this.#rejected.length;
  }

  /** In the order of the export: outcomes come in the order of the service's answers. */
  rejected(): readonly RejectedRecord[] {
    return this.#rejected.toSorted((a, b) => a.record.row - b.record.row);
  }

  result(chunk: number, rejectedFile: string | undefined): ChunkResult {
    const { synced, unchanged, stale, deleted, cleared, notCleared, notNormalized, rows } = this;
    const byCode = new NamedCounts();
    const firstRows = new FirstRows();
    for (const { record, rejection } of this.rejected()) {
      byCode.add(rejection.code);
      firstRows.add(rejection.code, record.row);
    }
    return {
      chunk,
      rows,
      synced,
      unchanged,
      stale,
      rejected: this.#rejected.length,
      notCleared,
      notNormalized,
      rejectedByCode: byCode.toObject(),
      rejectedRows: firstRows.toObject(),
      notClearedByField: this.#notClearedByField.toObject(),
      ...(deleted > 0 && { deleted }),
      ...(cleared > 0 && { cleared, clearedByField: this.#clearedByField.toObject() }),
      ...(rejectedFile && { rejectedFile }),
    };
  }
}
