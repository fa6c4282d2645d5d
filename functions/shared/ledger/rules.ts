import { compareVersions, isOlder, type Version } from '../version.ts';
import type { Claim, Entry, Known, Late, Refusal } from './entry.ts';
import { fenced, lockedByFence, SPACING_MS, spacing } from './spacing.ts';
import { isTombstone } from './tombstone.ts';

/**
 * The rules of the ledger, as functions from one state of an entry to the next. They were checked against an exhaustive
 * model; what a rule prevents stands beside it in brackets. Whoever writes the result does so on the condition that the
 * entry is still the one that was read (ledger.ts).
 */

/** A record that may be sent. */
export interface Candidate {
  readonly version: Version;
  readonly fingerprint: string;
  readonly runId: string;
  /** Ignore fingerprints and refusals of other runs. */
  readonly resync: boolean;
  /** Whether an unchanged record moves the known version: see `movesVersion`. */
  readonly unchangedMovesVersion: boolean | 'always';
  /** Milliseconds after which an unchanged record is sent again, so that its profile does not expire. */
  readonly refreshAfter: number;
  /** Names of the fields that are cleared when the record leaves them empty. */
  readonly clears: readonly string[];
}

export type Decision =
  | { readonly kind: 'synced'; readonly known: Known }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unchanged' /** To be written, if the known version moves. */; readonly moved?: Entry }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'send' }
  /** The service has the content, and its profile still has old values in fields that the content leaves empty. */
  | { readonly kind: 'clear' };

/** @param takeOver whether a live claim of the same content may be taken over. */
export function decide(entry: Entry | undefined, candidate: Candidate, now: number, takeOver: boolean): Decision {
  if (!entry) return { kind: 'send' };
  const { known, claim, refusal, late } = entry;
  const { version, fingerprint, runId, resync } = candidate;
  const callOnceFree = (kind: 'send' | 'clear'): Decision => {
    const until = lockedUntil(entry, fingerprint, takeOver);
    return until > now ? { kind: 'wait', until } : { kind };
  };

  // The known version may be newer than the one sent: a claim that was taken over, or an unchanged record, moved it on.
  if (known && known.runId === runId && known.fingerprint === fingerprint && !isOlder(known.version, version)) {
    // [E empties a field, N fills it again and its worker dies after its call] What N leaves empty is for its own content.
    const isOvertaken = claim && claim.fingerprint !== fingerprint && claim.deadline <= now;
    return owed(known, candidate).length > 0 && !isOvertaken ? callOnceFree('clear') : { kind: 'synced', known };
  }
  if (known && isOlder(version, known.version)) return { kind: 'stale' };
  // [a newer live event crashes after its call and never returns; the batch's older row must not overwrite it]
  if (claim && claim.fingerprint !== fingerprint && isOlder(version, claim.version)) {
    // Its call may yet be refused, and then nothing newer has arrived.
    return claim.deadline > now ? { kind: 'wait', until: claim.deadline } : { kind: 'stale' };
  }
  if (refusal && refusal.fingerprint === fingerprint && (!resync || refusal.runId === runId)) {
    return { kind: 'refused', refusal };
  }
  // [C crashes after its call, D reverts to the known content and is throttled once: D must still be sent]
  const isSentAnyway = resync || claim !== undefined || (late?.open && late.fingerprint === fingerprint);
  if (known?.fingerprint === fingerprint && !isSentAnyway && now <= known.sentAt + candidate.refreshAfter) {
    if (owed(known, candidate).length > 0) return callOnceFree('clear');
    return movesVersion(known, candidate)
      ? { kind: 'unchanged', moved: { ...entry, known: { ...known, version } } }
      : { kind: 'unchanged' };
  }
  return callOnceFree('send');
}

/** Names of the fields that are to be cleared for what is known. */
export function owed({ kept }: Known, { clears }: Pick<Candidate, 'clears'>): readonly string[] {
  return kept.filter((name) => clears.includes(name));
}

/**
 * A full export moves no versions: its newer registration holds back older ones without a write per row. Nor does a newer
 * export with the source time that is known, since each night would write every row. A live event always does: it is one
 * write, and nothing else would hold back an export that was taken before it and still runs.
 */
function movesVersion(known: Known, candidate: Candidate): boolean {
  const { unchangedMovesVersion: moves } = candidate;
  if (!moves) return false;
  const sameRule = known.version.rule === candidate.version.rule;
  const bySource = moves !== 'always' && sameRule && candidate.version.rule !== 'exportTime';
  return bySource
    ? candidate.version.sourceTime > known.version.sourceTime
    : compareVersions(candidate.version, known.version) > 0;
}

/** Epoch milliseconds until which this content may not be sent. */
function lockedUntil({ claim, fence }: Entry, fingerprint: string, takeOver: boolean): number {
  const byFence = fence && fence.fingerprint !== fingerprint ? lockedByFence(fence, fingerprint) : 0;
  if (!claim) return byFence;
  if (claim.fingerprint !== fingerprint)
    return Math.max(byFence, claim.deadline + spacing(claim.fingerprint, fingerprint));
  // [redrive beside a worker that still runs] The same content may be sent twice, but not needlessly.
  return takeOver ? byFence : Math.max(byFence, claim.deadline);
}

/**
 * The entry with this record claimed; `decide` has said `send`. From now on the service may hold this content, so the
 * entry is kept as long as the profile would be.
 */
export function claimed(entry: Entry | undefined, mine: Claim, now: number, expiresAt: number): Entry {
  const before = entry?.claim;
  if (!before) return { ...entry, expiresAt, claim: mine };
  const fills = union(before.fills, mine.fills);
  if (before.fingerprint !== mine.fingerprint) return { ...entry, expiresAt, claim: { ...mine, fills } };
  // [old worker and redrive send v1, a live event sends v2 between them] A claim that is taken over leaves its deadline,
  // and an answer so recent that other content keeps its distance from it leaves that.
  const until = before.deadline + spacing(mine.fingerprint);
  const fence = until > now ? fenced(entry.fence, mine.fingerprint, until) : entry.fence;
  const claim = { ...mine, version: newer(mine.version, before.version), fills };
  return { ...entry, ...(fence && { fence }), expiresAt, claim };
}

/** What a worker knows of its own claim when its call was answered. */
export interface Sent {
  readonly claim: Claim;
  readonly runId: string;
  /** Names of the fields that the content fills. */
  readonly filled: readonly string[];
}

/**
 * The entry after the service accepted the content. Valid under the own claim, after a claim of the same content took it
 * over, and repeated. Undefined if other content came in between (only a frozen worker's call can meet that): then the
 * answer proves nothing about what the service holds now.
 */
export function confirmed(entry: Entry | undefined, sent: Sent, now: number, expiresAt: number): Entry | undefined {
  const { claim: mine } = sent;
  const { known, claim } = entry ?? {};
  const sameClaim = claim && (claim.id === mine.id || claim.fingerprint === mine.fingerprint);
  const repeated = known && !claim && known.fingerprint === mine.fingerprint;
  if (entry && !sameClaim && !repeated) return undefined;

  const version = [claim?.version, known?.version].reduce<Version>(
    (newest, other) => (other ? newer(newest, other) : newest),
    mine.version,
  );
  // A profile that is made anew has nothing of the deleted one.
  const filled = isTombstone(mine.fingerprint) ? [] : union(known?.filled, claim?.fills, sent.filled);
  const isRepeated = known?.fingerprint === mine.fingerprint && known.runId === sent.runId;
  // Of the worker that took the claim over: its call may be under way.
  const others = claim && claim.id !== mine.id ? claim.deadline : 0;
  return {
    expiresAt,
    known: {
      version,
      fingerprint: mine.fingerprint,
      runId: sent.runId,
      sentAt: now,
      filled,
      kept: without(filled, sent.filled),
      ...(isRepeated && known.cleared && { cleared: known.cleared }),
    },
    ...(entry?.late?.fingerprint === mine.fingerprint && { late: sentAgain(entry.late) }),
    fence: fenced(entry?.fence, mine.fingerprint, Math.max(now, others) + spacing(mine.fingerprint)),
  };
}

/** Raised where the mark is ended alone: a confirm may be repeated. */
function sentAgain(late: Late): Late {
  return late.open ? { ...late, open: false, resends: late.resends + 1 } : late;
}

/** Names of the fields that are to be cleared once a content that fills these is accepted. */
export function owedOnceSent(
  entry: Entry | undefined,
  filled: readonly string[],
  { clears }: Pick<Candidate, 'clears'>,
): readonly string[] {
  const before = union(entry?.known?.filled, entry?.claim?.fills);
  return without(before, filled).filter((name) => clears.includes(name));
}

/** What a worker did under its claim to the profile of a content that was known. */
export interface Cleared {
  readonly claim: Claim;
  readonly runId: string;
  /** Names of the fields. */
  readonly fields: readonly string[];
}

/**
 * The entry after fields of the profile were cleared. Valid as a confirm is, but that it proves nothing about the
 * content: a claim that stood there unconfirmed still does. Undefined if other content came in between.
 */
export function cleared(
  entry: Entry | undefined,
  done: Cleared,
  before: Entry | undefined,
  now: number,
): Entry | undefined {
  const { claim: mine, fields, runId } = done;
  const { known, claim } = entry ?? {};
  if (!entry || !known || known.fingerprint !== mine.fingerprint) return undefined;
  if (claim && claim.fingerprint !== mine.fingerprint) return undefined;
  return {
    ...(withdrawn(entry, mine, before) ?? entry),
    known: {
      ...known,
      version: newer(known.version, mine.version),
      runId,
      filled: without(known.filled, fields),
      kept: without(known.kept, fields),
      cleared: union(known.runId === runId ? known.cleared : [], fields),
    },
    fence: fenced(entry.fence, mine.fingerprint, now + SPACING_MS),
  };
}

/**
 * The entry when an accepted answer came too late to be confirmed: whatever is known may have been overwritten, so the
 * next record that is not older is sent, whatever its fingerprint. Undefined if an open claim already sees to that.
 *
 * @param fills as in a claim.
 */
export function doubted(entry: Entry, fills: readonly string[] = []): Entry | undefined {
  const { known, claim } = entry;
  if (claim) {
    const isNoted = fills.every((name) => claim.fills?.includes(name));
    return isNoted ? undefined : { ...entry, claim: { ...claim, fills: union(claim.fills, fills) } };
  }
  if (!known) return undefined;
  const { version, fingerprint } = known;
  return { ...entry, claim: { id: 'doubted', version, fingerprint, deadline: 0, fills } };
}

/**
 * The entry after a call of which nobody knows whether it was taken; the claim stays, since only a confirm makes an entry
 * known. Undefined if the claim is not ours any more.
 *
 * @param answeredAt epoch milliseconds.
 */
export function released(entry: Entry | undefined, mine: Claim, answeredAt: number): Entry | undefined {
  if (entry?.claim?.id !== mine.id) return undefined;
  return { ...entry, claim: { ...entry.claim, deadline: answeredAt } };
}

/**
 * The entry after no call was made under the claim, or one of which the service surely took nothing (429, 400): as it was
 * before, with a claim that stood there unconfirmed. Undefined if the claim is not ours any more.
 */
export function withdrawn(entry: Entry | undefined, mine: Claim, before: Entry | undefined): Entry | undefined {
  if (entry?.claim?.id !== mine.id) return undefined;
  return before ?? { expiresAt: entry.expiresAt };
}

/** As `withdrawn`, remembering that the service refused the content. */
export function refused(
  entry: Entry | undefined,
  mine: Claim,
  before: Entry | undefined,
  refusal: Refusal,
): Entry | undefined {
  const entryAfter = withdrawn(entry, mine, before);
  const { late } = entryAfter ?? {};
  // [F1 is given up for its late errors, F2 is refused, F1 comes again] The one refusal that there is room for is F2's now:
  // F1 is sent once more rather than taken for unchanged, also if a resync of it was refused in between.
  const wasRefused = late && entryAfter?.refusal?.fingerprint === late.fingerprint;
  const isForgotten = wasRefused && refusal.fingerprint !== late.fingerprint;
  return entryAfter && { ...entryAfter, refusal, ...(isForgotten && { late: { ...late, open: true } }) };
}

function union(...lists: readonly (readonly string[] | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))];
}

function without(names: readonly string[], some: readonly string[]): string[] {
  return names.filter((name) => !some.includes(name));
}

function newer(a: Version, b: Version): Version {
  return isOlder(a, b) ? b : a;
}
