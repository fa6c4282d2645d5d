import { eventIdOf } from '../../functions/shared/event-run.ts';
import { isTombstone } from '../../functions/shared/ledger/tombstone.ts';
import type { Rejection } from '../../functions/shared/rejection.ts';
import type { Pending } from '../../functions/shared/sync/pending.ts';
import { localTime } from '../output/words.ts';
import type { TestedRow } from './test-row.ts';

/** What a run would do with a row, and why. */
export interface RowVerdict {
  readonly outcome: 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted' | 'waiting';
  readonly rejection?: Rejection;
  /** A sentence for a person. */
  readonly why: string;
}

export function verdictOf({ judged, isSuperseded }: TestedRow): RowVerdict {
  const { verdict, pending } = judged;
  if (verdict.kind === 'send') return { outcome: 'synced', why: whyItIsSent(pending) };
  if (verdict.kind === 'clear') {
    const why = `The same content was sent ${lastSent(pending)}, but fields that it empties were not cleared in the profile yet.`;
    return { outcome: 'synced', why };
  }
  if (verdict.kind === 'delete') {
    const why =
      'It is marked as deleted. A run deletes it if all rows that its export marks are within what the mapping allows.';
    return { outcome: 'deleted', why };
  }
  if (verdict.kind === 'wait') {
    const why = `Another worker may be sending this customer until ${localTime(verdict.until)}; what comes of that decides.`;
    return { outcome: 'waiting', why };
  }
  const { outcome } = verdict;
  switch (outcome.kind) {
    case 'rejected': {
      const { rejection } = outcome;
      return { outcome: 'rejected', rejection, why: `${rejection.reason}${remembered(rejection, pending)}` };
    }
    case 'stale':
      return { outcome: 'stale', why: whyItIsStale(judged.isOutdated ?? false, isSuperseded, pending) };
    default:
      return {
        outcome: outcome.kind,
        why: wasDeleted(pending) ? `${deletedBefore(pending)}.` : `The same content was sent ${lastSent(pending)}.`,
      };
  }
}

function remembered({ code }: Rejection, pending: Pending | undefined): string {
  const { refusal } = pending?.snapshot.entry ?? {};
  return refusal?.code === code && refusal.runId !== '' ? ` Remembered from ${sender(refusal.runId)}.` : '';
}

function whyItIsSent(pending: Pending | undefined): string {
  const { known, claim, late } = pending?.snapshot.entry ?? {};
  if (!known) {
    return claim
      ? 'A call for this customer was begun and never confirmed.'
      : 'The ledger does not know this customer: nothing was sent yet, or it has expired.';
  }
  if (wasDeleted(pending)) return `${deletedBefore(pending)}, and this row is newer.`;
  if (known.fingerprint !== pending?.candidate.fingerprint) return `It is not what was sent ${lastSent(pending)}.`;
  const sameContent = `It is what was sent ${lastSent(pending)}, but`;
  if (pending.candidate.resync) return `${sameContent} a resync sends every row.`;
  if (claim) return `${sameContent} a call begun since then was never confirmed.`;
  if (late?.open) return `${sameContent} Customer Profiles failed on that afterwards (late error).`;
  return `${sameContent} that is so long ago that the profile would expire.`;
}

function whyItIsStale(isOutdated: boolean, isSuperseded: boolean, pending: Pending | undefined): string {
  if (isSuperseded) return 'Another row of the file has the same customer key, and is not older.';
  if (isOutdated) return 'A run of a newer full export has begun.';
  const { known } = pending?.snapshot.entry ?? {};
  if (wasDeleted(pending)) return `${deletedBefore(pending)}, and this row is older.`;
  return known
    ? `Newer data is known: of ${localTime(known.version.sourceTime)}, sent ${lastSent(pending)}.`
    : 'A call with newer data was begun and never confirmed.';
}

function wasDeleted(pending: Pending | undefined): boolean {
  const { known } = pending?.snapshot.entry ?? {};
  return known !== undefined && isTombstone(known.fingerprint);
}

function deletedBefore(pending: Pending | undefined): string {
  return `The customer was deleted ${lastSent(pending)}`;
}

function lastSent(pending: Pending | undefined): string {
  const { known } = pending?.snapshot.entry ?? {};
  return known ? `by ${sender(known.runId)} on ${localTime(known.sentAt)}` : 'before';
}

/** The ledger notes a live event as a run of its own. */
function sender(runId: string): string {
  const eventId = eventIdOf(runId);
  return eventId === undefined ? `run ${runId}` : `live event ${eventId}`;
}
