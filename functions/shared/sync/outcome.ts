import type { Rejection } from '../rejection.ts';

/** What became of a record in a run. */
export type Outcome =
  /** Accepted by the API, or fields cleared that were owed before; in this attempt or an earlier one of this run. */
  | {
      readonly kind: 'synced';
      /** Names of the mapping's fields that the record empties and that were sent with a value before, and not cleared. */
      readonly notCleared: readonly string[];
      /** Names of those that were cleared in the profile. */
      readonly cleared: readonly string[];
      readonly notNormalized: number;
    }
  /** As before, also in the profile's fields that should have been cleared and could not be. */
  | { readonly kind: 'unchanged'; readonly notCleared: readonly string[] }
  | { readonly kind: 'stale' }
  /** Nothing of the customer that the mapping deletes is there any more. */
  | { readonly kind: 'deleted' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

export const STALE: Outcome = { kind: 'stale' };
export const DELETED: Outcome = { kind: 'deleted' };
export const AMBIGUOUS: Outcome = {
  kind: 'rejected',
  rejection: {
    code: 'DELETE_AMBIGUOUS',
    reason:
      'The profiles with this customer key are several, or hold data of others or of nobody knows whom; none was deleted.',
  },
};
/** Of a record that is marked as deleted, in a run that may not delete. */
export const DELETE_NOT_APPROVED: Rejection = {
  code: 'DELETE_NOT_APPROVED',
  reason: 'The export marks more rows as deleted than the mapping allows in one run; none was deleted.',
};
/** An event can't be counted against a maximum as the rows of an export are. */
export const DELETE_BY_EVENT: Rejection = {
  code: 'DELETE_BY_EVENT',
  reason: 'The live event is marked as deleted; only an export deletes, as its deletions are counted first.',
};
export const POISONED: Outcome = {
  kind: 'rejected',
  rejection: {
    code: 'SERVICE_ERROR',
    reason:
      'Customer Profiles failed on this record in every attempt while it accepted others. The next run, or the event sent again, tries it again.',
  },
};

/** Why a record has no outcome yet. */
export type LeftOverReason =
  | 'throttled'
  /** The service broke on this record: counted against it, see poison.ts. */
  | 'failed'
  /** Another worker's claim or fence. */
  | 'locked'
  /** The attempt ended before this record's turn, or the ledger could not be reached. */
  | 'interrupted';

/** A record to be synced. */
export interface RecordToSync {
  /** Tells the record from others of this attempt. */
  readonly row: number;
  /** What the ledger notes it under, if it is a run of its own, as a live event is. */
  readonly runId?: string;
  readonly values: readonly string[];
  /** Its place in the order of versions; the source time comes from its values. */
  readonly version: { readonly exportTime: number; readonly uploadTime: number; readonly row: number };
}
