import type { Claim } from '../ledger/entry.ts';
import type { Snapshot } from '../ledger/ledger.ts';
import type { Candidate } from '../ledger/rules.ts';
import type { MappedObject, MappingDefinition } from '../mapping/types.ts';
import type { LeftOverReason, RecordToSync } from './outcome.ts';

/** A record on its way through one attempt, and what is known of it so far. */
export interface Pending {
  readonly record: RecordToSync;
  readonly customerKey: string;
  readonly candidate: Candidate;
  /** The ledger's entry as last read or written. */
  snapshot: Snapshot;
  /** Made when first needed: an unchanged record is never mapped. */
  mapped?: MappedObject;
  held?: HeldClaim;
  leftOver?: LeftOverReason;
  /**
   * Id of the claim that stood in the way before a wait; if it still does, its worker is probably gone. [Two workers with the
   * same rows come to their second pass together: neither may take over what the other has just claimed.]
   */
  readonly waitedFor?: string;
  /** Epoch milliseconds when the lock that kept the record out ends. */
  lockedUntil?: number;
  /** No profile had the customer key when its fields were to be cleared: the service may not have matched its object yet. */
  wasNotFound?: true;
  /** The service refused the record together with others. */
  isAlone?: true;
  /** Fields that can't be cleared in this run stay owed. */
  isNotCleared?: true;
}

/** The record for another try after a wait. */
export function waitedForClaim(pending: Pending): Pending {
  const claim = pending.snapshot.entry?.claim;
  return claim ? { ...pending, waitedFor: claim.id } : pending;
}

/** Names of the fields that a mapped record fills. */
export function filledFields({ mapped }: Pending, { fields }: MappingDefinition): readonly string[] {
  if (!mapped?.ok) throw new TypeError('Only a record that was mapped is sent.');
  return mapped.filled.map((index) => fields[index]?.name ?? '');
}

/** Our claim on an entry. */
export interface HeldClaim {
  readonly claim: Claim;
  /** What the claim was laid on. */
  readonly before: Snapshot;
  /** Epoch milliseconds of an answer after which the service has taken the record, or may have: a 200, an error of its own. */
  takenAt?: number;
  /** The call had no answer that we know: it may arrive until the claim's deadline. */
  mayStillArrive: boolean;
}
