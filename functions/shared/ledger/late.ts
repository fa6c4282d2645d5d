import { hash } from 'node:crypto';
import type { Entry, Late } from './entry.ts';
import { SPACING_MS } from './spacing.ts';
import { isTombstone } from './tombstone.ts';

/** A content that met a late error is sent again so often; the next late error of it is the last. */
export const MAX_RESENDS = 3;
/**
 * Messages that are remembered of one content. An older one that comes again is taken for a new late error, which costs a
 * call; if one does so after each of these calls, the content is given up without a new late error.
 */
const MAX_MESSAGES = 8;
/** Characters of base64url that tell the few messages of one customer apart: 48 bits. */
const SHORT_ID_CHARACTERS = 8;
const UNMARKED: Omit<Late, 'fingerprint'> = { messages: [], open: false, resends: 0 };

/** What a late error changes in the ledger. */
export type LateNote =
  /** A call may be under way or unconfirmed: only after it can be said what the service last accepted. */
  | { readonly kind: 'wait' /** Epoch milliseconds. */; readonly until: number }
  /** Nothing is known to have been sent, or it was deleted since: the next record of this customer is sent anyway. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'noted';
      /** To be written; absent if this message was noted before. */
      readonly entry?: Entry;
      /** From 1, and one more for each time that the content was sent again for late errors. */
      readonly attempt: number;
      readonly givenUp: boolean;
    };

/**
 * Notes that the service failed on a record that it had accepted. The message does not say which of a customer's contents
 * it was, so what was accepted last is taken for it: if it was an older one, that costs a needless call, and no late
 * error is lost.
 */
export function markLate(
  entry: Entry | undefined,
  error: { readonly messageId: string; readonly reason: string },
  now: number,
): LateNote {
  const { known, claim } = entry ?? {};
  // What a dead worker may have sent is sent again for its claim already; the mark counts how often. A deletion is not meant:
  // marked, it would be made again, and given up at last, and then it would be refused for ever.
  const fingerprint = [known, claim].find((one) => one && !isTombstone(one.fingerprint))?.fingerprint;
  if (!entry || fingerprint === undefined) return { kind: 'unknown' };

  const mark = entry.late?.fingerprint === fingerprint ? entry.late : UNMARKED;
  const wasGivenUp = entry.refusal?.code === 'LATE_ERROR' && entry.refusal.fingerprint === fingerprint;
  const id = hash('md5', error.messageId, 'base64url').slice(0, SHORT_ID_CHARACTERS);
  if (mark.messages.includes(id)) {
    // A send since then ended the mark and counted itself.
    const attempt = mark.open || wasGivenUp ? mark.resends + 1 : mark.resends;
    return { kind: 'noted', attempt, givenUp: wasGivenUp };
  }

  // [W1 and W2 send the same; W1's call fails late and is marked; W2's confirm of an earlier call must not end the mark]
  const until = Math.max(claim ? claim.deadline + SPACING_MS : 0, entry.fence?.until ?? 0);
  if (until > now) return { kind: 'wait', until };

  // [the service fails four times on what was sent once] Only an error of what was sent again brings the end nearer.
  const givenUp = !mark.open && mark.resends >= MAX_RESENDS;
  const messages = [...mark.messages, id].slice(-MAX_MESSAGES);
  const late: Late = { fingerprint, messages, open: !givenUp, resends: mark.resends };
  const refusal = { fingerprint, code: 'LATE_ERROR', reason: error.reason, runId: known?.runId ?? '' } as const;
  return {
    kind: 'noted',
    entry: { ...entry, late, ...(givenUp && { refusal }) },
    attempt: mark.resends + 1,
    givenUp,
  };
}
