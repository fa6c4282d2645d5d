import { hash } from 'node:crypto';
import type { Entry, Late } from './entry.ts';
import { SPACING_MS } from './rules.ts';

/** A content that met a late error is sent again so often; the next late error of it is the last. */
export const MAX_RESENDS = 3;
/** Characters of base64url that tell the few messages of one customer apart: 48 bits. */
const SHORT_ID_CHARACTERS = 8;

/** What a late error changes in the ledger. */
export type LateNote =
  /** A call may be under way or unconfirmed: only after it can be said what the service last accepted. */
  | { readonly kind: 'wait' /** Epoch milliseconds. */; readonly until: number }
  /** Nothing is known to have been sent: the next record of this customer is sent anyway. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'noted';
      /** To be written; absent if this message was noted before. */
      readonly entry?: Entry;
      /** Which late error of this content it is, from 1; not counted further once the content is given up. */
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
  // What a dead worker may have sent is sent again for its claim already; the mark counts how often.
  const fingerprint = known?.fingerprint ?? claim?.fingerprint;
  if (!entry || fingerprint === undefined) return { kind: 'unknown' };

  const before = entry.late?.fingerprint === fingerprint ? entry.late.messages : [];
  const id = hash('md5', error.messageId, 'base64url').slice(0, SHORT_ID_CHARACTERS);
  const notedAs = before.indexOf(id) + 1;
  if (notedAs > 0) return { kind: 'noted', attempt: notedAs, givenUp: notedAs > MAX_RESENDS };

  // [W1 and W2 send the same; W1's call fails late and is marked; W2's confirm of an earlier call must not end the mark]
  const until = Math.max(claim ? claim.deadline + SPACING_MS : 0, entry.fence?.until ?? 0);
  if (until > now) return { kind: 'wait', until };

  const messages = [...before, id].slice(-(MAX_RESENDS + 1));
  const attempt = messages.length;
  const givenUp = attempt > MAX_RESENDS;
  const late: Late = { fingerprint, messages, open: !givenUp };
  const refusal = { fingerprint, code: 'LATE_ERROR', reason: error.reason, runId: known?.runId ?? '' } as const;
  return { kind: 'noted', entry: { ...entry, late, ...(givenUp && { refusal }) }, attempt, givenUp };
}
