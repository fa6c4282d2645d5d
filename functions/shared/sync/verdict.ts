import type { Entry } from '../ledger/entry.ts';
import { decide } from '../ledger/rules.ts';
import type { Mapping } from '../mapping/types.ts';
import { type Outcome, STALE, UNCHANGED } from './outcome.ts';
import type { Pending } from './pending.ts';

export type Verdict =
  | { readonly kind: 'settled'; readonly outcome: Outcome /** To be written first. */; readonly moved?: Entry }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'send' };

/**
 * What to do with a record, by the ledger's entry as last read. A record that can't be mapped is rejected before it can
 * be stale; one whose fingerprint is the known one was mapped when that was sent, and skips it.
 */
export function judge(pending: Pending, mapping: Mapping, now: number): Verdict {
  const { candidate, record } = pending;
  const { entry } = pending.snapshot;
  const map = () => {
    pending.mapped ??= mapping.toObject(record.values);
    return pending.mapped;
  };

  if (entry?.known?.fingerprint !== candidate.fingerprint) {
    const mapped = map();
    if (!mapped.ok) return { kind: 'settled', outcome: { kind: 'rejected', rejection: mapped.rejection } };
  }
  const takeOver = entry?.claim !== undefined && entry.claim.id === pending.waitedFor;
  const decision = decide(entry, candidate, now, takeOver);
  switch (decision.kind) {
    case 'synced': {
      const mapped = map();
      const notNormalized = mapped.ok ? mapped.notNormalized : 0;
      return { kind: 'settled', outcome: { kind: 'synced', notCleared: decision.known.kept, notNormalized } };
    }
    case 'stale':
      return { kind: 'settled', outcome: STALE };
    case 'refused': {
      const { code, reason } = decision.refusal;
      return { kind: 'settled', outcome: { kind: 'rejected', rejection: { code, reason } } };
    }
    case 'unchanged':
      return { kind: 'settled', outcome: UNCHANGED, ...(decision.moved && { moved: decision.moved }) };
    case 'wait':
      return decision;
    case 'send': {
      const mapped = map();
      return mapped.ok ? decision : { kind: 'settled', outcome: { kind: 'rejected', rejection: mapped.rejection } };
    }
  }
}
