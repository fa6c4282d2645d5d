import type { ChunkResult } from '../../functions/shared/contracts.ts';
import { eventIdOf } from '../../functions/shared/event-run.ts';
import type { Entry } from '../../functions/shared/ledger/entry.ts';
import { isTombstone } from '../../functions/shared/ledger/tombstone.ts';
import { compareVersions, type Version } from '../../functions/shared/version.ts';
import { localTime, shortRun } from '../output/words.ts';

/** What became of one row of a run. */
export interface RowOutcome {
  /** `open`: its chunk has not ended, so it may have been sent or not. */
  readonly outcome: 'synced' | 'unchanged' | 'stale' | 'deleted' | 'rejected' | 'open' | 'unknown';
  /** False if it is only concluded from what the ledger says now. */
  readonly isCertain: boolean;
  /** In a sentence. */
  readonly why: string;
}

/** What the files of the run say of a row. */
export interface RowFacts {
  readonly isSuperseded: boolean;
  readonly rejection?: { readonly code: string; readonly reason: string };
  /** Of the row's chunk; undefined if it has not ended. */
  readonly result?: ChunkResult;
  /** How many rows of the chunk are superseded: they count as stale. */
  readonly superseded: number;
  /** How many rows of the chunk are in the rejected files that can be read. */
  readonly rejectedFound: number;
}

/** What the row holds, and when it was read. */
export interface RowRecord {
  readonly runId: string;
  /** Epoch milliseconds when the run started. */
  readonly startedAt: number;
  readonly version: Version;
  readonly fingerprint: string;
  readonly mayBeRejected: boolean;
}

/** Whether the row may be one of those that its chunk rejected, and that are in no rejected file any more: `forget` has cut them, or nobody can read it. */
export function mayBeRejected({ rejection, result, rejectedFound }: RowFacts): boolean {
  return !rejection && result !== undefined && result.rejected > rejectedFound;
}

/** What is certain without the row's content; undefined if that decides. */
export function outcomeByFiles(facts: RowFacts): RowOutcome | undefined {
  const { isSuperseded, rejection, result, superseded } = facts;
  if (isSuperseded) {
    const why = 'Another row of the same export has the same key, and data that is not older; that one counts.';
    return { outcome: 'stale', isCertain: true, why };
  }
  if (rejection) {
    return { outcome: 'rejected', isCertain: true, why: `${rejection.code}: ${rejection.reason}` };
  }
  if (!result) {
    const why = 'Its chunk has not ended, so it may have been sent or not. A redrive gives it its outcome.';
    return { outcome: 'open', isCertain: true, why };
  }
  if (mayBeRejected(facts)) return undefined;
  const { synced, unchanged, stale, deleted = 0 } = result;
  const others = { synced, unchanged, stale: stale - superseded, deleted };
  const possible = (['synced', 'unchanged', 'stale', 'deleted'] as const).filter((outcome) => others[outcome] > 0);
  const [only, ...more] = possible;
  if (!only || more.length > 0) return undefined;
  return { outcome: only, isCertain: true, why: WHY_OF_ALL[only] };
}

/** What is left if neither files nor ledger tell. @param andWhy a sentence. */
export function undecided(rejectedToo: boolean, andWhy?: string): RowOutcome {
  const what = rejectedToo
    ? 'It was sent, unchanged, stale or rejected: not all rows that its chunk rejected are in the rejected files.'
    : 'It was sent, unchanged or stale.';
  return { outcome: 'unknown', isCertain: false, why: andWhy === undefined ? what : `${what} ${andWhy}` };
}

const WHY_OF_ALL = {
  synced: 'Customer Profiles accepted it, as all other rows of its chunk that were sent.',
  unchanged: 'Customer Profiles had this content before.',
  stale: 'Newer data of this customer was known before.',
  deleted: 'It is marked as deleted, and so are all other rows of its chunk that were carried out.',
} as const;

function byWhom(runId: string): string {
  const eventId = eventIdOf(runId);
  return eventId === undefined ? `Run ${shortRun(runId)}` : `Live event ${eventId}`;
}

/** What the ledger's entry, as it is now, says about a row that its run sent, left unchanged, or found stale. */
export function outcomeByLedger(entry: Entry | undefined, record: RowRecord): RowOutcome {
  const { known } = entry ?? {};
  const { runId, startedAt, version, fingerprint } = record;
  if (record.mayBeRejected && !(known?.runId === runId && known.fingerprint === fingerprint)) return undecided(true);
  if (!known) {
    return { outcome: 'unknown', isCertain: false, why: 'The ledger has no entry of this customer any more.' };
  }
  const sameContent = known.fingerprint === fingerprint;
  if (sameContent && known.runId === runId) {
    if (isTombstone(fingerprint)) {
      const why = 'It is marked as deleted, and nothing of this customer was sent since.';
      return { outcome: 'deleted', isCertain: true, why };
    }
    return {
      outcome: 'synced',
      isCertain: true,
      why: 'Customer Profiles accepted it, and it is what was accepted last.',
    };
  }
  const sentBy = `${byWhom(known.runId)} at ${localTime(known.sentAt)}`;
  const isGone = isTombstone(known.fingerprint);
  if (known.sentAt < startedAt) {
    const outcome = sameContent ? 'unchanged' : 'stale';
    const what = isGone ? 'deleted the customer' : sameContent ? 'sent this content' : 'sent newer data';
    return { outcome, isCertain: true, why: `${sentBy} had ${what} before.` };
  }
  if (isGone) {
    return { outcome: 'unknown', isCertain: false, why: `${sentBy} deleted the customer since.` };
  }
  if (sameContent) {
    const why = `${sentBy} sent the same content later, so this run sent it or found it unchanged.`;
    return { outcome: 'unknown', isCertain: false, why };
  }
  return compareVersions(known.version, version) > 0
    ? { outcome: 'unknown', isCertain: false, why: `${sentBy} sent newer data since: before or after this row's turn.` }
    : { outcome: 'unknown', isCertain: false, why: `${sentBy} sent another content, of older data.` };
}
