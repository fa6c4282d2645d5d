import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Claim, Entry } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { claimed, cleared, confirmed, doubted, refused, released, withdrawn } from '../ledger/rules.ts';
import type { HeldClaim, Pending } from './pending.ts';

const SECONDS_PER_DAY = 86_400;

/**
 * The ledger writes around one call. Each is repeated from what stands there now when another writer came first. A record
 * holds its claim (`held`) from `lay` to one of `confirm`, `cleared`, `refuse` and `release`.
 */
export interface Claims {
  /**
   * Lays a claim on the entry as read; false if another writer came first (the snapshot is then fresh).
   *
   * @param fills as in a claim.
   */
  lay(pending: Pending, fills: readonly string[]): Promise<boolean>;
  /** Writes an unchanged record's newer version; false as for `lay`. */
  move(pending: Pending, moved: Entry): Promise<boolean>;
  /** After a 200. False if other content came in between: the record must be looked at again. */
  confirm(pending: Pending, held: HeldClaim, filled: readonly string[]): Promise<boolean>;
  /** After fields of the profile were cleared. False as for `confirm`. */
  cleared(pending: Pending, held: HeldClaim, fields: readonly string[]): Promise<boolean>;
  /** After a 400. */
  refuse(pending: Pending, held: HeldClaim, reason: string): Promise<void>;
  /** For a claim that got neither: others need not wait for its deadline. */
  release(pending: Pending, held: HeldClaim): Promise<void>;
}

export function createClaims(options: {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly expirationDays: number;
  /** Epoch milliseconds after which no call made under a claim can still be under way. */
  readonly deadline: number;
}): Claims {
  const { ledger, clock, deadline } = options;

  function expiresAt(): number {
    return Math.floor(clock.now() / 1000) + options.expirationDays * SECONDS_PER_DAY;
  }

  async function write(pending: Pending, entry: Entry): Promise<boolean> {
    const { written, snapshot } = await ledger.write(pending.customerKey, pending.snapshot, entry);
    pending.snapshot = snapshot;
    return written;
  }

  /** Until written, or until `next` finds nothing left to write (then false). */
  async function update(pending: Pending, next: (entry: Entry | undefined) => Entry | undefined): Promise<boolean> {
    for (;;) {
      const entry = next(pending.snapshot.entry);
      if (!entry) return false;
      if (await write(pending, entry)) return true;
    }
  }

  /** Writes what was done under the claim; if other content came in between, that the profile may not be as it says. */
  async function settle(
    pending: Pending,
    { claim }: HeldClaim,
    next: (entry: Entry | undefined) => Entry | undefined,
  ): Promise<boolean> {
    const written = await update(pending, next);
    if (!written) await update(pending, (entry) => entry && doubted(entry, claim.fills));
    delete pending.held;
    return written;
  }

  return {
    async lay(pending, fills) {
      const { version, fingerprint } = pending.candidate;
      const claim: Claim = { id: randomBytes(9).toString('base64url'), version, fingerprint, deadline, fills };
      const before = pending.snapshot;
      if (!(await write(pending, claimed(before.entry, claim, clock.now(), expiresAt())))) return false;
      pending.held = { claim, before, mayStillArrive: false };
      return true;
    },

    move: write,

    confirm(pending, held, filled) {
      const sent = { claim: held.claim, filled, runId: pending.candidate.runId };
      return settle(pending, held, (entry) => confirmed(entry, sent, clock.now(), expiresAt()));
    },

    cleared(pending, held, fields) {
      const done = { claim: held.claim, fields, runId: pending.candidate.runId };
      return settle(pending, held, (entry) => cleared(entry, done, held.before.entry, clock.now()));
    },

    async refuse(pending, { claim, before }, reason) {
      const { fingerprint, runId } = pending.candidate;
      const refusal = { fingerprint, code: 'REFUSED', reason, runId } as const;
      await update(pending, (entry) => refused(entry, claim, before.entry, refusal));
      delete pending.held;
    },

    async release(pending, { claim, before, takenAt, mayStillArrive }) {
      delete pending.held;
      if (mayStillArrive) return;
      await update(pending, (entry) =>
        takenAt === undefined ? withdrawn(entry, claim, before.entry) : released(entry, claim, takenAt),
      );
    },
  };
}
