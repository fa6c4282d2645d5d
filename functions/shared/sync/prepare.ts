import { isGuardedByFullExports } from '../ledger/full-exports.ts';
import type { Candidate } from '../ledger/rules.ts';
import { clearedFields } from '../mapping/cleared-fields.ts';
import type { Mapping } from '../mapping/types.ts';
import type { Rejection } from '../rejection.ts';
import { sourceTimeRule } from '../version.ts';
import type { RecordToSync } from './outcome.ts';
import type { Pending } from './pending.ts';
import { refreshAfter } from './refresh.ts';

/** There is no profile that could expire. */
const NEVER = Number.POSITIVE_INFINITY;

/** A record that the ledger has not been asked about yet. */
export type Unread = Omit<Pending, 'snapshot'>;

export type Prepared =
  | { readonly ok: true; readonly unread: Unread }
  | { readonly ok: false; readonly rejection: Rejection };

/** A function that reads off a record what the ledger is asked with. */
export function preparer(options: {
  readonly mapping: Mapping;
  /** Of records that do not name their own. */
  readonly runId: string;
  readonly resync: boolean;
  readonly unchangedAlwaysMoves?: boolean;
  /** Of records that are marked as deleted. @default - they delete. */
  readonly refuseDeletes?: Rejection | undefined;
}): (record: RecordToSync, now: number) => Prepared {
  const { mapping, runId, resync, refuseDeletes } = options;
  const { definition } = mapping;
  const rule = sourceTimeRule(definition.updatedAt?.column);
  const clears = clearedFields(definition).map(({ name }) => name);
  const unchangedMovesVersion = options.unchangedAlwaysMoves ? 'always' : !isGuardedByFullExports(definition);

  return (record, now) => {
    const isDeleted = mapping.isDeleted(record.values);
    if (isDeleted && refuseDeletes) return { ok: false, rejection: refuseDeletes };
    const identity = mapping.identify(record.values, now);
    if (!identity.ok) return identity;
    const { exportTime, uploadTime, row } = record.version;
    const { customerKey, sourceTime = exportTime } = identity;
    const candidate: Candidate = {
      version: { sourceTime, exportTime, uploadTime, row, rule },
      fingerprint: mapping.fingerprint(record.values),
      runId: record.runId ?? runId,
      resync,
      unchangedMovesVersion,
      refreshAfter: isDeleted ? NEVER : refreshAfter(customerKey, definition.objectType.expirationDays),
      clears,
    };
    return { ok: true, unread: { record, customerKey, candidate } };
  };
}
