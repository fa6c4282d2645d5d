import type { Entry } from '../ledger/entry.ts';
import { decide, owed } from '../ledger/rules.ts';
import { isTombstone } from '../ledger/tombstone.ts';
import type { Mapping } from '../mapping/types.ts';
import { DELETED, type Outcome, STALE } from './outcome.ts';
import type { Pending } from './pending.ts';

/** The calls that a record may need: PutProfileObject, those that clear fields of its profile, or those that delete. */
export type CallKind = (Verdict & { kind: 'send' | 'clear' | 'delete' })['kind'];

export type Verdict =
  | { readonly kind: 'settled'; readonly outcome: Outcome /** To be written first. */; readonly moved?: Entry }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'send' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'delete' };

/**
 * What to do with a record, by the ledger's entry as last read. A record that can't be mapped is rejected before it can
 * be stale; one whose fingerprint is the known one was mapped when that was sent, and skips it.
 */
export function judge(pending: Pending, mapping: Mapping, now: number): Verdict {
  const { record } = pending;
  const candidate = pending.isNotCleared ? { ...pending.candidate, clears: [] } : pending.candidate;
  const { entry } = pending.snapshot;
  const map = () => {
    pending.mapped ??= mapping.toObject(record.values);
    return pending.mapped;
  };

  const deletes = isTombstone(candidate.fingerprint);
  if (!deletes && entry?.known?.fingerprint !== candidate.fingerprint) {
    const mapped = map();
    if (!mapped.ok) return { kind: 'settled', outcome: { kind: 'rejected', rejection: mapped.rejection } };
  }
  const takeOver = entry?.claim !== undefined && entry.claim.id === pending.waitedFor;
  const decision = decide(entry, candidate, now, takeOver);
  switch (decision.kind) {
    case 'synced': {
      if (deletes) return { kind: 'settled', outcome: DELETED };
      const mapped = map();
      const notNormalized = mapped.ok ? mapped.notNormalized : 0;
      const { kept: notCleared, cleared = [] } = decision.known;
      return { kind: 'settled', outcome: { kind: 'synced', notCleared, cleared, notNormalized } };
    }
    case 'stale':
      return { kind: 'settled', outcome: STALE };
    case 'refused': {
      const { code, reason } = decision.refusal;
      return { kind: 'settled', outcome: { kind: 'rejected', rejection: { code, reason } } };
    }
    case 'unchanged': {
      const notCleared = entry?.known ? owed(entry.known, pending.candidate) : [];
      return {
        kind: 'settled',
        outcome: { kind: 'unchanged', notCleared },
        ...(decision.moved && { moved: decision.moved }),
      };
    }
    case 'wait':
    case 'clear':
      return decision;
    case 'send': {
      if (deletes) return { kind: 'delete' };
      const mapped = map();
      return mapped.ok ? decision : { kind: 'settled', outcome: { kind: 'rejected', rejection: mapped.rejection } };
    }
  }
}
