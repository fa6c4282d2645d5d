import { randomUUID } from 'node:crypto';
import type { Clock } from '../../functions/shared/clock.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import type { RejectedFrom } from '../../functions/shared/export/rejected.ts';
import { type FullExports, isGuardedByFullExports, isOutdated } from '../../functions/shared/ledger/full-exports.ts';
import { ABSENT, type Ledger } from '../../functions/shared/ledger/ledger.ts';
import { owed, owedOnceSent } from '../../functions/shared/ledger/rules.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { Rejection } from '../../functions/shared/rejection.ts';
import { outcomeByExport, recordToSync } from '../../functions/shared/sync/export-record.ts';
import { STALE } from '../../functions/shared/sync/outcome.ts';
import { filledFields, type Pending } from '../../functions/shared/sync/pending.ts';
import { preparer } from '../../functions/shared/sync/prepare.ts';
import { judge, type Verdict } from '../../functions/shared/sync/verdict.ts';

/** What a run would do with a row now, by the same rules as a worker, but that nothing is written or sent. */
export interface JudgedRow {
  readonly record: ExportRecord;
  /** `wait`: a call of another worker for this customer may be under way; what it does decides. */
  readonly verdict: Verdict;
  /** Absent if the export alone decides. */
  readonly pending?: Pending;
  /** Names of the fields that would be cleared in the profile; absent if there are none. */
  readonly clears?: readonly string[];
  /** The row would be sent if no newer full export had begun. */
  readonly isOutdated?: true;
}

/** Takes rows of one export, and the row numbers that another of its rows supersedes. */
export type RowJudge = (
  records: readonly ExportRecord[],
  superseded: ReadonlySet<number>,
) => Promise<readonly JudgedRow[]>;

export interface JudgeOptions {
  readonly mapping: Mapping;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly fullExports: Pick<FullExports, 'newest'>;
  readonly clock: Clock;
  readonly resync: boolean;
  /** As in a worker. */
  readonly refuseDeletes?: Rejection | undefined;
}

/** Reads the ledger once per row that has a customer key. */
export async function openRowJudge(options: JudgeOptions & { readonly from: RejectedFrom }): Promise<RowJudge> {
  const { mapping, ledger, clock, resync, refuseDeletes, from } = options;
  // That of no run, so that the ledger has nothing of it.
  const prepare = preparer({ mapping, resync, refuseDeletes, runId: randomUUID() });
  const newestFullExport = isGuardedByFullExports(mapping.definition) ? await options.fullExports.newest() : undefined;

  function judged(pending: Pending): Omit<JudgedRow, 'record'> {
    const verdict = settledLock(pending, mapping, clock.now());
    if (isMade(verdict) && isOutdated(pending.record.version.exportTime, newestFullExport)) {
      return { verdict: { kind: 'settled', outcome: STALE }, pending, isOutdated: true };
    }
    const clears = clearedBy(pending, verdict, mapping);
    return { verdict, pending, ...(clears.length > 0 && { clears }) };
  }

  return async (records, superseded) => {
    const now = clock.now();
    const rows = records.map((record) => {
      const outcome = outcomeByExport(record, superseded);
      if (outcome) return { record, outcome };
      const prepared = prepare(recordToSync(record, from), now);
      return prepared.ok
        ? { record, unread: prepared.unread }
        : { record, outcome: { kind: 'rejected', rejection: prepared.rejection } as const };
    });
    const snapshots = await ledger.read(rows.flatMap(({ unread }) => unread?.customerKey ?? []));
    return rows.map(({ record, outcome, unread }) =>
      unread
        ? { record, ...judged({ ...unread, snapshot: snapshots.get(unread.customerKey) ?? ABSENT }) }
        : { record, verdict: { kind: 'settled', outcome } },
    );
  };
}

/** Whether a call brings what the record says. */
function isMade({ kind }: Verdict): boolean {
  return kind === 'send' || kind === 'delete';
}

function clearedBy(pending: Pending, { kind }: Verdict, { definition }: Mapping): readonly string[] {
  const { candidate, snapshot } = pending;
  const { entry } = snapshot;
  if (kind === 'send') return owedOnceSent(entry, filledFields(pending, definition), candidate);
  return kind === 'clear' && entry?.known ? owed(entry.known, candidate) : [];
}

/** A lock without a call under way ends by itself: a run waits for it, and then nothing but time has passed. */
function settledLock(pending: Pending, mapping: Mapping, now: number): Verdict {
  const verdict = judge(pending, mapping, now);
  if (verdict.kind !== 'wait' || (pending.snapshot.entry?.claim?.deadline ?? 0) > now) return verdict;
  return judge(pending, mapping, verdict.until);
}
