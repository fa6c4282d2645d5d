import type { Clock } from '../shared/clock.ts';
import type { Entry } from '../shared/ledger/entry.ts';
import { type LateNote, markLate } from '../shared/ledger/late.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';

/** Marks the customer's entry, again from what stands there now whenever another writer came first. */
export async function markInLedger(
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  customerKey: string,
  error: { readonly messageId: string; readonly reason: string },
): Promise<{ readonly note: LateNote; readonly entry: Entry | undefined }> {
  let snapshot = await ledger.readOne(customerKey);
  for (;;) {
    const note = markLate(snapshot.entry, error, clock.now());
    if (note.kind !== 'noted' || !note.entry) return { note, entry: snapshot.entry };
    const written = await ledger.write(customerKey, snapshot, note.entry);
    snapshot = written.snapshot;
    if (written.written) return { note, entry: snapshot.entry };
  }
}
