import type { RejectCode } from '../rejection.ts';
import type { Version } from '../version.ts';

/** What was accepted last. */
export interface Known {
  readonly version: Version;
  readonly fingerprint: string;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Names of the fields ever sent with a value, and not cleared since. */
  readonly filled: readonly string[];
  /** Those of them that this content has empty: the service keeps their old value. */
  readonly kept: readonly string[];
  /** Names of the fields that the run cleared for this content; absent if it cleared none. */
  readonly cleared?: readonly string[];
}

/** A worker is sending this content, or was: it goes with a confirm, or once it is sure that nothing was taken. */
export interface Claim {
  readonly id: string;
  readonly version: Version;
  readonly fingerprint: string;
  /** Epoch milliseconds until which a call may be under way, or when the last one was answered. */
  readonly deadline: number;
  /**
   * Names of the fields that a call under it may fill, or one under an unconfirmed claim before it: of those that are
   * cleared when they are empty. Absent if there are none. [C fills a field, crashes after its call and never returns; the newer D empties it]
   */
  readonly fills?: readonly string[];
}

/** Until then only this content may be sent. */
export interface Fence {
  readonly fingerprint: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** The service refused this content. */
export interface Refusal {
  readonly fingerprint: string;
  readonly code: RejectCode;
  readonly reason: string;
  readonly runId: string;
}

/** Late errors of one content: the service accepted it and failed on it afterwards. */
export interface Late {
  readonly fingerprint: string;
  /** Short ids of the last messages that told of them, oldest first: each may be delivered more than once. */
  readonly messages: readonly string[];
  /** The content is to be sent once more; the confirm of that ends it. */
  readonly open: boolean;
  /** How often that was: a burst of messages may tell of a single send. */
  readonly resends: number;
}

/** What the ledger holds of one customer. */
export interface Entry {
  readonly known?: Known;
  readonly claim?: Claim;
  readonly fence?: Fence;
  readonly refusal?: Refusal;
  readonly late?: Late;
  /** Epoch seconds; DynamoDB deletes late, so a reader takes an entry past it for absent. */
  readonly expiresAt: number;
}

type VersionItem = readonly [sourceTime: number, exportTime: number, uploadTime: number, row: number, rule: string];

/** The DynamoDB item: short names and no empty lists, to stay within one write unit (1 KB). */
export interface EntryItem {
  readonly pk: string;
  /** New with every write: the condition of the next one. */
  readonly rev: string;
  readonly ttl: number;
  readonly known?: {
    readonly v: VersionItem;
    readonly fp: string;
    readonly run: string;
    readonly at: number;
    readonly filled: readonly string[];
    readonly kept?: readonly string[];
    readonly cleared?: readonly string[];
  };
  readonly claim?: {
    readonly id: string;
    readonly v: VersionItem;
    readonly fp: string;
    readonly until: number;
    readonly fills?: readonly string[];
  };
  readonly fence?: { readonly fp: string; readonly until: number };
  readonly refusal?: { readonly fp: string; readonly code: RejectCode; readonly reason: string; readonly run: string };
  readonly late?: {
    readonly fp: string;
    readonly ids: readonly string[];
    readonly open?: true;
    readonly resends?: number;
  };
}

export function toItem(pk: string, rev: string, entry: Entry): EntryItem {
  const { known, claim, fence, refusal, late } = entry;
  return {
    pk,
    rev,
    ttl: entry.expiresAt,
    ...(known && {
      known: {
        v: versionItem(known.version),
        fp: known.fingerprint,
        run: known.runId,
        at: known.sentAt,
        filled: known.filled,
        ...(known.kept.length > 0 && { kept: known.kept }),
        ...(known.cleared?.length && { cleared: known.cleared }),
      },
    }),
    ...(claim && {
      claim: {
        id: claim.id,
        v: versionItem(claim.version),
        fp: claim.fingerprint,
        until: claim.deadline,
        ...(claim.fills?.length && { fills: claim.fills }),
      },
    }),
    ...(fence && { fence: { fp: fence.fingerprint, until: fence.until } }),
    ...(refusal && {
      refusal: { fp: refusal.fingerprint, code: refusal.code, reason: refusal.reason, run: refusal.runId },
    }),
    ...(late && {
      late: {
        fp: late.fingerprint,
        ids: late.messages,
        ...(late.open && { open: true }),
        ...(late.resends > 0 && { resends: late.resends }),
      },
    }),
  };
}

export function fromItem(item: EntryItem): Entry {
  const { known, claim, fence, refusal, late } = item;
  return {
    expiresAt: item.ttl,
    ...(known && {
      known: {
        version: versionOf(known.v),
        fingerprint: known.fp,
        runId: known.run,
        sentAt: known.at,
        filled: known.filled,
        kept: known.kept ?? [],
        ...(known.cleared && { cleared: known.cleared }),
      },
    }),
    ...(claim && {
      claim: {
        id: claim.id,
        version: versionOf(claim.v),
        fingerprint: claim.fp,
        deadline: claim.until,
        ...(claim.fills && { fills: claim.fills }),
      },
    }),
    ...(fence && { fence: { fingerprint: fence.fp, until: fence.until } }),
    ...(refusal && {
      refusal: { fingerprint: refusal.fp, code: refusal.code, reason: refusal.reason, runId: refusal.run },
    }),
    ...(late && {
      late: { fingerprint: late.fp, messages: late.ids, open: late.open ?? false, resends: late.resends ?? 0 },
    }),
  };
}

function versionItem(version: Version): VersionItem {
  return [version.sourceTime, version.exportTime, version.uploadTime, version.row, version.rule];
}

function versionOf([sourceTime, exportTime, uploadTime, row, rule]: VersionItem): Version {
  return { sourceTime, exportTime, uploadTime, row, rule };
}
