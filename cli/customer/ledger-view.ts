import type { Entry } from '../../functions/shared/ledger/entry.ts';
import { isTombstone } from '../../functions/shared/ledger/tombstone.ts';
import type { Version } from '../../functions/shared/version.ts';

/** What the ledger knows of a customer; all times ISO 8601. */
export interface LedgerView {
  /** What was accepted last. */
  readonly known?: {
    readonly runId: string;
    readonly sentAt: string;
    /** The content is that the customer was deleted. */
    readonly isDeleted?: true;
    /** Of the newest record with this content: later than what was sent, if an unchanged one followed. */
    readonly row: number;
    readonly sourceTime: string;
    readonly exportTime: string;
    /** Names of the fields that the content fills, and of those that were sent once and are empty in it. */
    readonly filled: readonly string[];
    readonly kept: readonly string[];
  };
  /** A worker is sending until then at the latest; or it died, and nobody knows whether its call arrived. */
  readonly claim?: { readonly until: string; readonly isLive: boolean };
  /** Only one content may be sent until then. */
  readonly fence?: { readonly until: string };
  readonly refusal?: {
    readonly code: string;
    readonly reason: string;
    readonly runId: string;
    readonly ofKnown: boolean;
  };
  readonly late?: { readonly open: boolean; readonly resends: number; readonly ofKnown: boolean };
  readonly expiresAt: string;
}

export function viewOf(entry: Entry, now: number): LedgerView {
  const { known, claim, fence, refusal, late } = entry;
  return {
    ...(known && {
      known: {
        runId: known.runId,
        sentAt: iso(known.sentAt),
        ...(isTombstone(known.fingerprint) && { isDeleted: true }),
        ...timesOf(known.version),
        filled: known.filled.filter((name) => !known.kept.includes(name)),
        kept: known.kept,
      },
    }),
    ...(claim && { claim: { until: iso(claim.deadline), isLive: claim.deadline > now } }),
    ...(fence && fence.until > now && { fence: { until: iso(fence.until) } }),
    ...(refusal && {
      refusal: {
        code: refusal.code,
        reason: refusal.reason,
        runId: refusal.runId,
        ofKnown: refusal.fingerprint === known?.fingerprint,
      },
    }),
    ...(late && {
      late: { open: late.open, resends: late.resends, ofKnown: late.fingerprint === known?.fingerprint },
    }),
    expiresAt: iso(entry.expiresAt * 1000),
  };
}

function timesOf({ row, sourceTime, exportTime }: Version) {
  return { row, sourceTime: iso(sourceTime), exportTime: iso(exportTime) };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
