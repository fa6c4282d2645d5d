import type { LeftOverReason, Outcome } from './outcome.ts';
import type { HeldClaim, Pending } from './pending.ts';

/** `passed`: the turn lapsed, and the record needs another one. `done`: what the record needs next is to be looked up. Else its outcome, or why it is left over. */
export type CallResult = 'passed' | 'done' | Outcome | LeftOverReason;

/** The right to make a call for one record, taken up to half a second ahead of its time (live: two). */
export interface CallTurn {
  /** Waits for its time and makes the call under the claim. */
  make(pending: Pending, held: HeldClaim): Promise<CallResult>;
  /** For a turn that is not needed after all. */
  giveBack(): void;
}

/** The calls of one kind, and who makes them when: at the rate of their budget. */
export interface Calls {
  next(pending: Pending): Promise<CallTurn>;
  /** Refuses all who wait now or later. */
  close(reason: Error): void;
}
